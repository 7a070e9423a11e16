using System.Collections.Concurrent;
using Akka.Actor;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Akka.Sending;
using DistRec.Actors.Runtime;
using ActorCell = DistRec.Actors.Runtime.ActorCell;
using Envelope = DistRec.Actors.Runtime.Envelope;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// The sharded entity around a cell: Akka.NET decides where it lives and brings it messages, the cell is the actor. It
/// has no state that is worth anything elsewhere.
/// </summary>
internal sealed class CellEntity(NodeRuntime node, ActorKind kind, ActorAddress address) : UntypedActor, IWithUnboundedStash
{
    private readonly Dictionary<IActorRef, IncomingLane> _lanes = [];
    private readonly ConcurrentDictionary<(IActorRef Hub, long Number), WaitingForRoom> _waiting = [];
    private readonly StartInquiry _inquiry = new(address, node.Address);
    private ActorCell? _cell;
    private bool _isMoving;
    private int _toBeTakenBack;

    public IStash Stash { get; set; } = null!;

    /// <summary>Tells this life of the actor from those before and after it.</summary>
    private long Life => Self.Path.Uid;

    protected override void PreStart() => StartedActors.Count(Context.System, Self);

    protected override void PostStop()
    {
        if (_cell is not null && !_isMoving)
        {
            node.Remove(_cell);
            _cell.Abandon("its node left the cluster");
        }
    }

    protected override void OnReceive(object message)
    {
        if (_cell is null)
        {
            Prepare(message);
            return;
        }

        switch (message)
        {
            case DeliveryEnvelope delivery:
                Deliver(delivery);
                break;
            case Withdraw withdraw:
                OnWithdraw(withdraw);
                break;
            case HostQuestion:
                Sender.Tell(new HostAnswer { Actor = address.ToWire(), Address = node.HttpAddress.ToString() }, Self);
                break;
            case HandOff:
                BeginHandOver(_cell);
                break;
            case HandedOver handedOver:
                ReturnMessages(handedOver);
                break;
            case TakenBack:
                OnTakenBack();
                break;
            case ReceiveTimeout:
                EndHandOver();
                break;
        }
    }

    /// <summary>The cell starts when the cluster knows that it does; until then everything waits.</summary>
    private void Prepare(object message)
    {
        if (message is HandOff)
        {
            Context.Stop(Self);
            return;
        }

        switch (_inquiry.Receive(message))
        {
            case InquiryStep.CountAgain:
                StartedActors.CountAgain(Context.System, Self);
                break;
            case InquiryStep.Ask:
                StartedActors.Ask(Context.System, Self);
                break;
            case InquiryStep.Note:
                StartedActors.Note(Context.System, Self, address);
                break;
            case InquiryStep.Start:
                Start();
                break;
            case InquiryStep.NotMine:
                Stash.Stash();
                break;
        }
    }

    private void Start()
    {
        _cell = new ActorCell(node, kind, address, node.HasMoved(address) ? StartReason.Relocation : _inquiry.Reason);
        node.Add(_cell);
        _cell.Schedule();
        Stash.UnstashAll();
    }

    private void Deliver(DeliveryEnvelope delivery)
    {
        if (_isMoving || node.IsStopping)
        {
            // Whoever sent it hears that the actor has moved, and sends it again.
            return;
        }

        if (delivery.Life != Life)
        {
            // Even the first of a node's messages may have others before it: those that this actor's last life returned.
            AskAgain(delivery);
            return;
        }

        switch (Lane().Judge(delivery.Number, delivery.Previous))
        {
            case Arrival.Take:
                Take(_cell!, delivery);
                break;
            case Arrival.TooEarly:
                AskAgain(delivery);
                break;
            case Arrival.Duplicate when !_waiting.ContainsKey((Sender, delivery.Number)):
                Sender.Tell(Accepted(delivery.Number), Self);
                break;
        }
    }

    private void Take(ActorCell cell, DeliveryEnvelope delivery)
    {
        try
        {
            Envelope envelope = new(delivery.Body.Read(node.Types), delivery.Sender, SinkOf(delivery.Ask))
            {
                Origin = new Origin(Sender, delivery.Number, delivery.Ask),
            };
            if (cell.TryDeliver(envelope))
            {
                Sender.Tell(Accepted(delivery.Number), Self);
                return;
            }

            WaitingForRoom waiting = new();
            _waiting[(Sender, delivery.Number)] = waiting;
            waiting.Ended = WaitForRoomAsync(cell, envelope, Sender, delivery.Number, waiting, Self);
        }
        catch (ActorException failure)
        {
            Sender.Tell(new Undelivered { Number = delivery.Number, Failure = FailureCodec.Write(failure) }, Self);
        }
    }

