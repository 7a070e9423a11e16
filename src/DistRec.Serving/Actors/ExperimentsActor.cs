using Akka.Actor;
using Akka.Event;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that counts and decides, one in the cluster.</summary>
internal sealed class ExperimentsKey
{
    private ExperimentsKey()
    {
    }
}

/// <summary>
/// Has the events of experiments counted every second, and whenever it is asked; whoever asked is answered by <see cref="ExperimentsLooked"/> when a
/// look that began afterwards has come to its end, and this node answers by what it found.
/// </summary>
internal sealed class ExperimentsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Func<CancellationToken, Task> _look;
    private readonly List<IActorRef> _waiting = [];
    private readonly List<IActorRef> _asked = [];
    private readonly CancellationTokenSource _stopped = new();
    private bool _isLooking;

    public ExperimentsActor(Func<CancellationToken, Task> look)
    {
        _look = look;
        Receive<LookAtExperiments>(_ =>
        {
            // What is under way may have passed the events that this is about.
            _asked.Add(Sender);
            Look();
        });
        Receive<LookDue>(_ => Look());
        Receive<Looked>(_ => OnLooked(""));
        Receive<Status.Failure>(failure =>
        {
            Context.GetLogger().Warning("The experiments are not counted now: {0}", failure.Cause.Message);
            OnLooked(failure.Cause.Message);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    /// <param name="look">Counts, decides, and has this node answer by it.</param>
    public static Props Props(Func<CancellationToken, Task> look) => Akka.Actor.Props.Create(() => new ExperimentsActor(look));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, Interval);

    protected override void PostStop() => _stopped.Cancel();

    private void Look()
    {
        if (_isLooking)
        {
            return;
        }

        _isLooking = true;
        _waiting.AddRange(_asked);
        _asked.Clear();
        Task.Run(() => _look(_stopped.Token)).PipeTo(Self, success: () => Looked.Instance);
    }

    private void OnLooked(string failure)
    {
        _isLooking = false;
        foreach (IActorRef waiting in _waiting)
        {
            waiting.Tell(new ExperimentsLooked { Failure = failure });
        }

        _waiting.Clear();
        if (_asked.Count > 0)
        {
            Look();
        }
    }

    private sealed record LookDue
    {
        public static LookDue Instance { get; } = new();
    }

    private sealed record Looked
    {
        public static Looked Instance { get; } = new();
    }
}
