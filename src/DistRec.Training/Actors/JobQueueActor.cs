using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Event;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;

namespace DistRec.Training.Actors;

/// <summary>Names the queue of jobs in the registry.</summary>
public sealed class JobQueueKey
{
    private JobQueueKey()
    {
    }
}

/// <summary>
/// The queue of a cluster's jobs, one of it in the cluster: <see cref="QueueState"/> decides which jobs run, each under a coordinator that is
/// a child of this actor. When it starts again, here or on another node, it goes on with the jobs that were running.
/// </summary>
internal sealed class JobQueueActor : ReceiveActor, IWithTimers
{
    private readonly StopOnFailure _supervision = new();
    private readonly JobQueueKeeper _keeper;
    private readonly Func<JobEntry, long, Props> _coordinator;
    private readonly PartitionRegions _regions;
    private readonly Dictionary<string, JobSpec> _started = new(StringComparer.Ordinal);
    private readonly QueueState _state;
    private readonly CancellationTokenSource _stopped = new();
    private string _trouble = "";

    /// <param name="keeper">Makes what reads and notes what becomes of jobs.</param>
    /// <param name="coordinator">Makes a job's coordinator, of the queue's term.</param>
    /// <param name="regions">Where the jobs' partitions are.</param>
    /// <param name="maximumJobs">Jobs that may run at once.</param>
    public JobQueueActor(Func<JobQueueKeeper> keeper, Func<JobEntry, long, Props> coordinator, PartitionRegions regions, int maximumJobs)
    {
        _regions = regions;
        _keeper = keeper();
        _coordinator = coordinator;
        _state = new QueueState(maximumJobs);
        Receive<JobsChanged>(Handle);
        Receive<LookDue>(Handle);
        Receive<JobsListed>(OnListed);
        Receive<FailureNoted>(OnFailureNoted);
        Receive<JobCleanedUp>(Handle);
        Receive<JobEnded>(ended =>
        {
            _started.Remove(ended.Job);
            Handle(new CoordinatorEnded(ended.Job));
        });
        Receive<Terminated>(OnTerminated);
        Receive<WatchJob>(OnWatch);
        Receive<GetQueueStatus>(_ => Sender.Tell(new QueueStatus { Running = { _state.Running }, Trouble = _trouble }));
        Receive<LookFailed>(OnLookFailed);
        Receive<GivenUp>(_ => { });
        Receive<Status.Failure>(failure => ExceptionDispatchInfo.Throw(failure.Cause));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(
        Func<JobQueueKeeper> keeper, Func<JobEntry, long, Props> coordinator, PartitionRegions regions, int maximumJobs) =>
        Akka.Actor.Props.Create(() => new JobQueueActor(keeper, coordinator, regions, maximumJobs));

    protected override void PreStart() => Do(_state.Begin());

    protected override void PostStop() => _stopped.Cancel();

    protected override SupervisorStrategy SupervisorStrategy() => _supervision;

    private void Handle(object message) => Do(_state.Handle(message));

    private void OnListed(JobsListed listed)
    {
        _trouble = "";
        Handle(listed);
    }

    // A journal that makes no sense may do so again when somebody has mended it: the queue stays, says so, and looks again later. One
    // that was superseded starts nothing more, and begins again after a while if it is still there.
    private void OnLookFailed(LookFailed failed)
    {
        if (failed.Cause is SupersededException superseded)
        {
            _trouble = superseded.Message;
            Context.GetLogger().Warning("The queue of jobs was superseded: {0}.", superseded.Message);
            Timers.StartSingleTimer(nameof(SupersededException), new Status.Failure(superseded), JobQueueKeeper.SupersededPause);
            return;
        }

        _trouble = $"the jobs cannot be listed: {failed.Cause.Message}";
        Context.GetLogger().Error(failed.Cause, "The jobs cannot be listed.");
        Handle(new JobsListed([]));
    }

    // Of a job that has ended in good order the queue has heard before; to the state that is no news.
    private void OnTerminated(Terminated terminated)
    {
        string job = terminated.ActorRef.Path.Name;
        Handle(new CoordinatorEnded(job, _supervision.TakeCause(job)?.Message ?? "the job's coordinator stopped before the job had ended"));
    }

    private void OnWatch(WatchJob watch)
    {
        IActorRef coordinator = Context.Child(watch.Job);
        if (coordinator.IsNobody())
        {
            Sender.Tell(new JobEvents { NotRunning = true });
        }
        else
        {
            coordinator.Forward(watch);
        }
    }

    // A coordinator that failed has not told its partitions; one that was given up must not, since they work for another.
    private void OnFailureNoted(FailureNoted noted)
    {
        if (_started.Remove(noted.Job, out JobSpec? spec) && noted.IsNoted)
        {
            _regions.End(spec, Self);
        }

        Handle(new JobFailed(noted.Job));
    }

    // A job that no coordinator can be made for, such as one of an impossible name, fails as if its coordinator had failed.
    private void Start(JobEntry job)
    {
        try
        {
            Context.Watch(Context.ActorOf(_coordinator(job, _keeper.Term), job.Job));
            _started[job.Job] = job.Spec;
        }
        catch (Exception exception)
        {
            Handle(new CoordinatorEnded(job.Job, exception.Message));
        }
    }

    private void Do(IReadOnlyList<QueueEffect> effects)
    {
        foreach (QueueEffect effect in effects)
        {
            switch (effect)
            {
                case QueueEffect.List:
                    Pipe(_keeper.PendingAsync(_stopped.Token), pending => new JobsListed(pending), exception => new LookFailed(exception));
                    break;
                case QueueEffect.Start start:
                    Start(start.Job);
                    break;
                case QueueEffect.Cancel cancel:
                    Context.Child(cancel.Job).Tell(new CancelJob { Job = cancel.Job });
                    break;
                case QueueEffect.Fail fail:
                    Pipe(
                        _keeper.FailAsync(fail.Job, fail.Reason, _stopped.Token),
                        isNoted => new FailureNoted(fail.Job, isNoted),
                        exception => new Status.Failure(exception));
                    break;
                case QueueEffect.CleanUp cleanUp:
                    Pipe(_keeper.CleanUpAsync(cleanUp.Job, _stopped.Token), _ => new JobCleanedUp(cleanUp.Job), exception => new Status.Failure(exception));
                    break;
                case QueueEffect.Remind remind:
                    Timers.StartSingleTimer(nameof(LookDue), LookDue.Instance, remind.Due);
                    break;
            }
        }
    }

    // What was under way when the queue failed is given up, which is no failure of the one that follows it under the same reference.
    private void Pipe<T>(Task<T> task, Func<T, object> success, Func<Exception, object> failure)
    {
        CancellationToken stopped = _stopped.Token;
        task.PipeTo(Self, success: success, failure: exception => stopped.IsCancellationRequested ? GivenUp.Instance : failure(exception));
    }

    private sealed record LookFailed(Exception Cause);

    private sealed record FailureNoted(string Job, bool IsNoted);

    private sealed record GivenUp
    {
        public static GivenUp Instance { get; } = new();
    }
}
