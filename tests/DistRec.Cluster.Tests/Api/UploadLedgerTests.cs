using DistRec.Training.Journal;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Api;

public sealed class UploadLedgerTests : IAsyncLifetime, IDisposable
{
    private readonly SetTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-uploads-").FullName;
    private FolderBlobStore _store = null!;
    private JobJournal _journal = null!;
    private UploadLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _store = new FolderBlobStore(Path.Combine(_folder, "store"));
        _journal = await JobJournal.OpenAsync(Path.Combine(_folder, "jobs.db"), TimeProvider.System);
        _ledger = Open();
    }

    public async Task DisposeAsync()
    {
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void Uploads_together_may_not_be_larger_than_the_quota()
    {
        _ledger.Reserve("one", "user-factors-0", 600, out _).ShouldBeNull();

        _ledger.Reserve("two", "user-factors-0", 401, out _).ShouldBe(
            "user-factors-0: expected at most 1000 bytes of uploads that are not submitted, found 600 and 401 more; submit or remove what was uploaded, or raise --upload-quota");
        _ledger.Reserve("two", "user-factors-0", 400, out _).ShouldBeNull();
        _ledger.Bytes.ShouldBe(1000);
    }

    [Fact]
    public void A_part_that_is_sent_again_counts_once()
    {
        _ledger.Reserve("one", "user-factors-0", 900, out _).ShouldBeNull();
        _ledger.Reserve("one", "user-factors-0", 1000, out _).ShouldBeNull();
        _ledger.Bytes.ShouldBe(1000);
    }

    /// <summary>Refused uploads kept their places until they expired.</summary>
    [Fact]
    public void A_part_that_was_not_stored_counts_no_longer_and_the_one_before_it_counts_again()
    {
        _ledger.Reserve("one", "user-factors-0", 300, out _).ShouldBeNull();
        _ledger.Reserve("one", "user-factors-0", 1000, out long before).ShouldBeNull();
        _ledger.GiveBack("one", "user-factors-0", before);
        _ledger.Bytes.ShouldBe(300);
    }

    [Fact]
    public void What_is_submitted_or_removed_makes_room()
    {
        _ledger.Reserve("one", "user-factors-0", 1000, out _).ShouldBeNull();
        _ledger.Forget("one");
        _ledger.Reserve("two", "user-factors-0", 1000, out _).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_not_submitted_in_time_is_removed_and_nothing_else()
    {
        await PutAsync("jobs/old/data/user-factors-0");
        await PutAsync("jobs/young/data/user-factors-0");
        await PutAsync("jobs/queued/data/user-factors-0");
        await _journal.EnqueueAsync(new JobSpec { Job = "queued" }, "");
        _ledger.Reserve("old", "user-factors-0", 10, out _);
        _ledger.Reserve("queued", "user-factors-0", 10, out _);
        _time.Now += TimeSpan.FromHours(1);
        _ledger.Reserve("young", "user-factors-0", 10, out _);
        _time.Now += TimeSpan.FromHours(1);

        await _ledger.SweepAsync();

        (await _store.ListAsync("")).ShouldBe(["jobs/queued/data/user-factors-0", "jobs/young/data/user-factors-0"], ignoreOrder: true);
        _ledger.Bytes.ShouldBe(10);
    }

    [Fact]
    public async Task What_jobs_share_stays_as_long_as_one_of_them_waits_or_runs_and_expires_after_the_last()
    {
        await PutAsync("jobs/shared/data/user-factors-0");
        await PutAsync("jobs/young/data/user-factors-0");
        await _journal.EnqueueAsync(new JobSpec { Job = "a", RatingsOf = "shared" }, "");
        _ledger.Reserve("shared", "user-factors-0", 10, out _);
        _time.Now += TimeSpan.FromHours(3);
        await _ledger.SweepAsync();
        (await _store.ListAsync("")).ShouldContain("jobs/shared/data/user-factors-0");

        await _journal.AppendAsync("a", new JobEvent { Sequence = 1, State = new StateChanged { State = JobState.Completed } });
        _ledger.Touch("shared");
        await _ledger.SweepAsync();
        (await _store.ListAsync("")).ShouldContain("jobs/shared/data/user-factors-0", "another one may come");

        _time.Now += TimeSpan.FromHours(3);
        await _ledger.SweepAsync();
        (await _store.ListAsync("")).ShouldNotContain("jobs/shared/data/user-factors-0");
    }

    [Fact]
    public async Task What_was_uploaded_before_the_node_started_expires_as_well()
    {
        await PutAsync("jobs/left/data/user-factors-0");

        await _ledger.SweepAsync();
        _ledger.Bytes.ShouldBeGreaterThan(0);
        _time.Now += TimeSpan.FromHours(2);
        await _ledger.SweepAsync();

        (await _store.ListAsync("")).ShouldBeEmpty();
        _ledger.Bytes.ShouldBe(0);
    }

    private UploadLedger Open() => new(
        _store, _journal,
        new ClusterNodeOptions { Roles = [NodeRoles.Coordinator], UploadQuota = 1000, UploadExpiry = TimeSpan.FromHours(2), Time = _time }, NullLogger.Instance);

    private Task PutAsync(string name) => _store.PutAsync(name, async (stream, stop) => await stream.WriteAsync(new byte[10], stop));

    // Timers go by the real time: tests sweep when they want to.
    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
