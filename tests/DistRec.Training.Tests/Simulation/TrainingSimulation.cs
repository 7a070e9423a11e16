using System.Runtime.CompilerServices;
using DistRec.Actors;
using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;
using DistRec.Simulation;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;

namespace DistRec.Training.Tests.Simulation;

/// <summary>
/// One training job on simulated clusters: laid out once, then run from a journal and a store on as many schedules as wanted. A
/// schedule's options say what goes wrong at random; <see cref="Run"/>'s last argument causes faults at chosen moments.
/// </summary>
internal sealed class TrainingSimulation
{
    private const string Seed = "seed";
    private const string Worker = "worker";

    /// <summary>Virtual time that a job of this size may take before it counts as hung.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    private static readonly TimeRange StoreTime = TimeRange.Milliseconds(0.1, 10);

    private readonly JobSpec _spec;
    private readonly TrainingSettings _settings;
    private readonly List<(string Name, IBlock Block)> _data = [];

    internal TrainingSimulation(TrainingSettings settings, bool validates = true, double snapshotSeconds = 0)
    {
        _settings = settings;
        Data = settings.Fm is null ? MakeData(validates) : PlantedFeatures.Of(MakeData(validates));
        _spec = JobSpecs.Create("simulated", Data, settings, resume: null);
        _spec.Snapshots = true;
        _spec.SnapshotSeconds = snapshotSeconds;
        StoredJob stored = new(new MemoryBlobStore(), _spec.Job);
        foreach ((string kind, int shard, Func<IBlock> make) in JobData.Ratings(_spec, Data))
        {
            _data.Add((stored.DataName(kind, shard), make()));
        }
    }

