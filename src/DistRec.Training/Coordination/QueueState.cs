using DistRec.Training.Journal;

namespace DistRec.Training.Coordination;

/// <summary>
/// Decides which jobs of a cluster run, and in which shards, without actors, clock or I/O: in the order of the journal, at most so many at once.
/// What goes wrong in one job fails that job by name, and no other.
/// </summary>
/// <param name="maximumJobs">Jobs that may run at once, at least 1.</param>
internal sealed class QueueState(int maximumJobs)
{
    /// <summary>How often the journal is looked at, in case that a word about it was lost.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly List<QueueEffect> _effects = [];
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ending = new(StringComparer.Ordinal);
    private readonly ShardRanges _shards = new();
    private bool _isListing;
    private bool _isStale;

    /// <summary>Jobs that run now.</summary>
    public IReadOnlyCollection<string> Running => _running;

    /// <summary>Begins.</summary>
    public IReadOnlyList<QueueEffect> Begin()
    {
        Look();
        Do(new QueueEffect.Remind(LookInterval));
        return Take();
    }

    /// <summary>Handles a message.</summary>
    public IReadOnlyList<QueueEffect> Handle(object message)
    {
        switch (message)
        {
            case JobsChanged:
                Look();
                break;
            case LookDue:
                Look();
                Do(new QueueEffect.Remind(LookInterval));
                break;
            case JobsListed listed:
                OnListed(listed.Pending);
                break;
            case CoordinatorEnded ended when _running.Remove(ended.Job):
                _ending.Add(ended.Job);
                _shards.Free(ended.Job);
                Do(ended.Failure.Length > 0 ? new QueueEffect.Fail(ended.Job, ended.Failure) : new QueueEffect.CleanUp(ended.Job));
                break;
            case JobFailed failed:
                Do(new QueueEffect.CleanUp(failed.Job));
                break;
            case JobCleanedUp cleaned:
                _ending.Remove(cleaned.Job);
                Look();
                break;
        }

        return Take();
    }

    private QueueEffect[] Take()
    {
        QueueEffect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private void Do(QueueEffect effect) => _effects.Add(effect);

    // One look at a time; what changes meanwhile is seen by the next.
    private void Look()
    {
        _isStale = _isListing;
        if (!_isListing)
        {
            _isListing = true;
            Do(new QueueEffect.List());
        }
    }

    private void OnListed(IReadOnlyList<JobEntry> pending)
    {
        _isListing = false;
        foreach (JobEntry entry in pending)
        {
            bool isRunning = _running.Contains(entry.Job);
            if (!isRunning && !_ending.Contains(entry.Job) && _running.Count < maximumJobs)
            {
                isRunning = _running.Add(entry.Job);
                Do(new QueueEffect.Start(entry with { Spec = _shards.Place(entry.Spec) }));
            }

            if (isRunning && entry.CancelRequested)
            {
                Do(new QueueEffect.Cancel(entry.Job));
            }
        }

        if (_isStale)
        {
            Look();
        }
    }
}

/// <summary>What a <see cref="QueueState"/> wants done, in order.</summary>
internal abstract record QueueEffect
{
    /// <summary>Read the jobs that have not ended; answered by <see cref="JobsListed"/>, however long the journal takes.</summary>
    internal sealed record List : QueueEffect;

    /// <summary>Start the coordinator of a job, which has its shards; answered by <see cref="CoordinatorEnded"/>.</summary>
    internal sealed record Start(JobEntry Job) : QueueEffect;

    /// <summary>Tell a job's coordinator that somebody wants it to stop.</summary>
    internal sealed record Cancel(string Job) : QueueEffect;

    /// <summary>Note in the journal that a job has failed; answered by <see cref="JobFailed"/>.</summary>
    internal sealed record Fail(string Job, string Reason) : QueueEffect;

    /// <summary>Remove what only a running job needs; answered by <see cref="JobCleanedUp"/>.</summary>
    internal sealed record CleanUp(string Job) : QueueEffect;

    /// <summary>Come back with a <see cref="LookDue"/>.</summary>
    internal sealed record Remind(TimeSpan Due) : QueueEffect;
}

/// <summary>The jobs that have not ended, in order.</summary>
internal sealed record JobsListed(IReadOnlyList<JobEntry> Pending);

/// <summary>A coordinator is gone.</summary>
/// <param name="Job">Its job.</param>
/// <param name="Failure">Why it failed; empty when its job has ended.</param>
internal sealed record CoordinatorEnded(string Job, string Failure = "");

/// <summary>The journal has it that a job failed.</summary>
internal sealed record JobFailed(string Job);

/// <summary>What only a running job needs is gone, or stays until the queue starts the next time.</summary>
internal sealed record JobCleanedUp(string Job);

/// <summary>The queue's reminder to look at the journal.</summary>
internal sealed record LookDue
{
    public static LookDue Instance { get; } = new();
}
