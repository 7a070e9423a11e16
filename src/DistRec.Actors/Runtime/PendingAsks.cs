using System.Collections.Concurrent;

namespace DistRec.Actors.Runtime;

/// <summary>The asks that wait on this node, so that they can be failed together.</summary>
internal sealed class PendingAsks
{
    private readonly ConcurrentDictionary<PendingAsk, byte> _asks = new();

    /// <summary>Keeps an ask until the result is disposed of.</summary>
    internal Entry Add(PendingAsk ask)
    {
        _asks.TryAdd(ask, 0);
        return new Entry(this, ask);
    }

    internal void FailAll(Func<ActorException> why)
    {
        foreach (PendingAsk ask in _asks.Keys)
        {
            ask.Fail(why());
        }
    }

    internal readonly struct Entry(PendingAsks asks, PendingAsk ask) : IDisposable
    {
        public void Dispose() => asks._asks.TryRemove(ask, out _);
    }
}
