using System.Threading.Channels;

namespace DistRec.Actors.Runtime;

/// <summary>
/// Two lanes: a bounded one for messages from others, whose senders wait when it is full, and an unbounded one for the
/// actor's own (messages to itself, timers, results of its outside work), because only the actor could make room for
/// them. They are taken in turn while both have messages, so neither starves the other. Each lane keeps its order.
/// </summary>
internal sealed class Mailbox(int capacity)
{
    private readonly Channel<Envelope> _others =
        Channel.CreateBounded<Envelope>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait });

    private readonly Channel<Envelope> _own = Channel.CreateUnbounded<Envelope>();

    private bool _ownIsNext = true;

    internal int Capacity => capacity;

    // Counts instead of peeking: a queue that was peeked into keeps references to what has been taken out of it.
    internal bool HasMessages => _own.Reader.Count > 0 || _others.Reader.Count > 0;

    internal bool TryPost(in Envelope envelope) => _others.Writer.TryWrite(envelope);

    /// <summary>Waits for room.</summary>
    /// <exception cref="ChannelClosedException">The mailbox was closed.</exception>
    internal ValueTask PostAsync(in Envelope envelope, CancellationToken cancellationToken) =>
        _others.Writer.WriteAsync(envelope, cancellationToken);

    /// <summary>False when the mailbox is closed.</summary>
    internal bool PostOwn(in Envelope envelope) => _own.Writer.TryWrite(envelope);

    /// <summary>For the actor's loop alone.</summary>
    internal bool TryTake(out Envelope envelope)
    {
        ChannelReader<Envelope> first = _ownIsNext ? _own.Reader : _others.Reader;
        ChannelReader<Envelope> second = _ownIsNext ? _others.Reader : _own.Reader;
        if (first.TryRead(out envelope))
        {
            _ownIsNext = !_ownIsNext;
            return true;
        }

        return second.TryRead(out envelope);
    }

    /// <summary>Fails the senders that wait and all later ones.</summary>
    internal void Close()
    {
        _others.Writer.TryComplete();
        _own.Writer.TryComplete();
    }
}
