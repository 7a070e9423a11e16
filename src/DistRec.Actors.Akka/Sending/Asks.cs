using System.Collections.Concurrent;
using Akka.Actor;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Akka.Sending;

/// <summary>The asks that wait on this node.</summary>
internal sealed class Asks
{
    private readonly ConcurrentDictionary<long, TrackedAsk> _asks = new();
    private long _lastNumber;

    public TrackedAsk Add(ActorAddress to, PendingAsk pending)
    {
        TrackedAsk ask = new(Interlocked.Increment(ref _lastNumber), to, pending);
        _asks[ask.Number] = ask;
        return ask;
    }

    public void Remove(TrackedAsk ask) => _asks.TryRemove(ask.Number, out _);

    /// <summary>Null when it has ended.</summary>
    public TrackedAsk? Find(long number) => _asks.GetValueOrDefault(number);

    public void FailAll(Func<ActorException> why)
    {
        foreach (TrackedAsk ask in _asks.Values)
        {
            ask.Fail(why());
        }
    }

    /// <summary>An actor was handed over with the requests in its mailbox, which are no longer lost with that node.</summary>
    public void Moved(ActorAddress actor, Address from)
    {
        foreach (TrackedAsk ask in _asks.Values.Where(ask => ask.To == actor && ask.Host == from))
        {
            ask.Host = null;
        }
    }

    /// <summary>Fails those whose request lay in a mailbox of a node that is gone.</summary>
    public void FailAt(Address node)
    {
        foreach (TrackedAsk ask in _asks.Values.Where(ask => ask.Host == node))
        {
            ask.Fail(Outbox.Lost(ask.To, node));
        }
    }
}
