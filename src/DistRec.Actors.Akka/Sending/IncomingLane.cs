namespace DistRec.Actors.Akka.Sending;

/// <summary>What to do with a message that came from another node.</summary>
internal enum Arrival
{
    /// <summary>It is the next: put it into the mailbox.</summary>
    Take,

    /// <summary>It was taken before.</summary>
    Duplicate,

    /// <summary>One before it has not come: the sender has to send both again.</summary>
    TooEarly,
}

/// <summary>
/// Keeps the order of what one node sends to one actor, and recognizes what comes twice, over lost messages and moved
/// actors. Each message names the one that has to be taken before it.
/// </summary>
/// <example>
/// A node sends 7, then 8 (after 7) and 9 (after 8). 8 is lost. 7 is taken, 9 comes too early, and the node sends 8 (after
/// none, because 7 is confirmed) and 9 (after 8) again: both are taken, once.
/// </example>
internal sealed class IncomingLane
{
    private long _last;

    public bool HasTaken(long number) => number <= _last;

    public Arrival Judge(long number, long previous)
    {
        if (number <= _last)
        {
            return Arrival.Duplicate;
        }

        if (previous > _last)
        {
            return Arrival.TooEarly;
        }

        _last = number;
        return Arrival.Take;
    }
}
