using DistRec.Training.Journal;
using DistRec.Training.Tests.Journal;
using DistRec.Training.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Tests.Jobs;

/// <summary>What a start of a job does that was given up and lives on beside its successor, on the same journal and store.</summary>
public sealed class GivenUpStartTests : IAsyncDisposable
{
    private readonly TrainingSimulation _job = new(TrainingSimulation.Als);
    private readonly MemoryBlobStore _store = new();
    private readonly ScriptedJournal _journal = new();
    private readonly PatientJournal _patient;
    private readonly List<LocalBlockExchange> _exchanges = [];

    public GivenUpStartTests()
    {
        _patient = new PatientJournal(_journal, NullLogger.Instance, TimeProvider.System);
        _job.Upload(_store);
        _journal.Add(_job.Spec);
    }

    private string Job => _job.Spec.Job;

    public async ValueTask DisposeAsync()
    {
        _exchanges.ForEach(exchange => exchange.Dispose());
        await _journal.DisposeAsync();
    }

    [Fact]
    public async Task Its_snapshots_remove_nothing_that_its_successor_goes_on_from()
    {
        Start first = await StartAsync();
        await first.TakeSnapshotAsync(1);
        await first.TakeSnapshotAsync(2);
        first.Snapshot.ShouldBeNull();

        Start second = await StartAsync();
        second.Snapshot!.Tables.ShouldBe(first.Version(2));
        await Should.ThrowAsync<SupersededException>(() => first.TakeSnapshotAsync(3, needs: 2));
        await Should.ThrowAsync<SupersededException>(() => first.TakeSnapshotAsync(4, needs: 3));

        (await second.PullStoredAsync(first.Version(2))).Biases[0].ShouldBe(first.Version(2));
    }

    [Fact]
    public async Task Its_successor_asks_for_no_tables_that_it_may_still_be_removing()
    {
        Start first = await StartAsync();
        await first.TakeSnapshotAsync(1);
        await first.TakeSnapshotAsync(2, needs: 1);

        Start second = await StartAsync();

        second.PullStoredAsync(first.Version(2)).IsCompleted.ShouldBeTrue();
        second.PullStoredAsync(first.Version(1)).IsCompleted.ShouldBeFalse("it is stored, but the snapshot does not name it");
    }

    [Fact]
    public async Task Its_snapshots_do_not_take_the_place_of_its_successors()
    {
        Start first = await StartAsync();
        await first.TakeSnapshotAsync(1);
        Start second = await StartAsync();
        await second.TakeSnapshotAsync(1);
        await Should.ThrowAsync<SupersededException>(() => first.TakeSnapshotAsync(2, needs: 1));

        (await StartAsync()).Snapshot!.Tables.ShouldBe(second.Version(1));
    }

