namespace DistRec.Training.Work;

/// <summary>Names a lack of memory, of which the framework's own words say nothing.</summary>
public static class MemoryShortage
{
    /// <summary>Whether a failure is one, or was brought about by one.</summary>
    public static bool Is(Exception? failure) => failure switch
    {
        null => false,
        OutOfMemoryException => true,
        AggregateException several => several.InnerExceptions.Any(Is),
        _ => Is(failure.InnerException),
    };

    /// <summary>What is wrong, and what to do.</summary>
    public static string Describe()
    {
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        return $"memory: expected enough for what was asked, found none left of {available} MiB, of which this process keeps {GC.GetTotalMemory(false) >> 20} MiB; "
            + "give a lower rank, fewer partitions or less data, a machine with more memory, or a cluster of several";
    }
}
