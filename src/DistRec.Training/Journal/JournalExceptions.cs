using System.Globalization;

namespace DistRec.Training.Journal;

/// <summary>A journal cannot do what was asked of it. The message names the journal, what was found, and what to do.</summary>
public class JobJournalException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A job's id is taken by another job.</summary>
public sealed class JobExistsException(string place, string job)
    : JobJournalException($"{place}: the job {job}: expected an id that is free, found another job of it; give the new job another id")
{
    /// <summary>The id.</summary>
    public string Job { get; } = job;
}

/// <summary>The journal knows no job of an id.</summary>
public sealed class UnknownJobException(string place, string job)
    : JobJournalException($"{place}: the job {job}: expected a job of the journal, found none; check the id, and that it is the right journal")
{
    /// <summary>The id.</summary>
    public string Job { get; } = job;
}

/// <summary>
/// A later queue runs the journal's jobs: this one, or a coordinator of it, was given up and lived on. Nothing is wrong with the
/// journal, and trying again changes nothing.
/// </summary>
public sealed class SupersededException(string place, long term, long newest)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"{place}: expected the newest queue of jobs, found the one of term {term}, which that of term {newest} has followed; its jobs go on there"))
{
    /// <summary>The term of the one that was given up.</summary>
    public long Term { get; } = term;
}
