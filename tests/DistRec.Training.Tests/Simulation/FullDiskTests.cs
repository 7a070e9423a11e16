using DistRec.Models.Persistence;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Disks that fill up under a job.</summary>
public sealed class FullDiskTests
{
    /// <summary>The queue failed for good when its journal refused a few times, and the job was neither run nor ended any more.</summary>
    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_journal_that_takes_nothing_for_a_while_holds_a_job_up_and_costs_no_bit(string model)
    {
        TrainingSimulation job = new(model == "als" ? TrainingSimulation.Als : TrainingSimulation.Mf);
        string expected = await job.ReferenceHashAsync();
        SimulatedJournal undisturbed = new();
        new SimulatedSchedule(1) { Journal = undisturbed }.Run(job)[0].Hash.ShouldBe(expected);
        for (int first = 1; first <= undisturbed.Given; first++)
        {
            int from = first;
            SimulatedJournal journal = new() { Refuses = note => note >= from && note < from + 20 };

            SimulatedTraining training = new SimulatedSchedule(1) { Journal = journal }.Run(job)[0];

            training.End.State.ShouldBe(JobState.Completed, $"from note {from}: {training.End.Reason}");
            training.Hash.ShouldBe(expected, $"from note {from}");
            journal.Given.ShouldBeGreaterThan(20);
        }
    }

    /// <summary>Blocks that were stored before the disk was full stayed, and were given to whoever asked for the model.</summary>
    [Fact]
    public void A_model_that_cannot_be_stored_as_a_whole_leaves_nothing_of_itself()
    {
        TrainingSimulation job = new(TrainingSimulation.Als);
        List<string> put = [];
        IBlobStore? store = null;

        SimulatedTraining training = new SimulatedSchedule(1) { StoreOf = under => store ??= new FullStore(under, put) }.Run(job)[0];

        training.End.State.ShouldBe(JobState.Failed);
        training.End.Reason.ShouldContain("found it full");
        put.ShouldNotBeEmpty();
        put.ShouldAllBe(name => ((FullStore)store!).Deleted.Contains(name.Substring(0, name.LastIndexOf('/'))));
    }

    /// <summary>Has space for all but the last blocks of a model.</summary>
    private sealed class FullStore(IBlobStore under, List<string> put) : IBlobStore
    {
        public List<string> Deleted { get; } = [];

        public string Place => under.Place;

        public Task PutAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
        {
            if (name.Contains("/model/", StringComparison.Ordinal))
            {
                if (put.Count == 2)
                {
                    return Task.FromException(
                        new BlobStoreException($"{Place}: the blob {name}: expected space on the disk, found it full"));
                }

                put.Add(name);
            }

            return under.PutAsync(name, write, cancellationToken);
        }

        public Task<Stream> OpenAsync(string name, CancellationToken cancellationToken = default) =>
            under.OpenAsync(name, cancellationToken);

        public Task<bool> ExistsAsync(string name, CancellationToken cancellationToken = default) =>
            under.ExistsAsync(name, cancellationToken);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken = default) =>
            under.ListAsync(prefix, cancellationToken);

        public Task<long> SizeAsync(string prefix, CancellationToken cancellationToken = default) =>
            under.SizeAsync(prefix, cancellationToken);

        public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
            under.DeleteAsync(name, cancellationToken);

        public Task DeletePrefixAsync(string prefix, CancellationToken cancellationToken = default)
        {
            Deleted.Add(prefix);
            return under.DeletePrefixAsync(prefix, cancellationToken);
        }
    }
}
