namespace DistRec.Training.Work;

/// <summary>
/// Collects tables and ratings that have become garbage, before as much again is allocated: left to itself the collector, which is asked for few but large arrays,
/// lets about as much garbage stand as there is of what is needed.
/// </summary>
internal static class TableCollector
{
    /// <summary>Collects now, and gives the memory back. Objects are few, so that this takes milliseconds.</summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