    private async Task WaitForRoomAsync(
        ActorCell cell, Envelope envelope, IActorRef hub, long number, WaitingForRoom waiting, IActorRef self)
    {
        try
        {
            await cell.PostAsync(envelope, waiting.Withdrawn.Token).ConfigureAwait(false);
            hub.Tell(Accepted(number), self);
        }
        catch (Exception moved) when (moved is ActorMovedException or ActorSystemStoppedException)
        {
            // Whoever sent it hears that the actor has moved, and sends it again.
        }
        catch (Exception failure)
        {
            hub.Tell(new Undelivered { Number = number, Failure = FailureCodec.Write(failure) }, self);
        }
        finally
        {
            _waiting.TryRemove((hub, number), out _);
        }
    }

    private void OnWithdraw(Withdraw withdraw)
    {
        if (_waiting.TryGetValue((Sender, withdraw.Number), out WaitingForRoom? waiting))
        {
            waiting.Withdrawn.Cancel();
        }
        else if (_isMoving || !_lanes.TryGetValue(Sender, out IncomingLane? lane) || !lane.HasTaken(withdraw.Number))
        {
            // It never came, or is being returned; and it will not be sent again.
            Sender.Tell(
                new Undelivered { Number = withdraw.Number, Failure = new Fault { Withdrawn = new Withdrawn() } }, Self);
        }
    }

    private void BeginHandOver(ActorCell cell)
    {
        if (_isMoving)
        {
            return;
        }

        _isMoving = true;
        node.BeginHandOver(cell);
        HandOverAsync(cell).PipeTo(Self);
    }

    private async Task<HandedOver> HandOverAsync(ActorCell cell)
    {
        IReadOnlyList<Envelope> left = [];
        try
        {
            left = await cell.HandOverAsync().WaitAsync(node.StopTimeout, node.NodeTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            cell.Abandon($"it did not end within {node.StopTimeout} when it had to move");
        }

        // Each says how it ended before the senders hear that the actor has moved.
        await Task.WhenAll(_waiting.Values.Select(waiting => waiting.Ended)).ConfigureAwait(false);
        List<LeftBehind> own = [];
        List<(IActorRef, ReturnedEnvelope)> others = [];
        foreach (Envelope envelope in left)
        {
            MessageBody body = new(envelope.Message!);
            if (envelope.Origin is Origin origin && !origin.Hub.Equals(node.Hub))
            {
                DeliveryEnvelope delivery = new(address.Shard, origin.Number, 0, 0, envelope.Sender, body, origin.Ask, 0);
                others.Add((origin.Hub, new ReturnedEnvelope(address, delivery)));
            }
            else
            {
                TrackedAsk? ask = envelope.Origin is Origin { Ask: > 0 } asked ? node.FindAsk(asked.Ask) : envelope.Ask as TrackedAsk;
                own.Add(new LeftBehind(envelope.Sender, body, ask));
            }
        }

        return new HandedOver(address, own, others);
    }

    /// <summary>The next life of the actor begins when this entity has ended: by then all senders have their messages back.</summary>
    private void ReturnMessages(HandedOver handedOver)
    {
        // By way of the hub, behind everything that this entity has told it.
        node.Hub.Tell(handedOver, Self);
        foreach ((IActorRef hub, ReturnedEnvelope message) in handedOver.Others)
        {
            hub.Tell(message, Self);
        }

        _toBeTakenBack = handedOver.Others.Count;
        if (_toBeTakenBack == 0)
        {
            EndHandOver();
        }
        else
        {
            // A node that is gone takes nothing back.
            Context.SetReceiveTimeout(node.WithdrawTimeout);
        }
    }

    private void OnTakenBack()
    {
        if (--_toBeTakenBack == 0)
        {
            EndHandOver();
        }
    }

    private void EndHandOver()
    {
        node.AnnounceMove(address, Self);
        Context.Stop(Self);
    }

    private void AskAgain(DeliveryEnvelope delivery) =>
        Sender.Tell(new Resend { Actor = address.ToWire(), Round = delivery.Round, Life = Life }, Self);

    private IncomingLane Lane()
    {
        if (!_lanes.TryGetValue(Sender, out IncomingLane? lane))
        {
            _lanes[Sender] = lane = new IncomingLane();
        }

        return lane;
    }

    private RemoteAskSink? SinkOf(long ask) => ask == 0 ? null : new RemoteAskSink(Sender, ask, node.IsOut);

    private Accepted Accepted(long number) => new() { Actor = address.ToWire(), Number = number };

    /// <summary>A message that waits for room in the mailbox.</summary>
    private sealed class WaitingForRoom
    {
        public CancellationTokenSource Withdrawn { get; } = new();

        public Task Ended { get; set; } = Task.CompletedTask;
    }
}
