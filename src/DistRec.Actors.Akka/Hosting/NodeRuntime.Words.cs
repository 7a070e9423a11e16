using Akka.Actor;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Akka.Sending;
using DistRec.Actors.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>What this node hears from others and tells them; the hub calls these one at a time.</summary>
internal sealed partial class NodeRuntime
{
    /// <summary>Another node says that an actor failed for good.</summary>
    public void OnFailure(FailureNotice notice)
    {
        ActorAddress address = notice.Actor.ToAddress();
        _failed.TrySetResult(new ActorFailure(address, new RemoteActorException(address, notice.Cause), notice.Restarts));
    }

    public void OnReply(ReplyEnvelope reply)
    {
        if (_asks.Find(reply.Ask) is not { } ask)
        {
            return;
        }

        try
        {
            ask.Reply(reply.Body.Read(Types));
        }
        catch (UnknownMessageTypeException unknown)
        {
            ask.Fail(unknown);
        }
    }

    public void OnAskFailed(AskFailed failed)
    {
        if (_asks.Find(failed.Ask) is { } ask)
        {
            // Other nodes of the cluster may stop too, and one that stops itself does not care for their reasons any more.
            ask.Fail(_isStopping ? new ActorSystemStoppedException() : FailureCodec.Read(failed.Failure, ask.To));
        }
    }

    public void OnAccepted(Accepted accepted, Address host)
    {
        _outbox.Accepted(accepted.Number, host);
        Directory.SeenAt(accepted.Actor.ToAddress(), host);
    }

    public void OnUndelivered(Undelivered undelivered) => _outbox.Undelivered(undelivered.Number, undelivered.Failure);

    public void OnResend(Resend resend) => _outbox.Resend(resend.Actor.ToAddress(), resend.Round, resend.Life);

    /// <summary>A message that its actor did not handle before it was handed over.</summary>
    public void OnReturned(ReturnedEnvelope returned)
    {
        TrackedAsk? ask = FindAsk(returned.Delivery.Ask);
        if (ask is null && returned.Delivery.Ask != 0)
        {
            // Nobody waits for the answer any more.
            return;
        }

        try
        {
            MessageBody body = new(returned.Delivery.Body.Read(Types));
            _outbox.Return(returned.Actor, returned.Delivery with { Body = body }, ask);
        }
        catch (UnknownMessageTypeException unknown)
        {
            ask?.Fail(unknown);
        }
    }

    /// <summary>The ask of this node that has a number; null when it has ended.</summary>
    public TrackedAsk? FindAsk(long number) => _asks.Find(number);

    public void OnMoved(ActorAddress actor, Address from)
    {
        _moved[actor] = true;
        Directory.Forget(actor);
        _asks.Moved(actor, from);
        _outbox.Moved(actor, from);
    }

    public void OnIntroduction(Introduction introduction, Address from, IActorRef hub)
    {
        View.OnIntroduction(from, introduction);
        if (introduction.WantsAnswer)
        {
            hub.Tell(View.Introduce(wantsAnswer: false), Hub);
        }
    }

    public void OnNodeUp(Address node)
    {
        View.Change();
        IntroduceToStrangers();
        if (_failed.Task.IsCompleted)
        {
            Announce([node]);
        }
    }

    /// <summary>A node is no longer in the cluster.</summary>
    public void OnNodeGone(Address node)
    {
        _leaving.TryRemove(node, out _);
        Directory.Forget(node);
        View.Forget(node);
        _outbox.NodeLost(node);
        _asks.FailAt(node);
        Tick();
    }

    /// <summary>Whether an actor is known to have lived elsewhere before: sooner known than what is replicated.</summary>
    public bool HasMoved(ActorAddress actor) => _moved.ContainsKey(actor);

    /// <summary>Tells every other node that an actor of this one was handed over.</summary>
    public void AnnounceMove(ActorAddress actor, IActorRef from)
    {
        _moved[actor] = true;
        TellOthers(new Moved { Actor = actor.ToWire() }, from);
    }

    private void IntroduceToStrangers()
    {
        foreach (Address stranger in View.Strangers())
        {
            _system.ActorSelection(new RootActorPath(stranger) / "user" / NodeHub.Name).Tell(View.Introduce(wantsAnswer: true), Hub);
        }
    }

    private void Announce(IEnumerable<Address> nodes)
    {
        ActorFailure failure = _failed.Task.Result;
        FailureNotice notice = new()
        {
            Actor = failure.Address.ToWire(),
            Cause = $"{failure.Cause.GetType().Name}: {failure.Cause.Message}",
            Restarts = failure.Restarts,
        };
        foreach (Address node in nodes.Where(node => node != _cluster.SelfAddress))
        {
            _system.ActorSelection(new RootActorPath(node) / "user" / NodeHub.Name).Tell(notice, Hub);
        }
    }
}
