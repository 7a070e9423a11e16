using System.Globalization;

namespace DistRec.Training.Coordination;

/// <summary>How far workers may drift apart within an epoch: <c>bsp</c>, <c>ssp:s</c> or <c>asp</c> ([H13], [Li14]).</summary>
/// <remarks>The end of an epoch is a barrier in each of them, since the validation RMSE is measured on one state of the model.</remarks>
public readonly record struct ConsistencyModel
{
    private ConsistencyModel(bool isFixedOrder, int maximumLead)
    {
        IsFixedOrder = isFixedOrder;
        MaximumLead = maximumLead;
    }

    /// <summary>Bulk synchronous: visits in a fixed order, so that runs repeat exactly for the same partitions.</summary>
    public static ConsistencyModel Bsp { get; } = new(true, int.MaxValue);

    /// <summary>Asynchronous: a worker takes any free block.</summary>
    public static ConsistencyModel Asp { get; } = new(false, int.MaxValue);

    /// <summary>Stale synchronous: as <see cref="Asp"/>, with a bound on the lead.</summary>
    /// <param name="staleness">Visits that a worker may be ahead of the slowest, at least 0.</param>
    public static ConsistencyModel Ssp(int staleness)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(staleness);
        return new ConsistencyModel(false, staleness);
    }

    /// <summary>Whether the order of visits is fixed.</summary>
    public bool IsFixedOrder { get; }

    /// <summary>Visits that a worker may be ahead of the slowest.</summary>
    public int MaximumLead { get; }

    /// <summary>Reads <c>bsp</c>, <c>ssp:s</c> or <c>asp</c>.</summary>
    public static bool TryParse(string? text, out ConsistencyModel consistency)
    {
        consistency = Bsp;
        switch (text)
        {
            case "bsp":
                return true;
            case "asp":
                consistency = Asp;
                return true;
            default:
                if (text is not null && text.StartsWith("ssp:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int staleness))
                {
                    consistency = Ssp(staleness);
                    return true;
                }

                return false;
        }
    }

    public override string ToString() => IsFixedOrder ? "bsp" : MaximumLead == int.MaxValue ? "asp" : $"ssp:{MaximumLead}";
}
