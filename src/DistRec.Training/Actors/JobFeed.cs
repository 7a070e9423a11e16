using DistRec.Actors;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>The events of a job and who waits for them. Progress that nobody has taken yet is replaced by newer progress.</summary>
internal sealed class JobFeed
{
    // A reply stays far below the message size limit: whoever lags asks again.
    private const int MaximumEvents = 100;

    private readonly List<JobEvent> _events = [];
    private readonly List<(ReplyHandle Handle, long After)> _watchers = [];
    private long _last;

    /// <summary>Begins a job's feed.</summary>
    /// <param name="told">Events of the job that were told before.</param>
    public void Begin(long told)
    {
        _events.Clear();
        _last = told;
    }

    /// <summary>Numbers events and tells them to those who wait.</summary>
    public async ValueTask TellAsync(IReadOnlyList<JobEvent> events)
    {
        foreach (JobEvent happening in events)
        {
            if (happening.Progress is not null && _events.Count > 0 && _events[^1].Progress is not null)
            {
                _events.RemoveAt(_events.Count - 1);
            }

            happening.Sequence = ++_last;
            _events.Add(happening);
        }

        await AnswerAsync().ConfigureAwait(false);
    }

    /// <summary>Answers as soon as there is an event after the given one.</summary>
    public ValueTask WatchAsync(ReplyHandle handle, long after)
    {
        _watchers.Add((handle, after));
        return AnswerAsync();
    }

    private async ValueTask AnswerAsync()
    {
        foreach ((ReplyHandle handle, long after) in _watchers.Where(watcher => _last > watcher.After).ToArray())
        {
            _watchers.Remove((handle, after));
            await handle.ReplyAsync(
                new JobEvents { Events = { _events.Where(happening => happening.Sequence > after).Take(MaximumEvents) } }).ConfigureAwait(false);
        }
    }
}
