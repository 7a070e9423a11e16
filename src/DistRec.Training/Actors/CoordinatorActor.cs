using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Cluster;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Telemetry;
using DistRec.Training.Work;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Actors;

/// <summary>
/// Coordinates one job: <see cref="CoordinatorState"/> decides what to do, its keeper keeps what comes of it. When it fails it is not
/// restarted: its parent fails the job by name.
/// </summary>
internal sealed class CoordinatorActor : ReceiveActor, IWithTimers, IWithStash
{
    private readonly JobSpec _spec;
    private readonly IJobKeeper _keeper;
    private readonly PartitionRegions _regions;
    private readonly NodeResources _node;
    private readonly TimeProvider _time;
    private readonly TableTaker _taker;
    private readonly CoordinatorTelemetry _telemetry;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<PartitionId, IActorRef> _leaving = [];
    private readonly long _began;
    private CoordinatorState? _state;

    public CoordinatorActor(JobSpec spec, IJobKeeper keeper, PartitionRegions regions, NodeResources node, ILogger logger, TimeProvider time)
    {
        _spec = spec;
        _keeper = keeper;
        _regions = regions;
        _node = node;
        _time = time;
        _taker = new TableTaker(keeper);
        _telemetry = new CoordinatorTelemetry(spec, logger);
        _began = time.GetTimestamp();
        Receive<Prepared>(prepared => OnPrepared(prepared.Start));
        Receive<Status.Failure>(OnFailure);
        ReceiveAny(_ => Stash.Stash());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(
        JobSpec spec, IJobKeeper keeper, PartitionRegions regions, NodeResources node, ILogger logger, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new CoordinatorActor(spec, keeper, regions, node, logger, time));

    protected override void PreStart()
    {
        _node.Enter(_spec.Job);
        Task.Run(() => _keeper.PrepareAsync(_stopped.Token)).PipeTo(Self, success: start => new Prepared(start), failure: Failed);
        if (Context.System.Settings.HasCluster)
        {
            Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));
        }
    }

    protected override void PostStop()
    {
        if (Context.System.Settings.HasCluster)
        {
            Cluster.Get(Context.System).Unsubscribe(Self);
        }

        _stopped.Cancel();
        _taker.Dispose();
        _telemetry.Dispose();

        // Whoever still waits for ratings or tables of this job waits in vain.
        _node.Leave(_spec.Job);
        _node.Blocks.DropJob(_spec.Job);
        _node.Blocks.DropJob(JobBlocks.DataOf(_spec.Job));
    }

    private void OnPrepared(JobStart start)
    {
        _telemetry.Began(start);
        _state = new CoordinatorState(_spec, start, _node.Blocks.Endpoint);
        Become(Running);
        Do(_state.Begin(Now));
        Stash.UnstashAll();
    }

    private void Running()
    {
        Receive<WatchJob>(watch => Handle(new WatchEvents(Sender, watch.After, TimeSpan.FromMilliseconds(watch.WaitMilliseconds))));
        Receive<PartitionLeaving>(leaving =>
        {
            _leaving[leaving.Partition.Id] = Sender;
            Handle(leaving);
        });
        Receive<IMessage>(Handle);
        Receive<EventWritten>(Handle);
        Receive<TablesTaken>(Handle);
        Receive<Resend>(Handle);
        Receive<PingDue>(Handle);
        Receive<ClusterEvent.MemberRemoved>(_ => Handle(PingDue.Now));
        Receive<Overtaken>(_ => { });
        Receive<Status.Failure>(OnFailure);
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    // One that was given up ends, which is no failure of its job.
    private void OnFailure(Status.Failure failure)
    {
        if (failure.Cause is not SupersededException)
        {
            ExceptionDispatchInfo.Throw(failure.Cause);
        }

        Context.Stop(Self);
    }

    private void Handle(object message) => Do(_state!.Handle(message, Now));

    private void Do(IReadOnlyList<CoordinatorEffect> effects)
    {
        foreach (CoordinatorEffect effect in effects)
        {
            Do(effect);
        }
    }

    private void Do(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.Send { IsLeaving: true } send:
                _leaving[send.To].Tell(PartitionRegions.EnvelopeOf(_spec, send.To, send.Message), Self);
                break;
            case CoordinatorEffect.Send send:
                _regions.Tell(_spec, send.To, send.Message, Self);
                break;
            case CoordinatorEffect.Write write:
                Task.Run(() => _keeper.OnEventAsync(write.Event, _stopped.Token)).PipeTo(
                    Self, success: () => new EventWritten(write.Event), failure: Failed);
                break;
            case CoordinatorEffect.Answer answer:
                ((IActorRef)answer.Watcher).Tell(answer.Events);
                break;
            case CoordinatorEffect.Take take:
                _taker.TakeAsync(take.Tables, take.Endpoints).PipeTo(
                    Self, success: taken => taken is null ? Overtaken.Instance : taken, failure: Failed);
                break;
            case CoordinatorEffect.Remind remind:
                Timers.StartSingleTimer(remind.Message.GetType(), remind.Message, remind.Due);
                break;
            case CoordinatorEffect.Drop drop:
                _node.Blocks.DropThrough(_spec.Job, drop.ThroughRound);
                break;
            case CoordinatorEffect.End end:
                Context.Parent.Tell(new JobEnded(_spec.Job, end.State));
                Context.Stop(Self);
                break;
            default:
                _telemetry.Observe(effect);
                break;
        }
    }

    private static Status.Failure Failed(Exception exception) => new(exception);

    private sealed record Prepared(JobStart Start);

    /// <summary>Tables that were to be taken are wanted no more.</summary>
    private sealed record Overtaken
    {
        public static Overtaken Instance { get; } = new();
    }
}

/// <summary>A job has ended, and its events say so.</summary>
internal sealed record JobEnded(string Job, StateChanged State);
