namespace DistRec.Training.Journal;

/// <summary>
/// A queue's term is its number among all queues that ever ran a journal's jobs. Events, rounds and tables of its jobs have numbers of
/// the term's range, so that each says to which start of a job it belongs, and no two starts share one.
/// </summary>
internal static class JobTerm
{
    // More than one start of a job counts: progress and rounds have numbers too, a few every second.
    private const long Numbers = 1_000_000_000;

    /// <summary>The term that a number belongs to; 0 for what no queue gave.</summary>
    public static long Of(long number) => number / Numbers;

    /// <summary>The least number of a term.</summary>
    public static long FirstNumber(long term) => term * Numbers;

    /// <summary>Refuses a queue that another one has followed.</summary>
    /// <exception cref="SupersededException">It is not the newest.</exception>
    public static void RequireNewest(string place, long term, long newest)
    {
        if (term < newest)
        {
            throw new SupersededException(place, term, newest);
        }
    }
}
