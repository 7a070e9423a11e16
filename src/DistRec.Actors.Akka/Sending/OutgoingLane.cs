using Akka.Actor;

namespace DistRec.Actors.Akka.Sending;

/// <summary>
/// What this node sends to one actor and that has not been confirmed, in order. Only a window of it is on its way, so
/// that a slow receiver fills neither the connection nor another node's memory.
/// </summary>
/// <remarks>Not thread-safe: the outbox calls it under its lock.</remarks>
internal sealed class OutgoingLane(Func<ICanTell> region, IActorRef hub, long life)
{
    private const int Window = 32;

    private readonly LinkedList<Outgoing> _messages = new();
    private int _underway;
    private int _round;
    private long _life = life;

    public bool IsEmpty => _messages.Count == 0 && !IsHeld;

    /// <summary>Nothing leaves while the actor that lives here is about to be handed over.</summary>
    public bool IsHeld { get; set; }

    /// <summary>When something last left or was confirmed.</summary>
    public long LastProgress { get; set; }

    public bool AnyUnderway => _underway > 0;

    /// <summary>What may be in another node's hands.</summary>
    public IReadOnlyList<Outgoing> Left => [.. _messages.Where(message => message.HasLeft)];

    /// <summary>All of them, in order.</summary>
    public IReadOnlyList<Outgoing> Messages => [.. _messages];

    public void Add(Outgoing message) => _messages.AddLast(message);

    /// <summary>Puts back what had been confirmed, before everything that came after it.</summary>
    public void Return(Outgoing message)
    {
        LinkedListNode<Outgoing>? next = _messages.First;
        while (next is not null && next.Value.Number < message.Number)
        {
            next = next.Next;
        }

        if (next is null)
        {
            _messages.AddLast(message);
        }
        else
        {
            _messages.AddBefore(next, message);
        }
    }

    /// <summary>The actor says which of its lives it lives now.</summary>
    public void Meet(long life) => _life = life;

    public void Remove(Outgoing message)
    {
        if (_messages.Remove(message) && message.IsUnderway)
        {
            message.IsUnderway = false;
            _underway--;
        }
    }

    /// <summary>Sends what the window has room for; false when that is nothing.</summary>
    public bool Pump()
    {
        bool anySent = false;
        long previous = 0;
        for (LinkedListNode<Outgoing>? node = _messages.First; node is not null && !IsHeld && _underway < Window; node = node.Next)
        {
            Outgoing message = node.Value;
            if (message.Withdrawing is not null)
            {
                // The word that takes it back is on its way, and counts on its not being sent again.
                continue;
            }

            if (!message.IsUnderway)
            {
                message.IsUnderway = true;
                message.HasLeft = true;
                _underway++;
                anySent = true;
                Tell(message.ToEnvelope(previous, _round, _life));
            }

            previous = message.Number;
        }

        return anySent;
    }

    /// <summary>Sends again, from the first, what has not been confirmed.</summary>
    public void StartOver()
    {
        _round++;
        _underway = 0;
        foreach (Outgoing message in _messages)
        {
            message.IsUnderway = false;
        }

        Pump();
    }

    /// <summary>Whether a word about this round is news.</summary>
    public bool IsRound(int round) => round == _round;

    public void Tell(object message) => region().Tell(message, hub);
}
