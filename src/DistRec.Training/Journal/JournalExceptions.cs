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
