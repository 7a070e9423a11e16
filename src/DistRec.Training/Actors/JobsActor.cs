using DistRec.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Actors;

/// <summary>
/// Runs a cluster's jobs one after the other in the order of the journal, and holds their data: its node publishes what the
/// store has of the running job. When it starts again, here or elsewhere, it goes on with the job that was running.
/// </summary>
internal sealed class JobsActor(IJobJournal journal, IBlobStore store, ILogger? logger = null) : Actor, IDisposable
{
    /// <summary>How often a job is taken up again after losing its coordinator while no event comes in between.</summary>
    private const int MaximumAttempts = 5;

    // Neither progress nor rounds are journalled. A job taken up again numbers on above all that anyone may have seen: events that
    // somebody watched, versions that nodes dropped or still hold.
    private const long NumbersPerAttempt = 1_000_000;

    /// <summary>How long a journal that cannot be written is left alone.</summary>
    private static readonly TimeSpan JournalInterval = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = logger ?? NullLogger.Instance;
    private CancellationTokenSource? _running;
    private string _job = "";
    private bool _isSwept;

    // Something changed while the queue was being looked at.
    private bool _isStale;

    public override ValueTask OnStartedAsync(StartReason reason)
    {
        RunNext();
        return ValueTask.CompletedTask;
    }

    public override ValueTask OnReceiveAsync(IMessage message) => message switch
    {
        JobsChanged changed => OnChangedAsync(changed),
        JobEnded ended => OnEnded(ended),
        _ => ValueTask.CompletedTask,
    };

    public void Dispose() => _running?.Dispose();

    private async ValueTask OnChangedAsync(JobsChanged changed)
    {
        if (_running is null)
        {
            RunNext();
        }
        else if (await journal.FindAsync(changed.Job).ConfigureAwait(false) is { CancelRequested: true } && changed.Job == Volatile.Read(ref _job))
        {
            _running.Cancel();
        }
        else
        {
            _isStale = true;
        }
    }

    private ValueTask OnEnded(JobEnded ended)
    {
        _running?.Dispose();
        _running = null;
        if (ended.Job.Length > 0 || _isStale)
        {
            RunNext();
        }

        return ValueTask.CompletedTask;
    }

    private void RunNext()
    {
        _isStale = false;
        CancellationTokenSource running = _running = new CancellationTokenSource();
        Context.RunOutside(async stopping => new JobEnded { Job = await RunNextAsync(running.Token, stopping).ConfigureAwait(false) });
    }

    // Without its journal the queue can do nothing, not even note that a job has failed: it says so, and goes on when it can.
    private async Task<string> RunNextAsync(CancellationToken cancelled, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await RunFirstAsync(cancelled, stopping).ConfigureAwait(false);
            }
            catch (JobJournalException exception) when (!stopping.IsCancellationRequested)
            {
                _logger.LogError("The queue of jobs waits for its journal: {Reason}.", exception.Message);
                await Task.Delay(JournalInterval, Context.Time, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task<string> RunFirstAsync(CancellationToken cancelled, CancellationToken stopping)
    {
        if (!_isSwept)
        {
            await SweepAsync(stopping).ConfigureAwait(false);
            _isSwept = true;
        }

        if (await journal.NextAsync(stopping).ConfigureAwait(false) is not { } entry)
        {
            return "";
        }

        Volatile.Write(ref _job, entry.Job);
        await RunToEndAsync(entry, cancelled, stopping).ConfigureAwait(false);
        await ClearAsync(entry.Job, stopping).ConfigureAwait(false);
        return entry.Job;
    }

    private async Task RunToEndAsync(JobEntry entry, CancellationToken cancelled, CancellationToken stopping)
    {
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        if (entry.CancelRequested || await journal.FindAsync(entry.Job, stopping).ConfigureAwait(false) is { CancelRequested: true })
        {
            cancel.Cancel();
        }

        for (int attempt = 1; ; attempt++)
        {
            long told = await BeginAsync(entry.Job, stopping).ConfigureAwait(false);
            try
            {
                await RunAsync(entry, told, cancel.Token, stopping).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or JobJournalException) && !stopping.IsCancellationRequested)
            {
                JobEntry now = (await journal.FindAsync(entry.Job, stopping).ConfigureAwait(false))!;
                if (now.HasEnded)
                {
                    return;
                }

                attempt = now.LastSequence > told ? 1 : attempt;
                if (exception is not ActorException || attempt == MaximumAttempts)
                {
                    await FailAsync(entry.Job, now.LastSequence, exception).ConfigureAwait(false);
                    return;
                }

                _logger.LogWarning(exception, "Job {Job} lost its coordinator; it is taken up again.", entry.Job);
            }
        }
    }

    // Journalled before anyone hears of the job: every start has rounds and events of its own, which no earlier one had.
    private async Task<long> BeginAsync(string job, CancellationToken stopping)
    {
        long told = (await journal.FindAsync(job, stopping).ConfigureAwait(false))!.LastSequence;
        JobEvent begun = told == 0
            ? new JobEvent { Sequence = 1, State = new StateChanged { State = JobState.Loading } }
            : new JobEvent
            {
                Sequence = (told / NumbersPerAttempt + 1) * NumbersPerAttempt,
                Note = new Note { Text = "the job is taken up again from its last snapshot, or from its start" },
            };
        await journal.AppendAsync(job, begun, stopping).ConfigureAwait(false);
        return begun.Sequence;
    }

    private async Task RunAsync(JobEntry entry, long told, CancellationToken cancelled, CancellationToken stopping)
    {
        StoredJob stored = new(store, entry.Job);
        Context.Blocks.DropJob(entry.Job);
        Context.Blocks.DropJob(Addresses.DataOf(entry.Job));
        await stored.PublishAsync(Context.Blocks, entry.Spec, stopping).ConfigureAwait(false);
        StartJob start = new()
        {
            Spec = entry.Spec,
            Snapshot = await stored.FindSnapshotAsync(stopping).ConfigureAwait(false),
            Events = told,
        };
        StoreKeeper keeper = new(Context.Blocks, entry.Spec, stored, journal);
        await new JobRunner(new ActorPort(Context), keeper).RunAsync(start, cancelled).ConfigureAwait(false);
        Context.Blocks.DropJob(Addresses.DataOf(entry.Job));
    }

    // What stays after all is cleared away when the queue starts the next time.
    private async Task ClearAsync(string job, CancellationToken stopping)
    {
        try
        {
            await new StoredJob(store, job).DeleteAllButModelAsync(stopping).ConfigureAwait(false);
        }
        catch (BlobStoreException exception)
        {
            _logger.LogWarning(exception, "What job {Job} needed while it ran is still stored.", job);
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            foreach (string job in await StoredJob.ClearEndedAsync(store, journal, stopping).ConfigureAwait(false))
            {
                _logger.LogInformation("Job {Job} had ended, and what it needed while it ran was removed from the store.", job);
            }
        }
        catch (BlobStoreException exception)
        {
            _logger.LogWarning(exception, "What ended jobs needed while they ran may still be stored.");
        }
    }

    private async Task FailAsync(string job, long last, Exception cause)
    {
        string reason = cause is ActorException ? $"the job's coordinator was lost {MaximumAttempts} times: {cause.Message}" : cause.Message;
        JobEvent failed = new() { Sequence = last + 1, State = new StateChanged { State = JobState.Failed, Reason = reason } };
        await journal.AppendAsync(job, failed).ConfigureAwait(false);
    }
}
