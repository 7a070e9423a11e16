using DistRec.Actors;
using DistRec.Data;
using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;
using DistRec.Simulation;
using DistRec.Training.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Simulation;

/// <summary>
/// One training job on simulated clusters: laid out once, then run on as many schedules as wanted. A schedule's options say
/// what goes wrong at random; <see cref="Run"/>'s last argument causes faults at chosen moments.
/// </summary>
internal sealed class TrainingSimulation
{
    /// <summary>Virtual time that a job of this size may take before it counts as hung.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    private readonly JobSpec _spec;
    private readonly TrainingSettings _settings;
    private readonly List<(BlockKey Key, IBlock Block)> _data = [];

    internal TrainingSimulation(TrainingSettings settings)
    {
        _settings = settings;
        _spec = JobSpecs.Create("simulated", Data, settings, resume: null);
        foreach ((string kind, int shard, Func<RatingBlock> make) in JobData.Ratings(_spec, Data))
        {
            _data.Add((Addresses.RatingsKey(_spec.Job, kind, shard), make()));
        }
    }

    /// <summary>Thirty users, twenty items, two planted factors.</summary>
    internal static TrainingData Data { get; } = MakeData();

    internal static TrainingSettings Als { get; } =
        new() { Als = new AlsOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    internal static TrainingSettings Mf { get; } =
        new() { Mf = new MfOptions { Rank = 2 }, Epochs = 2, Patience = 0, Partitions = 3 };

    /// <summary>The hash of the model that the engine of one process makes of the same job.</summary>
    internal async Task<string> ReferenceHashAsync()
    {
        TrainingOutcome outcome = await TrainingSession.RunAsync(Data, _settings, new SessionOptions());
        return ModelHash.Compute(outcome.Model!);
    }

    /// <summary>Runs the job on one schedule.</summary>
    /// <param name="seed">Repeats it.</param>
    /// <param name="options">What takes how long and how often something fails.</param>
    /// <param name="arrange">Causes faults by <see cref="SimulatedCluster.At"/> or <see cref="SimulatedCluster.AtEvent"/>.</param>
    /// <exception cref="SimulationException">It hung, or its client failed; the message has the seed.</exception>
    internal SimulatedTraining Run(ulong seed, SimulationOptions? options = null, Action<SimulatedCluster>? arrange = null)
    {
        options ??= new SimulationOptions();

        // The data comes from the first node; everything else may live anywhere.
        string[][] roles = [.. Enumerable.Range(0, options.Nodes).Select(node => node == 0 ? new[] { Addresses.SourceKind } : [])];
        SimulatedCluster cluster = new(seed, options with { Roles = roles });
        ulong instances = 0;
        foreach (SimulatedNode node in cluster.Nodes)
        {
            node.Register(Kinds(new NodeParts { NewInstance = () => ++instances }));
        }

        arrange?.Invoke(cluster);
        SimulatedNode client = cluster.Nodes[0];
        foreach ((BlockKey key, IBlock block) in _data)
        {
            client.Blocks.Publish(key, block);
        }

        TrainingOutcome outcome = cluster.Run(() => new SimulationClient(client, cluster.Failed, _spec).RunAsync(), Bound);
        return new SimulatedTraining(outcome, cluster);
    }

    private static TrainingData MakeData()
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = 300, UserCount = 30, ItemCount = 20, Rank = 2, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = 0.1 });
        return new TrainingData(split.Train, split.Validation, "tiny", made.Data.Fingerprint);
    }

    private ActorKind[] Kinds(NodeParts node)
    {
        return
        [
            new ActorKind(Addresses.SourceKind, 1, _ => new DataSource(), Addresses.SourceKind),
            .. new ParticipantFactories { Node = node }.Kinds(_settings.Partitions),
        ];
    }

    /// <summary>Is where the data is; its blocks are published by the client on the same node.</summary>
    private sealed class DataSource : Actor
    {
        public override ValueTask OnReceiveAsync(Google.Protobuf.IMessage message) => ValueTask.CompletedTask;
    }
}

/// <summary>How a job ended on one schedule.</summary>
internal sealed record SimulatedTraining(TrainingOutcome Outcome, SimulatedCluster Cluster)
{
    internal string Hash => ModelHash.Compute(Outcome.Model!);
}
