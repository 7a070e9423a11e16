using Akka.Actor;
using DistRec.Training.Coordination;
using DistRec.Training.Work;
using Google.Protobuf;

namespace DistRec.Training.Actors;

/// <summary>
/// One partition of a job: <c>user-factors</c>, <c>item-factors</c> or <c>parameters</c>. <see cref="PartitionState"/> decides what it does
/// next, an <see cref="IPartitionWork"/> does it outside the mailbox. Started afresh, on this node or another, it knows nothing and says so
/// when it is asked.
/// </summary>
internal sealed class PartitionActor : ReceiveActor, IWithTimers
{
    /// <summary>A coordinator asks for its job all the time: nobody does so for so long unless there is none any more.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    private readonly string _job;
    private readonly PartitionId _partition;
    private readonly NodeResources _node;
    private readonly PartitionWorkFactory _works;
    private readonly PartitionState _state;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private IPartitionWork? _work;
    private CancellationTokenSource? _running;

    public PartitionActor(string job, PartitionId partition, NodeResources node, PartitionWorkFactory works)
    {
        _job = job;
        _partition = partition;
        _node = node;
        _works = works;
        _state = new PartitionState(job, partition, node.Blocks.Endpoint, node.NewIncarnation);
        Receive<IMessage>(Handle);

        // To one that is leaving, past its region, which keeps what comes for its successor.
        Receive<PartitionEnvelope>(envelope => Handle(envelope.Message));
        Receive<WorkEnded>(Handle);
        Receive<Reminder>(reminder => Handle(reminder.Message));
        Receive<HandOff>(Handle);
        Receive<ReceiveTimeout>(_ => Handle(Abandoned.Instance));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    public static Props Props(string job, PartitionId partition, NodeResources node, PartitionWorkFactory works) =>
        Akka.Actor.Props.Create(() => new PartitionActor(job, partition, node, works));

    protected override void PreStart()
    {
        _node.Enter(_job);
        Context.SetReceiveTimeout(AbandonedAfter);
    }

    // Restarted or stopped: what is under way is in vain.
    protected override void PostStop()
    {
        _running?.Cancel();
        _node.Leave(_job);
    }

    private void Handle(object message)
    {
        foreach (PartitionEffect effect in _state.Handle(message))
        {
            Do(effect);
        }
    }

    private void Do(PartitionEffect effect)
    {
        switch (effect)
        {
            case PartitionEffect.Reply reply:
                Sender.Tell(reply.Message);
                break;
            case PartitionEffect.Follow:
                _coordinator = Sender;
                break;
            case PartitionEffect.Report report:
                _coordinator.Tell(report.Message);
                break;
            case PartitionEffect.ReportProgress progress:
                progress.Message.Fraction = _work?.Fraction ?? 0;
                _coordinator.Tell(progress.Message);
                break;
            case PartitionEffect.Create create:
                _work = Create(create.Spec);
                break;
            case PartitionEffect.Clear:
                _work = null;
                break;
            case PartitionEffect.StartRound start:
                // On a thread of its own from the first line: the mailbox stays free for a newer command.
                Start(start.Work, (work, token) => Task.Run(() => work.RunAsync(new RoundInput(start.Command), token)));
                break;
            case PartitionEffect.StartVisit start:
                // From here: it waits for its block and computes in the pool, and there are many of them in an epoch.
                Start(start.Work, (work, token) => work.VisitAsync(new RoundInput(start.Command), start.Visit, token));
                break;
            case PartitionEffect.CancelWork:
                _running?.Cancel();
                break;
            case PartitionEffect.Remind remind:
                Timers.StartSingleTimer(remind.Message.GetType(), new Reminder(remind.Message), remind.Due);
                break;
            case PartitionEffect.Drop drop:
                _node.Blocks.DropThrough(drop.Job, drop.ThroughRound);
                break;
            case PartitionEffect.Stop:
                Context.Stop(Self);
                break;
        }
    }

    // What cannot be made fails the rounds that need it, with the reason.
    private IPartitionWork Create(JobSpec spec)
    {
        try
        {
            return _works(spec, _partition, _node);
        }
        catch (Exception exception)
        {
            return new ImpossibleWork(exception);
        }
    }

    private void Start(long number, Func<IPartitionWork, CancellationToken, Task<RoundSums>> run)
    {
        _running?.Dispose();
        CancellationTokenSource running = _running = new CancellationTokenSource();
        IPartitionWork work = _work ?? throw new InvalidOperationException("a round came before the job was loaded");
        WorkRunner.RunAsync(number, () => run(work, running.Token)).PipeTo(
            Self, success: ended => ended, failure: exception => new WorkEnded(number, WorkOutcome.Failed, Error: exception.Message));
    }

    private sealed class ImpossibleWork(Exception cause) : IPartitionWork
    {
        public double Fraction => 0;

        public Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken) => Task.FromException<RoundSums>(cause);
    }

    /// <summary>What a partition that waits for a block reminds itself of is no sign that anybody still wants its job.</summary>
    private sealed record Reminder(object Message) : INotInfluenceReceiveTimeout;
}
