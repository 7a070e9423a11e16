using Akka.Actor;
using DistRec.Serving.Events;

namespace DistRec.Serving.Actors;

/// <summary>
/// The only one who appends to the event log on its node. <see cref="AppendQueue{TSender}"/> collects what comes while a commit is under way;
/// everyone is answered when their events are on the disk, or told by a <see cref="Status.Failure"/> why they are not.
/// </summary>
internal sealed class EventLogActor : ReceiveActor
{
    /// <summary>Events that may be under way and waiting together.</summary>
    public const int MaximumHeld = 65536;

    /// <summary>Events from which on a commit takes no further ones.</summary>
    public const int MaximumCommit = 4096;

    private readonly IEventLog _log;
    private readonly int _maximumHeld;
    private readonly AppendQueue<IActorRef> _queue;

    public EventLogActor(IEventLog log, int maximumHeld, int maximumCommit)
    {
        _log = log;
        _maximumHeld = maximumHeld;
        _queue = new AppendQueue<IActorRef>(maximumHeld, maximumCommit);
        Receive<AppendEvents>(OnAppend);
        Receive<Committed>(OnCommitted);
        Receive<CommitFailed>(OnCommitFailed);
    }

    /// <summary>How one is made.</summary>
    public static Props Props(IEventLog log, int maximumHeld = MaximumHeld, int maximumCommit = MaximumCommit) =>
        Akka.Actor.Props.Create(() => new EventLogActor(log, maximumHeld, maximumCommit));

    // What is under way may come to its end, but nobody is there any more to hear of it.
    protected override void PostStop() => Fail(_queue.Close(), EventLogException.Stopped(_log.Place));

    private void OnAppend(AppendEvents append)
    {
        if (!_queue.TryAdd(Sender, append.Events))
        {
            Sender.Tell(new Status.Failure(new EventLogBusyException(_log.Place, append.Events.Count, _queue.Held, _maximumHeld)));
            return;
        }

        Commit();
    }

    private void OnCommitted(Committed committed)
    {
        int start = 0;
        foreach (AppendQueue<IActorRef>.Append append in _queue.End())
        {
            append.Sender.Tell(new EventsAppended([.. committed.Verdicts.Skip(start).Take(append.Events.Count)]));
            start += append.Events.Count;
        }

        Commit();
    }

    private void OnCommitFailed(CommitFailed failed)
    {
        Fail(_queue.End(), failed.Cause);
        Commit();
    }

    private void Commit()
    {
        if (_queue.Begin() is { Count: > 0 } appends)
        {
            // On a thread of its own from the first line: a file's commit keeps its caller until it is on the disk.
            ServingEvent[] events = [.. appends.SelectMany(append => append.Events)];
            Task.Run(() => _log.AppendAsync(events)).PipeTo(Self, success: verdicts => new Committed(verdicts), failure: cause => new CommitFailed(cause));
        }
    }

    private static void Fail(IEnumerable<AppendQueue<IActorRef>.Append> appends, Exception cause)
    {
        foreach (AppendQueue<IActorRef>.Append append in appends)
        {
            append.Sender.Tell(new Status.Failure(cause));
        }
    }

    private sealed record Committed(IReadOnlyList<EventVerdict> Verdicts);

    private sealed record CommitFailed(Exception Cause);
}
