using Akka.Actor;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// Tells where actors live by asking them: the question finds its way as any message does, and the answer is kept until
/// the actor moves or its node is gone.
/// </summary>
internal sealed class ActorDirectory(NodeRuntime node) : IActorDirectory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ActorAddress, Known> _known = [];
    private readonly Dictionary<ActorAddress, TaskCompletionSource> _questions = [];
    private bool _isClosed;

    public bool IsHere(ActorAddress address) => node.IsHere(address);

    public async ValueTask<ActorHost> FindAsync(ActorAddress address, CancellationToken cancellationToken)
    {
        if (!node.IsKnown(address))
        {
            throw new UnknownActorException(address, "no such kind or shard is registered on this node");
        }

        while (true)
        {
            Task answered;
            lock (_gate)
            {
                if (_isClosed)
                {
                    throw new ActorSystemStoppedException();
                }

                if (_known.TryGetValue(address, out Known? known))
                {
                    return new ActorHost(known.HttpAddress, known.Moved.Token);
                }

                answered = Ask(address);
            }

            await answered.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The node that an actor is known to live on; where none is known it is asked, and null now.</summary>
    public Address? FindHost(ActorAddress address)
    {
        lock (_gate)
        {
            if (_isClosed || !node.IsKnown(address))
            {
                return null;
            }

            if (_known.TryGetValue(address, out Known? known))
            {
                return known.Host;
            }

            _ = Ask(address);
            return null;
        }
    }

    /// <summary>An actor says where it lives.</summary>
    public void Answered(ActorAddress actor, Address host, Uri httpAddress)
    {
        TaskCompletionSource? question;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            if (_known.TryGetValue(actor, out Known? known) && known.Host != host)
            {
                Remove(actor, known);
                known = null;
            }

            if (known is null)
            {
                _known[actor] = new Known(host, httpAddress, new CancellationTokenSource());
                node.View.Change();
            }

            _questions.Remove(actor, out question);
        }

        question?.TrySetResult();
    }

    /// <summary>An actor has shown itself on a node; what was known of another is out of date.</summary>
    public void SeenAt(ActorAddress actor, Address host)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(actor, out Known? known) && known.Host != host)
            {
                Remove(actor, known);
            }
        }
    }

    /// <summary>An actor has moved.</summary>
    public void Forget(ActorAddress actor)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(actor, out Known? known))
            {
                Remove(actor, known);
            }
        }
    }

    /// <summary>A node is gone.</summary>
    public void Forget(Address host)
    {
        lock (_gate)
        {
            foreach ((ActorAddress actor, Known known) in _known.Where(known => known.Value.Host == host).ToArray())
            {
                Remove(actor, known);
            }
        }
    }

    /// <summary>Asks again where no answer came; to be called now and then.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            foreach (ActorAddress actor in _questions.Keys)
            {
                node.TellEntity(actor.Kind, new HostQuestion { Shard = actor.Shard });
            }
        }
    }

    /// <summary>Ends all waits, because the engine stops.</summary>
    public void Close()
    {
        TaskCompletionSource[] questions;
        lock (_gate)
        {
            _isClosed = true;
            questions = [.. _questions.Values];
            _questions.Clear();
            foreach ((ActorAddress actor, Known known) in _known.ToArray())
            {
                Remove(actor, known);
            }
        }

        foreach (TaskCompletionSource question in questions)
        {
            question.TrySetResult();
        }
    }

    private Task Ask(ActorAddress address)
    {
        if (!_questions.TryGetValue(address, out TaskCompletionSource? question))
        {
            _questions[address] = question = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            node.TellEntity(address.Kind, new HostQuestion { Shard = address.Shard });
        }

        return question.Task;
    }

    private void Remove(ActorAddress actor, Known known)
    {
        _known.Remove(actor);
        _ = known.Moved.CancelAsync();
    }

    private sealed record Known(Address Host, Uri HttpAddress, CancellationTokenSource Moved);
}
