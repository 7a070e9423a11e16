using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// What this node sends to actors on other nodes. To each actor only so much is on its way at a time and the rest waits
/// here in order, so that a slow receiver fills neither the connection nor anybody's memory, and stops no one else.
/// </summary>
internal sealed class RemoteMessages(TimeProvider time, TimeSpan sendTimeout, Func<bool> isStopping, Func<ActorAddress, int> mailboxCapacity)
{
    /// <summary>Messages on their way to one actor before the next waits for an answer.</summary>
    private const int WindowMessages = 32;

    /// <summary>And their bytes, unless one alone has more.</summary>
    private const int WindowBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, RemoteSend> _pending = [];
    private readonly Dictionary<ActorAddress, Lane> _lanes = [];
    private IFrameSink? _link;
    private long _origin;
    private long _lastCorrelation;

    /// <summary>Whether everything that was sent to an actor is in its mailbox.</summary>
    public bool IsIdle(ActorAddress to)
    {
        lock (_gate)
        {
            return !_lanes.ContainsKey(to);
        }
    }

    /// <summary>This node is in the cluster: what waited goes out.</summary>
    public void Connect(IFrameSink link, long origin)
    {
        lock (_gate)
        {
            _link = link;
            _origin = origin;
            foreach (ActorAddress to in _lanes.Keys.ToArray())
            {
                Pump(to);
            }
        }
    }

    /// <summary>
    /// This node is no longer in the cluster: what is on its way and what its actors wanted to send fails; what came
    /// from outside and has not left waits for the node to be back.
    /// </summary>
    public void Disconnect(string cause)
    {
        lock (_gate)
        {
            _link = null;
            foreach (RemoteSend send in _pending.Values.Where(send => send.Place is null || send.Sender is not null).ToArray())
            {
                End(send);
                send.Fail(new ActorFailedException(send.To, cause, isFinal: false));
            }
        }
    }

    /// <summary>Fails everything, because the engine stops.</summary>
    public void FailAll(Func<ActorException> why)
    {
        lock (_gate)
        {
            foreach (RemoteSend send in _pending.Values.ToArray())
            {
                End(send);
                send.Fail(why());
            }
        }
    }

    /// <summary>Sends a message; the task ends when it is in the receiver's mailbox.</summary>
    public Task SendAsync(ActorAddress to, Payload message, ActorAddress? sender, CancellationToken cancellationToken)
    {
        RemoteSend send = Enqueue(to, message, sender, null, cancellationToken);
        Watch(send);
        return send.Sent;
    }

    /// <summary>Sends a request, whose answer goes to <paramref name="ask"/>.</summary>
    public void Ask(ActorAddress to, Payload request, ActorAddress? sender, PendingAsk ask) =>
        Watch(Enqueue(to, request, sender, ask, default));

    /// <summary>
    /// Sends back through the seed what waited here for an actor that moved away; <paramref name="isAccepted"/> if it was
    /// in the mailbox, so that its sender has been told already.
    /// </summary>
    public Task SendOn(
        ActorAddress to, Payload message, ActorAddress? sender, PendingAsk? ask, bool isAccepted, CancellationToken cancellationToken)
    {
        RemoteSend send;
        lock (_gate)
        {
            send = new RemoteSend(++_lastCorrelation, to, message, sender, ask)
            {
                IsAccepted = isAccepted, Cancellation = cancellationToken, Began = time.GetTimestamp(),
            };
            if (!isAccepted || ask is not null)
            {
                _pending.Add(send.Correlation, send);
            }

            if (!isAccepted)
            {
                LaneOf(to).Add(send);
            }

            if (_link is null)
            {
                End(send);
                send.Fail(new ActorFailedException(to, "it was moving when its node left the cluster", isFinal: false));
                return send.Sent;
            }

            _link.Send(new Frame { Bounce = new Bounce { Deliver = send.ToFrame(_origin, sendTimeout) } });
        }

        Watch(send);
        return send.Sent;
    }

