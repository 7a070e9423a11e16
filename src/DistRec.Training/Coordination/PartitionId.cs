using DistRec.Models;

namespace DistRec.Training.Coordination;

/// <summary>One participant of a job: a partition of one side. In descending models the item side is the parameter server's shards.</summary>
/// <param name="Side">Which side.</param>
/// <param name="Shard">Which of its partitions, from 0.</param>
public readonly record struct PartitionId(Side Side, int Shard)
{
    public override string ToString() => $"{(Side == Side.User ? "user" : "item")} partition {Shard}";
}
