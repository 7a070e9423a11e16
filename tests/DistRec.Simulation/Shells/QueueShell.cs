using DistRec.Simulation.Hosting;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Simulation.Shells;

/// <summary>The queue of the cluster's jobs: the state and the keeper of production, carried out as its actor does.</summary>
internal sealed class QueueShell : Shell
{
    private readonly TrainingServices _services;
    private readonly IBlobStore _store;
    private readonly PatientJournal _journal;
    private readonly JobQueueKeeper _keeper;
    private readonly QueueState _state;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<string, CoordinatorShell> _coordinators = new(StringComparer.Ordinal);

    internal QueueShell(NodeLife life, TrainingServices services)
        : base(life, "queue")
    {
        _services = services;
        _store = services.StoreOf(life);
        _journal = new PatientJournal(services.JournalOf(life), NullLogger.Instance, life.Clock);
        _keeper = new JobQueueKeeper(_journal, _store, NullLogger.Instance);
        _state = new QueueState(services.MaximumJobs);
    }

    /// <summary>A job's coordinator is gone.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cause">What it failed with; null where it did not.</param>
    internal void Ended(string job, string? cause)
    {
        _coordinators.Remove(job);
        if (!HasStopped)
        {
            TellSelf(new CoordinatorEnded(job, cause ?? "the job's coordinator stopped before the job had ended"));
        }
    }

    protected override void OnStart() => Do(_state.Begin());

    protected override void OnStop()
    {
        _stopped.Cancel();
        foreach (CoordinatorShell coordinator in _coordinators.Values.ToArray())
        {
            coordinator.Stop();
        }
    }

    protected override void Handle(object message, Shell? sender)
    {
        switch (message)
        {
            case SupersededException:
                Remind(nameof(BeginAgain), BeginAgain.Instance, JobQueueKeeper.SupersededPause);
                break;
            case BeginAgain:
                Stop();
                break;
            case Exception failure:
                throw new InvalidOperationException($"the queue's keeper failed: {failure.Message}", failure);
            default:
                Do(_state.Handle(message));
                break;
        }
    }

    private void Do(IReadOnlyList<QueueEffect> effects)
    {
        foreach (QueueEffect effect in effects)
        {
            switch (effect)
            {
                case QueueEffect.List:
                    Pipe(() => _keeper.PendingAsync(_stopped.Token), pending => new JobsListed(pending), failure => failure);
                    break;
                case QueueEffect.Start start:
                    StoreKeeper keeper = new(Life.Blocks, start.Job.Spec, _store, _journal, _keeper.Term);
                    CoordinatorShell coordinator = new(Life, start.Job.Spec, _services.KeeperOf(start.Job.Spec, keeper), this);
                    _coordinators.Add(start.Job.Job, coordinator);
                    Cluster.Scheduler.After(0, Life, coordinator.Start);
                    break;
                case QueueEffect.Cancel cancel:
                    if (_coordinators.TryGetValue(cancel.Job, out CoordinatorShell? cancelled))
                    {
                        Tell(cancelled, new CancelJob { Job = cancel.Job });
                    }

                    break;
                case QueueEffect.Fail fail:
                    Pipe(() => _keeper.FailAsync(fail.Job, fail.Reason, _stopped.Token), _ => new JobFailed(fail.Job), failure => failure);
                    break;
                case QueueEffect.CleanUp cleanUp:
                    Pipe(() => _keeper.CleanUpAsync(cleanUp.Job, _stopped.Token), _ => new JobCleanedUp(cleanUp.Job), failure => failure);
                    break;
                case QueueEffect.Remind remind:
                    Remind(nameof(LookDue), LookDue.Instance, remind.Due);
                    break;
                default:
                    throw new NotSupportedException($"nobody carries out {effect}");
            }
        }
    }

    /// <summary>Ends a queue that was superseded; the cluster starts another one, unless it has one.</summary>
    private sealed record BeginAgain
    {
        internal static BeginAgain Instance { get; } = new();
    }
}
