using System.Runtime.ExceptionServices;

namespace DistRec.Data;

/// <summary>Runs the same work on several threads of its own and waits for all of them.</summary>
internal static class Workers
{
    /// <summary>Calls <paramref name="work"/> with 0 … <paramref name="threads"/> − 1 and rethrows the first failure.</summary>
    public static void Run(int threads, Action<int> work)
    {
        if (threads == 1)
        {
            work(0);
            return;
        }

        ExceptionDispatchInfo? failure = null;
        var running = new Thread[threads];
        for (int index = 0; index < threads; index++)
        {
            int worker = index;
            running[index] = new Thread(() =>
            {
                try
                {
                    work(worker);
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                }
            })
            {
                IsBackground = true,
                Name = $"data {index}",
            };
            running[index].Start();
        }

        foreach (Thread thread in running)
        {
            thread.Join();
        }

        failure?.Throw();
    }

    /// <summary>Cuts the rows into runs of about equal numbers of ratings, one for each thread.</summary>
    /// <returns>[parts + 1] row numbers, ascending.</returns>
    public static int[] CutRows(ReadOnlySpan<long> rowStarts, int parts)
    {
        int[] cuts = new int[parts + 1];
        long count = rowStarts[^1];
        for (int part = 1; part < parts; part++)
        {
            int row = rowStarts.BinarySearch((long)((Int128)count * part / parts));
            cuts[part] = Math.Clamp(row < 0 ? ~row : row, cuts[part - 1], rowStarts.Length - 1);
        }

        cuts[parts] = rowStarts.Length - 1;
        return cuts;
    }
}
