namespace DistRec.Training.Coordination;

/// <summary>
/// The events of a job on their way to whoever wants them: numbered, written one after the other, and shown only when they are written.
/// Those who watch are answered when there is news or when their time is over, so that none of them waits for ever.
/// </summary>
/// <param name="last">The sequence number of the last event before.</param>
internal sealed class JobFeed(long last)
{
    // A reply stays far below the message size limit: whoever lags asks again.
    private const int MaximumEvents = 100;

    private readonly Queue<JobEvent> _unwritten = [];
    private readonly List<JobEvent> _written = [];
    private readonly List<JobWatcher> _watchers = [];
    private long _last = last;
    private bool _isWriting;

    /// <summary>Numbers events, which are to be written. Progress that nobody has written yet gives way to newer progress.</summary>
    public void Add(IEnumerable<JobEvent> events)
    {
        foreach (JobEvent jobEvent in events)
        {
            jobEvent.Sequence = ++_last;
            _unwritten.Enqueue(jobEvent);
        }
    }

    /// <summary>The event that is to be written now; null while one is being written, or there is none.</summary>
    public JobEvent? Next()
    {
        while (!_isWriting && _unwritten.TryDequeue(out JobEvent? next))
        {
            if (next.Progress is not null && _unwritten.TryPeek(out JobEvent? newer) && newer.Progress is not null)
            {
                continue;
            }

            _isWriting = true;
            return next;
        }

        return null;
    }

    /// <summary>An event has been written.</summary>
    public void Written(JobEvent jobEvent)
    {
        _isWriting = false;
        if (jobEvent.Progress is not null && _written.Count > 0 && _written[^1].Progress is not null)
        {
            _written.RemoveAt(_written.Count - 1);
        }

        _written.Add(jobEvent);
    }

    /// <summary>Somebody wants the next event after one that he knows.</summary>
    public void Watch(JobWatcher watcher) => _watchers.Add(watcher);

    /// <summary>Those whose wait is over now, with what they get.</summary>
    public IReadOnlyList<(object Watcher, JobEvents Events)> Answers(TimeSpan now)
    {
        List<(object, JobEvents)> answers = [];
        long newest = _written.Count > 0 ? _written[^1].Sequence : 0;
        _watchers.RemoveAll(watcher =>
        {
            bool isOver = newest > watcher.After || now >= watcher.Until;
            if (isOver)
            {
                answers.Add((watcher.Watcher, new JobEvents { Events = { _written.Where(known => known.Sequence > watcher.After).Take(MaximumEvents) } }));
            }

            return isOver;
        });
        return answers;
    }
}

/// <summary>Somebody who waits for news of a job.</summary>
/// <param name="Watcher">Whom to answer.</param>
/// <param name="After">The last event that he knows.</param>
/// <param name="Until">When he is answered without news.</param>
internal readonly record struct JobWatcher(object Watcher, long After, TimeSpan Until);
