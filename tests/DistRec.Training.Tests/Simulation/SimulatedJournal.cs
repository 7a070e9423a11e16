using DistRec.Training.Journal;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Simulation;

/// <summary>A journal that outlives all simulated nodes. Every call is done at once, as a whole; tells when its job has ended.</summary>
internal sealed class SimulatedJournal : IJobJournal
{
    private readonly List<JobEntry> _jobs = [];
    private readonly SortedDictionary<long, JobEvent> _events = [];
    private readonly TaskCompletionSource<StateChanged> _ended = new();

    public string Place => "the simulation's journal";

    /// <summary>Completes when the job's end is noted.</summary>
    internal Task<StateChanged> Ended => _ended.Task;

    /// <summary>What happened, in order.</summary>
    internal IEnumerable<JobEvent> Events => _events.Values;

    public Task<JobEntry> EnqueueAsync(JobSpec spec, string name, CancellationToken cancellationToken = default)
    {
        JobEntry entry = new(spec.Job, name, spec, JobState.Submitted, "", false, default, null, default, _jobs.Count, 0);
        _jobs.Add(entry);
        return Task.FromResult(entry);
    }

    public Task<JobEntry?> NextAsync(CancellationToken cancellationToken = default) => Task.FromResult(_jobs.Find(entry => !entry.HasEnded));

    public Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default) => Task.FromResult(_jobs.Find(entry => entry.Job == job));

    public Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<JobEntry>>(_jobs);

    /// <summary>Which notes, counted from 1, it refuses to take.</summary>
    internal Func<int, bool> Refuses { get; init; } = _ => false;

    /// <summary>How many notes it was given, also those that it refused.</summary>
    internal int Given { get; private set; }

    public Task AppendAsync(string job, JobEvent happening, CancellationToken cancellationToken = default)
    {
        if (Refuses(++Given))
        {
            return Task.FromException(new JobJournalException($"{Place}: expected space, found none"));
        }

        int index = _jobs.FindIndex(entry => entry.Job == job);
        JobEntry entry = _jobs[index];
        if (entry.HasEnded)
        {
            throw new InvalidOperationException($"the job {job} has ended, and then came {happening}");
        }

        _events[happening.Sequence] = happening;
        entry = entry with { LastSequence = Math.Max(entry.LastSequence, happening.Sequence) };
        _jobs[index] = happening.State is { } state ? entry with { State = state.State, Reason = state.Reason } : entry;
        if (_jobs[index].HasEnded)
        {
            _ended.TrySetResult(happening.State!);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<JobEvent>> EventsAsync(string job, long after = 0, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JobEvent>>([.. Events.Where(happening => happening.Sequence > after)]);

    public Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default)
    {
        int index = _jobs.FindIndex(entry => entry.Job == job);
        _jobs[index] = _jobs[index] with { CancelRequested = true };
        return Task.FromResult(!_jobs[index].HasEnded);
    }

    public Task<bool> RemoveAsync(string job, CancellationToken cancellationToken = default) => throw new NotSupportedException("simulated jobs are not removed");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
