using System.Runtime;

namespace DistRec.Cli;

/// <summary>How the garbage collector works, which a process chooses once for what it does.</summary>
internal static class CollectorMode
{
    /// <summary>For arithmetic: a collection stops everything, and leaves all cores to it in between.</summary>
    public static void ForThroughput() => GCSettings.LatencyMode = GCLatencyMode.Batch;

    /// <summary>For answers: the oldest objects, a model's tables among them, are collected beside the requests, which would else wait some 10 to 30 ms for it.</summary>
    public static void ForLatency() => GCSettings.LatencyMode = GCLatencyMode.Interactive;
}
