namespace DistRec.Cluster.Blocks;

/// <summary>How long to wait after failed requests.</summary>
internal static class Backoff
{
    // Beyond it every doubling is above the longest wait.
    private const int MaxDoublings = 30;

    /// <summary>The first wait, doubled with every further failure up to the longest.</summary>
    /// <param name="failures">Failures in a row, at least 1.</param>
    /// <param name="first">The wait after one.</param>
    /// <param name="longest">The longest.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        double wait = first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        return wait < longest.TotalSeconds ? TimeSpan.FromSeconds(wait) : longest;
    }
}
