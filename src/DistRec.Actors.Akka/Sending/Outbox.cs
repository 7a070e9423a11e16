using Akka.Actor;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;

namespace DistRec.Actors.Akka.Sending;

/// <summary>
/// What this node sends to actors that may live anywhere, until it is known to be in their mailboxes. Regions lose
/// messages while actors move and nodes die: here they are kept and sent again, and none is delivered twice.
/// </summary>
/// <param name="options">Timeouts and clocks.</param>
/// <param name="regionOf">By what way messages reach the actors of a kind.</param>
/// <param name="hub">Where the answers come in.</param>
/// <param name="mailboxCapacity">Of a kind.</param>
internal sealed class Outbox(
    AkkaActorSystemOptions options, Func<string, ICanTell> regionOf, IActorRef hub, Func<string, int> mailboxCapacity)
{
    /// <summary>A lane in which nothing has happened for so long is sent again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Outgoing> _messages = [];
    private readonly Dictionary<ActorAddress, OutgoingLane> _lanes = [];
    private readonly Dictionary<ActorAddress, long> _lives = [];
    private readonly Dictionary<ActorAddress, Address> _hosts = [];
    private readonly HashSet<(ActorAddress Actor, Address From)> _left = [];
    private long _lastNumber;
    private Func<ActorException>? _whyClosed;

    /// <summary>Whether everything that was sent to an actor is in its mailbox.</summary>
    public bool IsIdle(ActorAddress to)
    {
        lock (_gate)
        {
            return !_lanes.ContainsKey(to);
        }
    }

    /// <summary>Whether any message to actors of a kind is not known to be in a mailbox.</summary>
    public bool HasAny(string kind)
    {
        lock (_gate)
        {
            return _lanes.Keys.Any(to => to.Kind == kind);
        }
    }

    /// <summary>Sends a message; the task ends when it is in the receiver's mailbox.</summary>
    public Task SendAsync(ActorAddress to, MessageBody body, ActorAddress? sender, CancellationToken cancellationToken)
    {
        Outgoing message;
        lock (_gate)
        {
            message = new Outgoing(to, sender, body) { Number = ++_lastNumber, Cancellation = cancellationToken };
            if (Enqueue(message))
            {
                message.Timer = options.Time.CreateTimer(
                    _ => Withdraw(message, new SendTimeoutException(to, mailboxCapacity(to.Kind), options.SendTimeout)),
                    null, options.SendTimeout, Timeout.InfiniteTimeSpan);
            }
        }

        // Outside the lock, because a token that is cancelled already calls back at once.
        message.Registration = cancellationToken.UnsafeRegister(
            _ => Withdraw(message, new OperationCanceledException(cancellationToken)), null);
        if (message.Sent.IsCompleted)
        {
            message.Registration.Unregister();
        }

        return message.Sent;
    }

    /// <summary>Sends a request until <paramref name="ask"/> ends.</summary>
    public void Ask(ActorAddress to, MessageBody body, ActorAddress? sender, TrackedAsk ask)
    {
        Outgoing message;
        lock (_gate)
        {
            message = new Outgoing(to, sender, body) { Number = ++_lastNumber, Ask = ask };
            if (!Enqueue(message))
            {
                return;
            }
        }

        _ = ask.Ended.ContinueWith(
            _ => Withdraw(message, new OperationCanceledException()),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>An actor of this node is about to be handed over: what is sent to it waits until it has left.</summary>
    public void Hold(ActorAddress to)
    {
        lock (_gate)
        {
            LaneOf(to).IsHeld = true;
        }
    }

    /// <summary>
    /// The actor has left: what it left behind of this node's messages goes after it, and then all that has been sent to it
    /// meanwhile, under new numbers because what went straight into the mailbox had none.
    /// </summary>
    public void Release(ActorAddress to, IReadOnlyList<LeftBehind> left)
    {
        lock (_gate)
        {
            _hosts.Remove(to);
            OutgoingLane lane = LaneOf(to);
            IReadOnlyList<Outgoing> sentMeanwhile = lane.Messages;
            foreach (Outgoing message in sentMeanwhile)
            {
                _messages.Remove(message.Number);
                lane.Remove(message);
            }

            IEnumerable<Outgoing> leftBehind = _whyClosed is null
                ? left.Select(one => new Outgoing(to, one.Sender, one.Body) { Number = 0, Ask = one.Ask })
                : [];
            foreach (Outgoing message in leftBehind.Concat(sentMeanwhile))
            {
                message.Number = ++_lastNumber;
                _messages.Add(message.Number, message);
                lane.Add(message);
            }

            lane.IsHeld = false;
            StartOver(lane);
            RemoveIfEmpty(to, lane);
        }
    }

    /// <summary>Another node returns a message that its actor had not handled when it left; it goes before all later ones.</summary>
    /// <param name="to">The actor.</param>
    /// <param name="delivery">As it was sent.</param>
    /// <param name="ask">The ask that waits for the answer, if one does.</param>
    public void Return(ActorAddress to, DeliveryEnvelope delivery, TrackedAsk? ask)
    {
        lock (_gate)
        {
            if (_whyClosed is null && !_messages.ContainsKey(delivery.Number))
            {
                Outgoing message = new(to, delivery.Sender, delivery.Body) { Number = delivery.Number, Ask = ask };
                _messages.Add(message.Number, message);
                LaneOf(to).Return(message);
            }
        }
    }

    /// <summary>A message is in a mailbox of a node.</summary>
    public void Accepted(long number, Address host)
    {
        lock (_gate)
        {
            if (!_messages.TryGetValue(number, out Outgoing? message))
            {
                return;
            }

            _hosts[message.To] = host;
            _left.Remove((message.To, host));
            if (message.Ask is { } ask)
            {
                ask.Host = host;
            }

            End(message);
            message.Succeed();
        }
    }

    /// <summary>A message will not get into the mailbox.</summary>
    public void Undelivered(long number, Fault failure)
    {
        lock (_gate)
        {
            if (!_messages.TryGetValue(number, out Outgoing? message))
            {
                return;
            }

            End(message);
            message.Fail(failure.ReasonCase == Fault.ReasonOneofCase.Withdrawn && message.Withdrawing is { } why
                ? why
                : FailureCodec.Read(failure, message.To));
        }
    }

    /// <summary>A message came before one that was lost, or to another life of its receiver.</summary>
    public void Resend(ActorAddress to, int round, long life)
    {
        lock (_gate)
        {
            _lives[to] = life;
            if (_lanes.TryGetValue(to, out OutgoingLane? lane) && lane.IsRound(round))
            {
                lane.Meet(life);
                StartOver(lane);
            }
        }
    }

    /// <summary>An actor was handed over in good order: what its node has not confirmed by now it has not taken.</summary>
    public void Moved(ActorAddress actor, Address from)
    {
        lock (_gate)
        {
            _hosts.Remove(actor);
            _left.Add((actor, from));
            if (_lanes.TryGetValue(actor, out OutgoingLane? lane))
            {
                StartOver(lane);
            }
        }
    }

    /// <summary>
    /// A node is gone. What it may have had and has not confirmed fails, because nobody knows whether it was handled;
    /// so does what went to an actor of which nobody knew where it lived.
    /// </summary>
    public void NodeLost(Address node)
    {
        lock (_gate)
        {
            foreach ((ActorAddress to, OutgoingLane lane) in _lanes.ToArray())
            {
                if (lane.IsHeld || (_hosts.TryGetValue(to, out Address? host) ? host != node : _left.Contains((to, node))))
                {
                    continue;
                }

                foreach (Outgoing message in lane.Left)
                {
                    End(message);
                    message.Fail(Lost(to, node));
                }
            }

            _left.RemoveWhere(left => left.From == node);
            foreach (ActorAddress actor in _hosts.Where(host => host.Value == node).Select(host => host.Key).ToArray())
            {
                _hosts.Remove(actor);
            }
        }
    }

    public static ActorFailedException Lost(ActorAddress actor, Address node) =>
        new(actor, $"its node {node} was lost, and what it had taken with it", isFinal: false);

    /// <summary>Sends again where nothing has happened for long; to be called now and then.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            foreach (OutgoingLane lane in _lanes.Values)
            {
                if (lane.AnyUnderway && options.NodeTime.GetElapsedTime(lane.LastProgress) > Patience)
                {
                    StartOver(lane);
                }
            }
        }
    }

    /// <summary>Fails everything, now and from now on.</summary>
    public void Close(Func<ActorException> why)
    {
        lock (_gate)
        {
            _whyClosed = why;
            foreach (Outgoing message in _messages.Values.ToArray())
            {
                End(message);
                message.Fail(why());
            }
        }
    }

    private bool Enqueue(Outgoing message)
    {
        if (_whyClosed is { } why)
        {
            message.Fail(why());
            return false;
        }

        _messages.Add(message.Number, message);
        OutgoingLane lane = LaneOf(message.To);
        lane.Add(message);
        Pump(lane);
        return true;
    }

    private void Withdraw(Outgoing message, Exception why)
    {
        lock (_gate)
        {
            if (!_messages.ContainsKey(message.Number) || message.Withdrawing is not null)
            {
                return;
            }

            message.Timer?.Dispose();
            if (!message.HasLeft)
            {
                End(message);
                message.Fail(why);
                return;
            }

            message.Withdrawing = why;
            message.Timer = options.NodeTime.CreateTimer(
                _ => GiveUp(message), null, options.WithdrawTimeout, Timeout.InfiniteTimeSpan);
            LaneOf(message.To).Tell(new Withdraw { Shard = message.To.Shard, Number = message.Number });
        }
    }

    private void GiveUp(Outgoing message)
    {
        lock (_gate)
        {
            if (_messages.ContainsKey(message.Number))
            {
                End(message);
                message.Fail(message.Withdrawing is OperationCanceledException cancelled
                    ? cancelled
                    : new ActorFailedException(
                        message.To, $"no node answered for it within {options.SendTimeout + options.WithdrawTimeout}", isFinal: false));
            }
        }
    }

    private void End(Outgoing message)
    {
        _messages.Remove(message.Number);
        message.Timer?.Dispose();
        message.Registration.Unregister();
        if (_lanes.TryGetValue(message.To, out OutgoingLane? lane))
        {
            lane.Remove(message);
            lane.LastProgress = options.NodeTime.GetTimestamp();
            Pump(lane);
            RemoveIfEmpty(message.To, lane);
        }
    }

    private void RemoveIfEmpty(ActorAddress to, OutgoingLane lane)
    {
        if (lane.IsEmpty)
        {
            _lanes.Remove(to);
        }
    }

    private void Pump(OutgoingLane lane)
    {
        if (lane.Pump())
        {
            lane.LastProgress = options.NodeTime.GetTimestamp();
        }
    }

    private void StartOver(OutgoingLane lane)
    {
        lane.LastProgress = options.NodeTime.GetTimestamp();
        lane.StartOver();
    }

    private OutgoingLane LaneOf(ActorAddress to)
    {
        if (!_lanes.TryGetValue(to, out OutgoingLane? lane))
        {
            _lanes[to] = lane = new OutgoingLane(() => regionOf(to.Kind), hub, _lives.GetValueOrDefault(to));
        }

        return lane;
    }
}
