using DistRec.Actors;
using DistRec.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Actors;

/// <summary>Makes the participants of jobs on one node; tests put failing ones in their place.</summary>
internal sealed record ParticipantFactories
{
    public NodeParts Node { get; init; } = new();

    /// <summary>Where the coordinator writes what becomes of jobs.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    public Func<int, NodeParts, Actor> Users { get; init; } = (shard, node) => new FactorPartitionActor(Side.User, shard, node);

    public Func<int, NodeParts, Actor> Items { get; init; } = (shard, node) => new FactorPartitionActor(Side.Item, shard, node);

    public Func<int, NodeParts, Actor> Worker { get; init; } = (shard, node) => new WorkerActor(shard, node);

    public Func<int, NodeParts, Actor> Parameters { get; init; } = (shard, node) => new ParameterShardActor(shard, node);

    public Func<int, NodeParts, Actor> PushWorker { get; init; } = (shard, node) => new PushWorkerActor(shard, node);

    public Func<int, NodeParts, Actor> Server { get; init; } = (shard, node) => new ParameterServerActor(shard, node);

    public Func<int, NodeParts, Actor> SweepWorker { get; init; } = (shard, node) => new SweepWorkerActor(shard, node);

    public Func<int, NodeParts, Actor> SweepServer { get; init; } = (shard, node) => new SweepServerActor(shard, node);

    /// <summary>All kinds of training actors, for a node.</summary>
    /// <param name="shards">Partitions of each side that jobs may have.</param>
    /// <param name="coordinatorRole">Nodes that may host the coordinator; empty for all.</param>
    /// <param name="workerRole">Nodes that may host partitions; empty for all.</param>
    public IReadOnlyList<ActorKind> Kinds(int shards, string coordinatorRole = "", string workerRole = "") =>
    [
        new(Addresses.CoordinatorKind, 1, _ => new CoordinatorActor(Logger), coordinatorRole) { Restart = new RestartPolicy { MaxRestarts = 0 } },
        new(Addresses.UserKind, shards, shard => Users(shard, Node), workerRole),
        new(Addresses.ItemKind, shards, shard => Items(shard, Node), workerRole),
        new(Addresses.WorkerKind, shards, shard => Worker(shard, Node), workerRole),
        new(Addresses.ParameterKind, shards, shard => Parameters(shard, Node), workerRole),
        new(Addresses.PushWorkerKind, shards, shard => PushWorker(shard, Node), workerRole),
        new(Addresses.ServerKind, shards, shard => Server(shard, Node), workerRole),
        new(Addresses.SweepWorkerKind, shards, shard => SweepWorker(shard, Node), workerRole),
        new(Addresses.SweepServerKind, shards, shard => SweepServer(shard, Node), workerRole),
    ];
}
