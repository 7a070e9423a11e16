using DistRec.Training.Coordination;

namespace DistRec.Training.Protocol;

/// <content>The partition as the rest of the program names it.</content>
public sealed partial class PartitionName
{
    /// <summary>The partition.</summary>
    public PartitionId Id => new(Side == PartitionSide.Users ? Models.Side.User : Models.Side.Item, Index);

    /// <summary>Names a partition in a message.</summary>
    public static PartitionName Of(PartitionId id) =>
        new() { Side = id.Side == Models.Side.User ? PartitionSide.Users : PartitionSide.Items, Index = id.Index };
}
