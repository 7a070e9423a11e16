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
    private readonly Looks _looks = new();
    private readonly CancellationTokenSource _stopped = new();

    public ExperimentsActor(Func<CancellationToken, Task> look)
    {
        _look = look;
        Receive<LookAtExperiments>(_ =>
        {
            _looks.Ask(Sender);
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
        if (!_looks.TryBegin())
        {
            return;
        }

        Task.Run(() => _look(_stopped.Token)).PipeTo(Self, success: () => Looked.Instance);
    }

    private void OnLooked(string failure)
    {
        if (_looks.End(new ExperimentsLooked { Failure = failure }))
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