    internal static TrainingSettings Als { get; } =
        new() { Als = new AlsOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings ImplicitAls { get; } =
        new() { ImplicitAls = new ImplicitAlsOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings ImplicitSteps { get; } =
        ImplicitAls with { ImplicitAls = new ImplicitAlsOptions { Rank = 2, Method = Models.ImplicitAls.ImplicitMethod.ConjugateGradient, Steps = 1 } };

    internal static TrainingSettings Nmf { get; } =
        new() { Nmf = new NmfOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Bpmf { get; } =
        new() { Bpmf = new BpmfOptions { Rank = 2, BurnIn = 1 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Baseline { get; } =
        new() { Baseline = new BaselineOptions(), Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Mf { get; } =
        new() { Mf = new MfOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings SvdPlusPlus { get; } = new()
    {
        Feedback = FeedbackOptions.For(Models.Feedback.FeedbackForm.SvdPlusPlus) with { Rank = 2 }, Clocks = 3, Epochs = 2, Patience = 0, Partitions = 3,
    };

    internal static TrainingSettings Fm { get; } = FmBy(FmLearner.Sgd);

    internal static TrainingSettings FmBySampling { get; } = FmBy(FmLearner.Mcmc);

    /// <summary>Thirty users, twenty items, two planted factors.</summary>
    internal TrainingData Data { get; }

    internal JobSpec Spec => _spec;

    /// <summary>A factorization machine, by descent of rank 2, by sweeps of rank 1.</summary>
    internal static TrainingSettings FmBy(FmLearner learner)
    {
        TrainingSettings settings = PlantedFeatures.Settings(learner) with { Epochs = 2, Partitions = 3, Threads = 1 };
        FmOptions options = new() { Learner = learner };
        return options.Sweeps
            ? settings with { Fm = options with { Rank = 1, BurnIn = 0, KeptSamples = 2 } }
            : settings with { Fm = options with { Rank = 2 }, Clocks = 3 };
    }

    /// <summary>The hash of the model that the engine of one process makes of the same job.</summary>
    internal async Task<string> ReferenceHashAsync()
    {
        TrainingOutcome outcome = await TrainingSession.RunAsync(Data, _settings, new SessionOptions());
        return ModelHash.Compute(outcome.Model!);
    }

    /// <summary>Runs the job on one schedule: its queue and coordinator live on node 0, its partitions on the others.</summary>
    /// <param name="seed">Repeats it.</param>
    /// <param name="options">What takes how long and how often something fails.</param>
    /// <param name="arrange">Causes faults by <see cref="SimulatedCluster.At"/> or <see cref="SimulatedCluster.AtEvent"/>.</param>
    /// <param name="ledger">Counts what workers do.</param>
    /// <param name="cancelAtEvent">When somebody wants the job to stop; 0 for never.</param>
    /// <param name="journal">Keeps what happens; null for one that always can.</param>
    /// <param name="storeOf">Puts something between the queue and its store.</param>
    /// <exception cref="SimulationException">It hung; the message has the seed.</exception>
    internal SimulatedTraining Run(
        ulong seed, SimulationOptions? options = null, Action<SimulatedCluster>? arrange = null, VisitLedger? ledger = null, long cancelAtEvent = 0,
        SimulatedJournal? journal = null, Func<IBlobStore, IBlobStore>? storeOf = null)
    {
        options ??= new SimulationOptions();
        string[][] roles = [.. Enumerable.Range(0, options.Nodes).Select(node => RolesOf(node, options.Nodes))];
        SimulatedCluster cluster = new(seed, options with { Roles = roles });
        MemoryBlobStore store = new();
        foreach ((string name, IBlock block) in _data)
        {
            Finish(StoredBlock.PutAsync(store, name, block));
        }

        journal ??= new SimulatedJournal();
        Finish(journal.EnqueueAsync(_spec, "simulated"));
        ulong instances = 0;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            // What a node's participants share ends with its process; its exchange tells one process from the next.
            ConditionalWeakTable<IBlockExchange, NodeParts> lives = [];
            NodeParts Parts() => lives.GetValue(node.Blocks, _ => new NodeParts { NewInstance = () => ++instances });
            ParticipantFactories factories = new()
            {
                Users = (shard, _) => new FactorPartitionActor(Side.User, shard, Parts()),
                Items = (shard, _) => new FactorPartitionActor(Side.Item, shard, Parts()),
                Worker = (shard, _) => ledger?.Worker(shard, Parts()) ?? new WorkerActor(shard, Parts()),
                Parameters = (shard, _) => new ParameterShardActor(shard, Parts()),
                PushWorker = (shard, _) => ledger?.PushWorker(shard, Parts()) ?? new PushWorkerActor(shard, Parts()),
                Server = (shard, _) => new ParameterServerActor(shard, Parts()),
                SweepWorker = (shard, _) => new SweepWorkerActor(shard, Parts()),
                SweepServer = (shard, _) => new SweepServerActor(shard, Parts()),
            };
            IBlobStore reached = new SimulatedBlobStore(store, node, StoreTime);
            reached = storeOf?.Invoke(reached) ?? reached;
            node.Register(
            [
                new ActorKind(Addresses.SourceKind, 1, _ => new JobsActor(journal, reached), Seed),
                .. factories.Kinds(_settings.Partitions, Seed, Worker),
            ]);
        }

        arrange?.Invoke(cluster);
        if (cancelAtEvent > 0)
        {
            cluster.AtEvent(cancelAtEvent, () =>
            {
                Finish(journal.RequestCancelAsync(_spec.Job));
                _ = cluster.Nodes[0].SendAsync(Addresses.Source, new JobsChanged { Job = _spec.Job }).AsTask();
            });
        }

        StateChanged end = cluster.Run(() => journal.Ended, Bound);
        return new SimulatedTraining(end, end.State == JobState.Completed || (end.State == JobState.Cancelled && end.BestEpoch > 0) ? ReadModel(store) : null, journal.Events.ToArray(), cluster);
    }

    private static string[] RolesOf(int node, int nodes) => node > 0 ? [Worker] : nodes == 1 ? [Seed, Worker] : [Seed];

    // Nothing of a store in memory ever waits.
    private static T Finish<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("expected to be done");

    private static TrainingData MakeData(bool validates)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = 300, UserCount = 30, ItemCount = 20, Rank = 2, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = validates ? 0.1 : 0 });
        return new TrainingData(split.Train, validates ? split.Validation : null, "tiny", made.Data.Fingerprint);
    }

    private FactorModel ReadModel(MemoryBlobStore store)
    {
        StoredJob stored = new(store, _spec.Job);
        return JobTables.ToModel(_spec, Read(Side.User), Read(Side.Item), Data.Features);

        FactorBlock Read(Side side) => JobTables.Join(
            [
                .. Enumerable.Range(0, Addresses.StartsOf(side, _spec).Count - 1).Select(block =>
                {
                    StoredBlock unread = Finish(StoredBlock.OpenAsync(store, stored.ModelName(Addresses.KindOf(side, _spec), block)));
                    return Finish(unread.ReadAsync(FactorBlock.Reader.Instance, CancellationToken.None).AsTask());
                }),
            ]);
    }
}

/// <summary>How a job ended on one schedule.</summary>
internal sealed record SimulatedTraining(StateChanged End, FactorModel? Model, IReadOnlyList<JobEvent> Events, SimulatedCluster Cluster)
{
    internal string Hash => ModelHash.Compute(Model!);

    internal IEnumerable<string> Notes => Events.Where(happening => happening.Note is not null).Select(happening => happening.Note.Text);
}
