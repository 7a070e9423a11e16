using DistRec.Models.Persistence;
using DistRec.Simulation;
using DistRec.Simulation.Shells;

namespace DistRec.Training.Tests.Simulation;

/// <summary>One schedule of a cluster that trains: what it is like, what goes wrong, and what the jobs on it come to.</summary>
/// <param name="Seed">Repeats it.</param>
internal sealed record SimulatedSchedule(ulong Seed)
{
    /// <summary>Virtual time that jobs of this size may take before they count as hung.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    private static readonly TimeRange StoreTime = TimeRange.Milliseconds(0.1, 10);

    /// <summary>What takes how long and how often something fails.</summary>
    internal SimulationOptions Options { get; init; } = new();

    /// <summary>Nodes with the role coordinator, from 0; the others are workers, and a single node is both.</summary>
    internal int Coordinators { get; init; } = 1;

    /// <summary>Causes faults by <see cref="SimulatedCluster.At"/> or <see cref="SimulatedCluster.AtEvent"/>.</summary>
    internal Action<SimulatedCluster>? Arrange { get; init; }

    /// <summary>When somebody wants the first job to stop; 0 for never.</summary>
    internal long CancelAtEvent { get; init; }

    /// <summary>Jobs that may run at once.</summary>
    internal int MaximumJobs { get; init; } = 1;

    /// <summary>Keeps what happens.</summary>
    internal SimulatedJournal Journal { get; init; } = new();

    /// <summary>Makes what holds a partition's tables.</summary>
    internal PartitionWorkFactory Works { get; init; } = PartitionWorks.Create;

    /// <summary>Puts something between a node and its store.</summary>
    internal Func<IBlobStore, IBlobStore> StoreOf { get; init; } = store => store;

    /// <summary>Puts something between a job's coordinator and its keeper.</summary>
    internal Func<JobSpec, IJobKeeper, IJobKeeper> KeeperOf { get; init; } = (_, keeper) => keeper;

    /// <summary>Runs jobs, given one after the other, until all have ended.</summary>
    /// <exception cref="SimulationException">They hung; the message has the seed.</exception>
    internal IReadOnlyList<SimulatedTraining> Run(params TrainingSimulation[] jobs)
    {
        SimulatedCluster cluster = new(Seed, Options with { Roles = [.. Enumerable.Range(0, Options.Nodes).Select(RolesOf)] });
        MemoryBlobStore store = new();
        foreach (TrainingSimulation job in jobs)
        {
            job.Upload(store);
            Journal.Enqueue(job.Spec);
        }

        new TrainingServices
        {
            JournalOf = Journal.Of,
            StoreOf = life => StoreOf(new SimulatedBlobStore(store, life, StoreTime)),
            Works = Works,
            MaximumJobs = MaximumJobs,
            KeeperOf = KeeperOf,
        }.Host(cluster);
        Arrange?.Invoke(cluster);
        if (CancelAtEvent > 0)
        {
            cluster.AtEvent(CancelAtEvent, () =>
            {
                Journal.RequestCancel(jobs[0].Spec.Job);
                cluster.Placement.TellSingleton(new JobsChanged { Job = jobs[0].Spec.Job });
            });
        }

        StateChanged[] ends = cluster.Run(() => Task.WhenAll(jobs.Select(job => Journal.EndOf(job.Spec.Job))), Bound);

        // Whoever was given up and lives on does so beyond the end.
        cluster.RunFor(Options.ZombieTime.Longest);
        Journal.Late.ShouldBeEmpty($"seed {Seed}");
        return [.. jobs.Zip(ends, (job, end) => new SimulatedTraining(
            end,
            end.State == JobState.Completed || (end.State == JobState.Cancelled && end.BestEpoch > 0) ? job.ReadModel(store, Journal.TermOf(job.Spec.Job)) : null,
            Journal.EventsOf(job.Spec.Job),
            cluster))];
    }

    private string[] RolesOf(int node) =>
        node >= Coordinators ? [SimulationOptions.Worker]
        : Options.Nodes == 1 ? [SimulationOptions.Coordinator, SimulationOptions.Worker]
        : [SimulationOptions.Coordinator];
}

/// <summary>How a job ended on one schedule.</summary>
internal sealed record SimulatedTraining(StateChanged End, FactorModel? Model, IReadOnlyList<JobEvent> Events, SimulatedCluster Cluster)
{
    internal string Hash => ModelHash.Compute(Model!);

    internal IEnumerable<string> Notes => Events.Where(jobEvent => jobEvent.Note is not null).Select(jobEvent => jobEvent.Note.Text);
}