    /// <summary>The seed's word on what became of a message.</summary>
    public void Answered(Answer answer, Func<Payload, Google.Protobuf.IMessage?> read)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue(answer.Correlation, out RemoteSend? send))
            {
                return;
            }

            if (answer.OutcomeCase == Answer.OutcomeOneofCase.Accepted && send.IsAsk)
            {
                send.IsAccepted = true;
                LeaveLane(send);
                return;
            }

            End(send);
            switch (answer.OutcomeCase)
            {
                case Answer.OutcomeOneofCase.Accepted:
                    send.Accept();
                    break;
                case Answer.OutcomeOneofCase.Reply when read(answer.Reply) is { } reply:
                    send.Ask?.Reply(reply);
                    break;
                case Answer.OutcomeOneofCase.Reply:
                    send.Fail(new UnknownMessageTypeException(answer.Reply.Type));
                    break;
                default:
                    Fail(send, answer.Failure);
                    break;
            }
        }
    }

    private RemoteSend Enqueue(ActorAddress to, Payload message, ActorAddress? sender, PendingAsk? ask, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            RemoteSend send = new(++_lastCorrelation, to, message, sender, ask)
            {
                Began = time.GetTimestamp(), Cancellation = cancellationToken,
            };
            if (isStopping())
            {
                send.Fail(new ActorSystemStoppedException());
                return send;
            }

            _pending.Add(send.Correlation, send);
            LaneOf(to).Wait(send);
            Pump(to);
            if (send.Place is not null && !send.IsAsk)
            {
                send.Timer = time.CreateTimer(_ => TimeOut(send), null, sendTimeout, Timeout.InfiniteTimeSpan);
            }

            return send;
        }
    }

    /// <summary>Lets the end of the caller's patience reach the message.</summary>
    private void Watch(RemoteSend send)
    {
        if (send.Ask is { } ask)
        {
            _ = ask.Task.ContinueWith(
                _ => TakeBack(send), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        else if (send.Cancellation.CanBeCanceled)
        {
            send.Registration = send.Cancellation.UnsafeRegister(_ => TakeBack(send), null);
            if (send.Sent.IsCompleted)
            {
                send.Registration.Dispose();
            }
        }
    }

    /// <summary>The caller waits no longer: what has not left stays, what is on its way is called back.</summary>
    private void TakeBack(RemoteSend send)
    {
        lock (_gate)
        {
            if (!_pending.ContainsKey(send.Correlation))
            {
                return;
            }

            if (send.Place is not null)
            {
                End(send);
                send.Cancel();
                return;
            }

            if (send.IsAccepted)
            {
                End(send);
            }

            _link?.Send(new Frame { Withdraw = new Withdraw { Origin = _origin, Correlation = send.Correlation, To = send.To.ToWire() } });
        }
    }

    private void TimeOut(RemoteSend send)
    {
        lock (_gate)
        {
            if (send.Place is null || !_pending.ContainsKey(send.Correlation))
            {
                return;
            }

            End(send);
            send.Fail(_link is null
                ? new ActorFailedException(send.To, $"this node was not in the cluster for {sendTimeout}", isFinal: false)
                : new SendTimeoutException(send.To, mailboxCapacity(send.To), sendTimeout));
        }
    }

    private void Fail(RemoteSend send, Failure failure)
    {
        if (isStopping())
        {
            // Other nodes of the cluster may stop too, and this one does not care for their reasons any more.
            send.Fail(new ActorSystemStoppedException());
        }
        else if (failure.ReasonCase == Failure.ReasonOneofCase.Withdrawn)
        {
            send.Cancel();
        }
        else
        {
            send.Fail(FailureCodec.Read(failure, send.To, mailboxCapacity(send.To), sendTimeout));
        }
    }

    private void End(RemoteSend send)
    {
        _pending.Remove(send.Correlation);
        send.Registration.Unregister();
        LeaveLane(send);
    }

    private void LeaveLane(RemoteSend send)
    {
        send.Timer?.Dispose();
        if (_lanes.TryGetValue(send.To, out Lane? lane) && lane.Remove(send))
        {
            Pump(send.To);
        }
    }

    private void Pump(ActorAddress to)
    {
        Lane lane = _lanes[to];
        while (_link is not null && lane.Next() is { } send)
        {
            send.Timer?.Dispose();
            TimeSpan waited = time.GetElapsedTime(send.Began);
            _link.Send(new Frame { Deliver = send.ToFrame(_origin, sendTimeout - waited) });
        }

        if (lane.IsEmpty)
        {
            _lanes.Remove(to);
        }
    }

    private Lane LaneOf(ActorAddress to)
    {
        if (!_lanes.TryGetValue(to, out Lane? lane))
        {
            _lanes[to] = lane = new Lane();
        }

        return lane;
    }

    /// <summary>What is sent to one actor and not yet in its mailbox.</summary>
    private sealed class Lane
    {
        private readonly LinkedList<RemoteSend> _waiting = new();
        private readonly HashSet<RemoteSend> _underway = [];
        private long _bytes;

        public bool IsEmpty => _waiting.Count == 0 && _underway.Count == 0;

        public void Wait(RemoteSend send) => send.Place = _waiting.AddLast(send);

        public void Add(RemoteSend send)
        {
            _underway.Add(send);
            _bytes += send.Message.Bytes.Length;
        }

        /// <summary>Takes the first that waits, if the window has room for it.</summary>
        public RemoteSend? Next()
        {
            if (_waiting.First is not { Value: var send }
                || _underway.Count >= WindowMessages
                || (_underway.Count > 0 && _bytes + send.Message.Bytes.Length > WindowBytes))
            {
                return null;
            }

            _waiting.RemoveFirst();
            send.Place = null;
            Add(send);
            return send;
        }

        /// <summary>False when it was not here.</summary>
        public bool Remove(RemoteSend send)
        {
            if (send.Place is { } place)
            {
                _waiting.Remove(place);
                send.Place = null;
                return true;
            }

            if (!_underway.Remove(send))
            {
                return false;
            }

            _bytes -= send.Message.Bytes.Length;
            return true;
        }
    }
}