    [Fact]
    public async Task What_earlier_starts_left_goes_with_the_next_snapshot()
    {
        Start first = await StartAsync();
        await first.TakeSnapshotAsync(1);
        Start second = await StartAsync();
        await Should.ThrowAsync<SupersededException>(() => first.TakeSnapshotAsync(2, needs: 1));
        await second.TakeSnapshotAsync(1);

        (await _store.ListAsync($"jobs/{Job}/snapshots")).ShouldBe([$"jobs/{Job}/snapshots/{second.Term}"]);
        (await _store.ListAsync($"jobs/{Job}/tables")).ShouldAllBe(name => name.StartsWith($"jobs/{Job}/tables/{second.Version(1)}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neither_its_model_nor_its_failure_touches_its_successors_model()
    {
        Start first = await StartAsync();
        Start second = await StartAsync();
        await second.TakeModelAsync(5);
        await second.Keeper.OnEventAsync(State(second.Version(6), JobState.Completed), CancellationToken.None);

        await first.TakeModelAsync(5);
        _job.ReadModel(_store, _journal.TermOf(Job)).ItemBiases[0].ShouldBe(second.Version(5));
        await Should.ThrowAsync<SupersededException>(
            () => first.Keeper.OnEventAsync(State(first.Version(6), JobState.Failed), CancellationToken.None));
        _job.ReadModel(_store, _journal.TermOf(Job)).ItemBiases[0].ShouldBe(second.Version(5));

        (await second.Queue.CleanUpAsync(Job, CancellationToken.None)).ShouldBeTrue();
        (await _store.ListAsync("")).ShouldAllBe(name => name.StartsWith($"jobs/{Job}/model/{second.Term}/", StringComparison.Ordinal));
        _job.ReadModel(_store, _journal.TermOf(Job)).ItemBiases[0].ShouldBe(second.Version(5));
    }

    [Fact]
    public async Task Its_queue_neither_fails_the_job_nor_removes_what_it_needs()
    {
        Start first = await StartAsync();
        await first.TakeSnapshotAsync(1);
        Start second = await StartAsync();
        IReadOnlyList<string> stored = await _store.ListAsync("");

        (await first.Queue.FailAsync(Job, "its tables are gone", CancellationToken.None)).ShouldBeFalse();
        (await first.Queue.CleanUpAsync(Job, CancellationToken.None)).ShouldBeFalse();
        await Should.ThrowAsync<SupersededException>(() => first.Queue.PendingAsync(CancellationToken.None));

        (await second.Queue.PendingAsync(CancellationToken.None)).ShouldHaveSingleItem().State.ShouldBe(JobState.Loading);
        (await _store.ListAsync("")).ShouldBe(stored);
    }

    [Fact]
    public async Task A_queue_that_is_not_given_up_fails_a_job_whichever_start_told_last()
    {
        await StartAsync();
        JobQueueKeeper queue = NewQueue();
        await queue.PendingAsync(CancellationToken.None);

        (await queue.FailAsync(Job, "no coordinator can be made", CancellationToken.None)).ShouldBeTrue();

        JobEntry entry = (await _journal.FindAsync(Job))!;
        (entry.State, entry.Term).ShouldBe((JobState.Failed, queue.Term));
    }

    [Fact]
    public async Task A_start_on_a_journal_that_was_restored_from_a_backup_goes_on_from_the_newest_snapshot()
    {
        await StartAsync();
        Start lost = await StartAsync();
        await lost.TakeSnapshotAsync(1);
        await using ScriptedJournal restored = new();
        restored.Add(_job.Spec);
        PatientJournal patient = new(restored, NullLogger.Instance, TimeProvider.System);

        Start first = await StartAsync(patient);
        first.Term.ShouldBeLessThan(lost.Term);
        first.Snapshot!.Tables.ShouldBe(lost.Version(1));
        await first.TakeSnapshotAsync(1);

        (await StartAsync(patient)).Snapshot!.Tables.ShouldBe(first.Version(1));
    }

    private JobQueueKeeper NewQueue(PatientJournal? journal = null) => new(journal ?? _patient, _store, NullLogger.Instance);

    // A queue begins, and a coordinator of it.
    private async Task<Start> StartAsync(PatientJournal? journal = null)
    {
        JobQueueKeeper queue = NewQueue(journal);
        await queue.PendingAsync(CancellationToken.None);
        LocalBlockExchange blocks = new();
        _exchanges.Add(blocks);
        StoreKeeper keeper = new(blocks, _job.Spec, _store, journal ?? _patient, queue.Term);
        return new Start(_job.Spec, queue, keeper, blocks, (await keeper.PrepareAsync(CancellationToken.None)).Snapshot);
    }

    private static JobEvent State(long sequence, JobState state) => new() { Sequence = sequence, State = new StateChanged { State = state } };

    /// <summary>One start of the job. The tables that it publishes have their version as values.</summary>
    private sealed record Start(JobSpec Spec, JobQueueKeeper Queue, StoreKeeper Keeper, LocalBlockExchange Blocks, Snapshot? Snapshot)
    {
        public long Term => Queue.Term;

        public long Version(int number) => Math.Max(JobTerm.FirstNumber(Term), Snapshot?.Rounds ?? 0) + 1024 * number;

        public Task TakeSnapshotAsync(int number, int needs = 0)
        {
            TablesPublished tables = new()
            {
                Version = Version(number),
                Purpose = TablesPurpose.Snapshot,
                Snapshot = new Snapshot { Tables = Version(number), Rounds = Version(number) },
            };
            tables.Stored.Add(needs > 0 ? [Version(needs)] : Array.Empty<long>());
            return TakeAsync(tables);
        }

        public Task TakeModelAsync(int number) => TakeAsync(new TablesPublished { Version = Version(number), Purpose = TablesPurpose.Model });

        public async Task<FactorBlock> PullStoredAsync(long version) => await Blocks.PullAsync(
            "", JobBlocks.StoredKey(Spec.Job, version, JobLayout.RegionOf(Side.Item, Spec), JobBlocks.Tables, 0), FactorBlock.Reader.Instance);

        private Task TakeAsync(TablesPublished tables)
        {
            EndpointTable endpoints = new("");
            foreach (Side side in new[] { Side.User, Side.Item })
            {
                IReadOnlyList<int> starts = JobLayout.StartsOf(side, Spec);
                for (int block = 0; block < starts.Count - 1; block++)
                {
                    FactorBlock values = FactorBlock.Zeros(starts[block + 1] - starts[block], Spec.Options.WidthOf(side));
                    Array.Fill(values.Biases, tables.Version);
                    Blocks.Publish(JobBlocks.TablesKey(Spec, tables.Version, side, JobBlocks.Tables, block), values);
                    endpoints.Set(JobLayout.OwnerOf(side, Spec, block), "");
                }
            }

            return Keeper.TakeAsync(tables, endpoints, CancellationToken.None);
        }
    }
}
