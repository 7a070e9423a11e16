using Akka.Actor;
using Akka.Event;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Users;

namespace DistRec.Serving.Actors;

/// <summary>Names the actor that takes in items that came after training.</summary>
internal sealed class NewItemsKey
{
    private NewItemsKey()
    {
    }
}

/// <summary>Asks a node to take in all new items that are rated by now; answered by <see cref="NewItemsRefreshed"/>.</summary>
internal sealed record RefreshNewItems
{
    public static RefreshNewItems Instance { get; } = new();
}

/// <summary>The node answers with the new items of the log.</summary>
/// <param name="Fault">Why it does not; empty where it does.</param>
internal sealed record NewItemsRefreshed(string Fault);

/// <summary>
/// Has a node look for items that came after training: every second, since other nodes write the log too, and whenever it is asked. Where the log cannot be read,
/// what is known stays, and it looks again.
/// </summary>
internal sealed class NewItemsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly NewItemReader _reader;
    private readonly Looks _looks = new();
    private readonly CancellationTokenSource _stopped = new();
    private string _fault = "";

    public NewItemsActor(NewItemReader reader)
    {
        _reader = reader;
        Receive<RefreshNewItems>(_ =>
        {
            _looks.Ask(Sender);
            Look();
        });
        Receive<LookDue>(_ => Look());
        Receive<Looked>(looked => OnLooked(looked.Fault));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How one is made.</summary>
    /// <param name="node">What the node answers from.</param>
    /// <param name="log">What was rated.</param>
    /// <param name="details">What was said of items.</param>
    /// <param name="leastRatings">How many usable ratings a new item must have, at least 1.</param>
    public static Props Props(ServingNode node, IEventLog log, IItemDetails details, int leastRatings) =>
        Akka.Actor.Props.Create(() => new NewItemsActor(new NewItemReader(node, log, details, leastRatings)));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(LookDue), LookDue.Instance, Interval);
        Look();
    }

    protected override void PostStop() => _stopped.Cancel();

    private void Look()
    {
        if (!_looks.TryBegin())
        {
            return;
        }

        Task.Run(() => _reader.LookAsync(_stopped.Token)).PipeTo(Self, success: () => new Looked(""), failure: cause => new Looked(cause.Message));
    }

    private void OnLooked(string fault)
    {
        if (fault.Length > 0 && fault != _fault)
        {
            Context.GetLogger().Error("New items cannot be taken in: {0}", fault);
        }

        _fault = fault;
        if (_looks.End(new NewItemsRefreshed(fault)))
        {
            Look();
        }
    }

    private sealed record LookDue
    {
        public static LookDue Instance { get; } = new();
    }

    private sealed record Looked(string Fault);
}
