namespace DistRec.Oracles;

/// <summary>How much code allocates once it is warm.</summary>
public static class AllocatedBytes
{
    private const int Attempts = 5;

    /// <summary>
    /// The least that a call allocates on this thread in a few attempts after a first one. A collection between two readings of the
    /// runtime's counter adds what was left of the thread's allocation buffer, so one reading alone may be too high.
    /// </summary>
    public static long Least(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        action();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
