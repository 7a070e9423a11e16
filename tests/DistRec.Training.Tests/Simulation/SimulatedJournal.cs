using DistRec.Simulation;
using DistRec.Simulation.Hosting;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Simulation;

/// <summary>A journal that outlives all simulated nodes. Every call is done as a whole; tells when a job has ended.</summary>
internal sealed class SimulatedJournal
{
    private static readonly TimeRange CallTime = TimeRange.Milliseconds(0, 2);

    private readonly Dictionary<string, JobLog> _jobs = new(StringComparer.Ordinal);
    private long _term;

    /// <summary>Which notes, counted from 1, it refuses to take.</summary>
    internal Func<int, bool> Refuses { get; init; } = _ => false;

    /// <summary>How many notes it was given, also those that it refused.</summary>
    internal int Given { get; private set; }

    /// <summary>What was noted although the job had ended, or by an earlier start of it than something before. Nothing may be.</summary>
    internal List<string> Late { get; } = [];

    /// <summary>How many notes were refused because a later queue had begun.</summary>
    internal int Superseded { get; private set; }

    /// <summary>Completes when a job's end is noted.</summary>
    internal Task<StateChanged> EndOf(string job) => _jobs[job].Ended.Task;

    /// <summary>What happened to a job, in order.</summary>
    internal IReadOnlyList<JobEvent> EventsOf(string job) => [.. _jobs[job].Events.Values];

    /// <summary>The term of a job's last start.</summary>
    internal long TermOf(string job) => _jobs[job].Entry.Term;

    internal void Enqueue(JobSpec spec)
    {
        JobEntry entry = new(spec.Job, spec.Job, spec, JobState.Submitted, "", false, default, null, default, _jobs.Count, 0);
        _jobs.Add(spec.Job, new JobLog { Entry = entry });
    }

    internal void RequestCancel(string job) => _jobs[job].Entry = _jobs[job].Entry with { CancelRequested = true };

    /// <summary>The journal as a node reaches it: every call takes its time, and one that a crash interrupts has happened or not.</summary>
    internal IJobJournal Of(NodeLife life) => new Connection(this, life);

    private void Append(NodeLife life, string job, JobEvent jobEvent)
    {
        if (Refuses(++Given))
        {
            throw new JobJournalException("the simulation's journal: expected space, found none");
        }

        RequireNewest(JobTerm.Of(jobEvent.Sequence));
        JobLog log = _jobs[job];
        if (log.Entry.HasEnded || JobTerm.Of(jobEvent.Sequence) < log.Entry.Term)
        {
            Late.Add($"node {life.Node.Number} noted {jobEvent} of {job} after {log.Entry.LastSequence}, {log.Entry.State}");
        }

        log.Events[jobEvent.Sequence] = jobEvent;
        log.Entry = log.Entry with { LastSequence = Math.Max(log.Entry.LastSequence, jobEvent.Sequence) };
        if (jobEvent.State is { } state)
        {
            log.Entry = log.Entry with { State = state.State, Reason = state.Reason };
        }

        if (log.Entry.HasEnded)
        {
            log.Ended.TrySetResult(jobEvent.State!);
        }
    }

    private void RequireNewest(long term)
    {
        Superseded += term < _term ? 1 : 0;
        JobTerm.RequireNewest("the simulation's journal", term, _term);
    }

    private sealed class JobLog
    {
        internal required JobEntry Entry { get; set; }

        internal SortedDictionary<long, JobEvent> Events { get; } = [];

        internal TaskCompletionSource<StateChanged> Ended { get; } = new();
    }

    private sealed class Connection(SimulatedJournal journal, NodeLife life) : IJobJournal
    {
        public string Place => "the simulation's journal";

        public async Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken = default) =>
            [.. (await ListAsync(cancellationToken).ConfigureAwait(false)).Where(entry => !entry.HasEnded)];

        public async Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default) =>
            (await ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(entry => entry.Job == job);

        public async Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken = default)
        {
            await life.PassAsync(CallTime).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            JobEntry[] jobs = [.. journal._jobs.Values.Select(log => log.Entry)];
            await life.PassAsync(CallTime).ConfigureAwait(false);
            return jobs;
        }

        public async Task<long> BeginTermAsync(CancellationToken cancellationToken = default)
        {
            await life.PassAsync(CallTime).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            long term = ++journal._term;
            await life.PassAsync(CallTime).ConfigureAwait(false);
            return term;
        }

        public async Task RequireNewestAsync(long term, CancellationToken cancellationToken = default)
        {
            await life.PassAsync(CallTime).ConfigureAwait(false);
            journal.RequireNewest(term);
            await life.PassAsync(CallTime).ConfigureAwait(false);
        }

        public async Task AppendAsync(string job, JobEvent jobEvent, CancellationToken cancellationToken = default)
        {
            await life.PassAsync(CallTime).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            journal.Append(life, job, jobEvent);
            await life.PassAsync(CallTime).ConfigureAwait(false);
        }

        public async Task PlaceAsync(JobSpec spec, long term, CancellationToken cancellationToken = default)
        {
            await life.PassAsync(CallTime).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            journal.RequireNewest(term);
            journal._jobs[spec.Job].Entry = journal._jobs[spec.Job].Entry with { Spec = spec };
            await life.PassAsync(CallTime).ConfigureAwait(false);
        }

        public Task<JobEntry> EnqueueAsync(JobSpec spec, string name, CancellationToken cancellationToken = default) => throw Unknown();

        public Task<IReadOnlyList<JobEvent>> EventsAsync(string job, long after = 0, CancellationToken cancellationToken = default) =>
            throw Unknown();

        public Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default) => throw Unknown();

        public Task<bool> RemoveAsync(string job, CancellationToken cancellationToken = default) => throw Unknown();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static NotSupportedException Unknown() => new("nothing that lives on a node calls this");
    }
}
