namespace DistRec.Contracts;

/// <summary>Waits that end a broken test by name instead of hanging it.</summary>
public static class BoundedWaits
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static Task Soon(this Task task, string what = "the task") => task.Soon(() => what);

    /// <summary>Asks what did not come only when it has not.</summary>
    public static async Task Soon(this Task task, Func<string> what)
    {
        try
        {
            await task.WaitAsync(Bound);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new ShouldAssertException($"{what()} did not come within {Bound}");
        }
    }

    public static async Task<T> Soon<T>(this Task<T> task, string what = "the task")
    {
        await Soon((Task)task, what);
        return await task;
    }

    public static Task<T> Soon<T>(this ValueTask<T> task, string what = "the task") => task.AsTask().Soon(what);
}
