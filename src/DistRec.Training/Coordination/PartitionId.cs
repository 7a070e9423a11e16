namespace DistRec.Training.Coordination;

/// <summary>One partition of a job. Of models that descend the item side is the parameter server's shards.</summary>
/// <param name="Side">Which side.</param>
/// <param name="Index">Which of its partitions, from 0.</param>
public readonly record struct PartitionId(Side Side, int Index)
{
    public override string ToString() => $"{(Side == Side.User ? "user" : "item")} partition {Index}";
}
