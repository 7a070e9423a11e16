using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// Carries messages and answers between nodes by the shard table, and remembers who waits for what, so that nobody
/// waits for a node that is gone.
/// </summary>
/// <param name="table">Where actors live.</param>
/// <param name="sendTo">Sends a frame to a node; one that is gone gets nothing.</param>
/// <remarks>Not thread-safe: the seed calls it under its lock.</remarks>
internal sealed class MessageRouter(ShardTable table, Action<long, Frame> sendTo)
{
    /// <summary>A frame that was sent back so often follows an actor that moves faster than frames, and fails.</summary>
    private const int MostBounces = 16;

    private readonly Dictionary<(long Origin, long Correlation), Expected> _expected = [];
    private readonly Dictionary<ActorAddress, HeldFrames> _held = [];

    /// <summary>How many messages and requests are on their way.</summary>
    public int Expecting => _expected.Count;

    public void Route(Deliver deliver, TimeSpan now)
    {
        ActorAddress to = deliver.To.ToAddress();
        if (!table.Knows(to))
        {
            Fail(deliver, new Failure { UnknownActor = "no such kind or shard is registered in the cluster" });
            return;
        }

        if (table.Route(to) is var host and not 0)
        {
            Forward(deliver, to, host);
        }
        else
        {
            Held(to).Add(new Frame { Deliver = deliver }, now);
        }
    }

    public void Route(Withdraw withdraw, TimeSpan now)
    {
        ActorAddress to = withdraw.To.ToAddress();
        (long Origin, long Correlation) key = (withdraw.Origin, withdraw.Correlation);
        if (_expected.TryGetValue(key, out Expected? expected) && expected.IsAccepted)
        {
            // The request is in a mailbox and nobody waits for its reply any more.
            _expected.Remove(key);
        }
        else if (_held.TryGetValue(to, out HeldFrames? held) && held.Withdraw(withdraw))
        {
            Answer(key, new Failure { Withdrawn = new Withdrawn() });
        }
        else if (table.Knows(to) && table.Route(to) is var host and not 0)
        {
            sendTo(host, new Frame { Withdraw = withdraw });
        }
        else if (table.Knows(to))
        {
            // The message may be on its way back from where its actor leaves; this follows it.
            Held(to).Add(new Frame { Withdraw = withdraw }, now);
        }
    }

    /// <summary>A node sent back what it could not deliver.</summary>
    public void Bounced(Bounce bounce, bool isFromLeavingHost, TimeSpan now)
    {
        Frame frame;
        ActorAddress to;
        int bounces;
        if (bounce.Deliver is { } deliver)
        {
            _expected.Remove((deliver.Origin, deliver.Correlation));
            bounces = ++deliver.Bounces;
            to = deliver.To.ToAddress();
            frame = new Frame { Deliver = deliver };
        }
        else
        {
            bounces = ++bounce.Withdraw.Bounces;
            to = bounce.Withdraw.To.ToAddress();
            frame = new Frame { Withdraw = bounce.Withdraw };
        }

        if (isFromLeavingHost)
        {
            Held(to).Return(frame, now);
        }
        else if (bounces <= MostBounces)
        {
            Route(frame, now);
        }
        else if (frame.Deliver is not null)
        {
            Fail(frame.Deliver, FailureCodec.Fault($"the message was sent on {bounces} times without finding it"));
        }
    }

    /// <summary>A node says what became of a message; false for what nobody expects (any more) from there.</summary>
    public void Answered(Answer answer, long from)
    {
        (long Origin, long Correlation) key = (answer.Origin, answer.Correlation);
        if (!_expected.TryGetValue(key, out Expected? expected) || expected.Host != from)
        {
            return;
        }

        if (answer.OutcomeCase == Protocol.Answer.OutcomeOneofCase.Accepted && expected.IsAsk)
        {
            expected.IsAccepted = true;
        }
        else
        {
            _expected.Remove(key);
        }

        sendTo(answer.Origin, new Frame { Answer = answer });
    }

    /// <summary>An actor has a host: what waited for it goes there.</summary>
    public void Release(ActorAddress address, TimeSpan now)
    {
        if (_held.Remove(address, out HeldFrames? held))
        {
            foreach (Frame frame in held.InOrder())
            {
                Route(frame, now);
            }
        }
    }

    /// <summary>A node is gone: whoever waits for it is told, and what it waits for is forgotten.</summary>
    public void NodeRemoved(long node, string why)
    {
        foreach ((var key, Expected expected) in _expected.ToArray())
        {
            if (key.Origin == node)
            {
                _expected.Remove(key);
            }
            else if (expected.Host == node)
            {
                _expected.Remove(key);
                Answer(key, FailureCodec.Fault(why));
            }
        }
    }

    /// <summary>Fails the messages that have waited for a host as long as they may.</summary>
    public void Expire(TimeSpan now)
    {
        foreach ((ActorAddress address, HeldFrames held) in _held)
        {
            foreach (Deliver deliver in held.Expire(now))
            {
                Fail(deliver, FailureCodec.Fault(
                    $"no node could host {address} for {TimeSpan.FromTicks(deliver.RoomWaitTicks)}; start a node of its role"));
            }
        }
    }

    private void Route(Frame frame, TimeSpan now)
    {
        if (frame.Deliver is { } deliver)
        {
            Route(deliver, now);
        }
        else
        {
            Route(frame.Withdraw, now);
        }
    }

    private void Forward(Deliver deliver, ActorAddress to, long host)
    {
        if (deliver.IsAsk || !deliver.IsAccepted)
        {
            _expected[(deliver.Origin, deliver.Correlation)] = new Expected(to, host, deliver.IsAsk) { IsAccepted = deliver.IsAccepted };
        }

        sendTo(host, new Frame { Deliver = deliver });
    }

    private void Fail(Deliver deliver, Failure failure)
    {
        if (deliver.IsAsk || !deliver.IsAccepted)
        {
            Answer((deliver.Origin, deliver.Correlation), failure);
        }
    }

    private void Answer((long Origin, long Correlation) key, Failure failure) =>
        sendTo(key.Origin, new Frame { Answer = new Answer { Origin = key.Origin, Correlation = key.Correlation, Failure = failure } });

    private HeldFrames Held(ActorAddress address)
    {
        if (!_held.TryGetValue(address, out HeldFrames? held))
        {
            _held[address] = held = new HeldFrames();
        }

        return held;
    }

    private sealed record Expected(ActorAddress To, long Host, bool IsAsk)
    {
        public bool IsAccepted { get; set; }
    }
}
