using System.Collections.Concurrent;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Journal;

/// <summary>A journal in memory that refuses when the test says so.</summary>
internal sealed class ScriptedJournal : IJobJournal
{
    private readonly Lock _gate = new();
    private readonly List<JobEntry> _jobs = [];
    private readonly ConcurrentQueue<Exception> _failures = new();
    private long _term;
    private int _calls;

    public string Place => "memory";

    /// <summary>How often it was called.</summary>
    public int Calls => _calls;

    /// <summary>What was appended, in order.</summary>
    public ConcurrentQueue<(string Job, JobEvent Event)> Appended { get; } = new();

    /// <summary>The next calls throw these.</summary>
    public void Fail(params Exception[] failures) => Array.ForEach(failures, _failures.Enqueue);

    public void Add(JobSpec spec, bool cancel = false)
    {
        lock (_gate)
        {
            _jobs.RemoveAll(entry => entry.Job == spec.Job);
            _jobs.Add(new JobEntry(spec.Job, "", spec, JobState.Submitted, "", cancel, default, null, default, _jobs.Count, 0));
        }
    }

    /// <summary>The term of a job's last start.</summary>
    public long TermOf(string job) => _jobs.Single(entry => entry.Job == job).Term;

    public Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken = default) =>
        CallAsync<IReadOnlyList<JobEntry>>(() => [.. _jobs.Where(entry => !entry.HasEnded)], cancellationToken);

    public Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default) =>
        CallAsync(() => _jobs.SingleOrDefault(entry => entry.Job == job), cancellationToken);

    public Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync<IReadOnlyList<JobEntry>>(() => [.. _jobs], cancellationToken);

    public Task<long> BeginTermAsync(CancellationToken cancellationToken = default) => CallAsync(() => ++_term, cancellationToken);

    public Task RequireNewestAsync(long term, CancellationToken cancellationToken = default) => CallAsync(
        () =>
        {
            JobTerm.RequireNewest(Place, term, _term);
            return true;
        },
        cancellationToken);

    public Task AppendAsync(string job, JobEvent jobEvent, CancellationToken cancellationToken = default) => CallAsync(
        () =>
        {
            JobTerm.RequireNewest(Place, JobTerm.Of(jobEvent.Sequence), _term);
            int index = _jobs.FindIndex(entry => entry.Job == job);
            if (index < 0)
            {
                throw new UnknownJobException(Place, job);
            }

            Appended.Enqueue((job, jobEvent));
            _jobs[index] = _jobs[index] with
            {
                LastSequence = jobEvent.Sequence,
                State = jobEvent.State?.State ?? _jobs[index].State,
                Reason = jobEvent.State?.Reason ?? _jobs[index].Reason,
            };
            return true;
        },
        cancellationToken);

    public Task PlaceAsync(JobSpec spec, long term, CancellationToken cancellationToken = default) => CallAsync(
        () =>
        {
            JobTerm.RequireNewest(Place, term, _term);
            int index = _jobs.FindIndex(entry => entry.Job == spec.Job);
            _jobs[index] = _jobs[index] with { Spec = spec };
            return true;
        },
        cancellationToken);

    public Task<JobEntry> EnqueueAsync(JobSpec spec, string name, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<JobEvent>> EventsAsync(string job, long after = 0, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> RemoveAsync(string job, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (_failures.TryDequeue(out Exception? failure))
        {
            throw failure;
        }

        lock (_gate)
        {
            return call();
        }
    }
}
