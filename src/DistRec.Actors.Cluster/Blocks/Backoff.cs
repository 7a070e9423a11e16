namespace DistRec.Actors.Cluster.Blocks;

/// <summary>How long to wait after turns that bore no fruit.</summary>
internal static class Backoff
{
    // Beyond it every doubling is above the longest wait.
    private const int MostDoublings = 30;

    /// <summary>The first wait, doubled with every further fruitless turn up to the longest.</summary>
    /// <param name="fruitless">Fruitless turns in a row, at least 1.</param>
    /// <param name="first">The wait after one.</param>
    /// <param name="longest">The longest.</param>
    public static TimeSpan After(int fruitless, TimeSpan first, TimeSpan longest)
    {
        double wait = first.TotalSeconds * Math.Pow(2, Math.Min(fruitless - 1, MostDoublings));
        return wait < longest.TotalSeconds ? TimeSpan.FromSeconds(wait) : longest;
    }
}
