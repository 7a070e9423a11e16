using DistRec.Actors;
using DistRec.Models;

namespace DistRec.Training.Actors;

/// <summary>Makes the participants of a job; tests put failing ones in their place.</summary>
internal sealed record ParticipantFactories
{
    public Func<int, Actor> Users { get; init; } = shard => new FactorPartitionActor(Side.User, shard);

    public Func<int, Actor> Items { get; init; } = shard => new FactorPartitionActor(Side.Item, shard);

    public Func<int, Actor> Worker { get; init; } = shard => new WorkerActor(shard);

    public Func<int, Actor> Parameters { get; init; } = shard => new ParameterShardActor(shard);
}
