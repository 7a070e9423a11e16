using DistRec.Training.Jobs;

namespace DistRec.Training.Work;

/// <summary>
/// Collects tables and ratings that have become garbage, before as much again is allocated: left to itself the collector, which is asked for few but
/// large arrays, lets about as much garbage stand as there is of what is needed. Small jobs leave it to itself.
/// </summary>
internal static class TableCollector
{
    private const long Worthwhile = 32L << 20;

    /// <summary>Collects now, and gives the memory back, where the job's tables are large.</summary>
    public static void Collect(JobSpec spec)
    {
        long items = spec.BlockStarts.Count > 0 ? spec.BlockStarts[^1] : spec.ItemStarts.LastOrDefault();
        Collect(sizeof(float) * ((spec.UserStarts.LastOrDefault() * (long)spec.Options.WidthOf(Side.User)) + (items * spec.Options.WidthOf(Side.Item))));
    }

    /// <summary>Likewise where so many bytes may be garbage.</summary>
    public static void Collect(long bytes)
    {
        if (bytes >= Worthwhile)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
