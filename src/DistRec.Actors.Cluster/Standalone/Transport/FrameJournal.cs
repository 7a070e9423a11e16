using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// What makes one direction of a session survive broken connections: frames are numbered and kept until the other side
/// has them, sent again from there on a new connection, and recognized when they come twice.
/// </summary>
/// <remarks>It does no I/O and is not thread-safe.</remarks>
internal sealed class FrameJournal
{
    private readonly Queue<Frame> _unacknowledged = new();
    private readonly Queue<Frame> _unwritten = new();
    private long _lastSequence;

    /// <summary>The last number received from the other side.</summary>
    public long Received { get; private set; }

    public bool HasUnwritten => _unwritten.Count > 0;

    public bool IsAcknowledged => _unacknowledged.Count == 0;

    public void Add(Frame frame)
    {
        frame.Sequence = ++_lastSequence;
        _unacknowledged.Enqueue(frame);
        _unwritten.Enqueue(frame);
    }

    /// <summary>For a frame that need not survive; lost with the connection.</summary>
    public void AddTransient(Frame frame) => _unwritten.Enqueue(frame);

    /// <summary>The next frame to write, telling the other side what has come from there.</summary>
    public Frame? Next()
    {
        if (!_unwritten.TryDequeue(out Frame? frame))
        {
            return null;
        }

        frame.Acknowledged = Received;
        return frame;
    }

    /// <summary>Begins a new connection: all that the other side has not received is written again.</summary>
    public void Resume(long receivedThere)
    {
        Acknowledge(receivedThere);
        _unwritten.Clear();
        foreach (Frame frame in _unacknowledged)
        {
            _unwritten.Enqueue(frame);
        }
    }

    /// <summary>Takes note of a frame that came; false when it came before.</summary>
    public bool Receive(Frame frame)
    {
        Acknowledge(frame.Acknowledged);
        if (frame.Sequence == 0)
        {
            return true;
        }

        if (frame.Sequence <= Received)
        {
            return false;
        }

        if (frame.Sequence != Received + 1)
        {
            throw new InvalidDataException($"Frame {Received + 1} was expected and {frame.Sequence} came; the connection has lost frames.");
        }

        Received = frame.Sequence;
        return true;
    }

    private void Acknowledge(long through)
    {
        while (_unacknowledged.TryPeek(out Frame? frame) && frame.Sequence <= through)
        {
            _unacknowledged.Dequeue();
        }
    }
}
