namespace DistRec.Serving.Events;

/// <summary>
/// Group commit (DeWitt et al., "Implementation techniques for main memory database systems", SIGMOD 1984): what comes while a commit is
/// under way waits, and goes into the next one together. One who writes alone waits for nobody; many share the cost of a commit.
/// </summary>
/// <typeparam name="TSender">Who asks, and is to be answered.</typeparam>
/// <param name="maximumHeld">Events that may be under way and waiting together.</param>
/// <param name="maximumCommit">Events from which on a commit takes no further ones.</param>
internal sealed class AppendQueue<TSender>(int maximumHeld, int maximumCommit)
{
    private readonly Queue<Append> _waiting = new();
    private List<Append> _underWay = [];

    /// <summary>Events that are under way and waiting.</summary>
    public int Held { get; private set; }

    /// <summary>Takes events in.</summary>
    /// <returns>Whether there is room for them.</returns>
    public bool TryAdd(TSender sender, IReadOnlyList<ServingEvent> events)
    {
        if (events.Count > maximumHeld - Held)
        {
            return false;
        }

        Held += events.Count;
        _waiting.Enqueue(new Append(sender, events));
        return true;
    }

    /// <summary>What to commit now; nothing while a commit is under way, or where nobody waits.</summary>
    public IReadOnlyList<Append> Begin()
    {
        if (_underWay.Count > 0)
        {
            return [];
        }

        List<Append> next = [];
        for (int events = 0; events < maximumCommit && _waiting.TryDequeue(out Append? append); events += append.Events.Count)
        {
            next.Add(append);
        }

        return _underWay = next;
    }

    /// <summary>The commit under way has ended.</summary>
    /// <returns>Who is to be answered.</returns>
    public IReadOnlyList<Append> End()
    {
        List<Append> ended = _underWay;
        _underWay = [];
        Held -= ended.Sum(append => append.Events.Count);
        return ended;
    }

    /// <summary>Nothing more will be committed.</summary>
    /// <returns>Who waits for nothing, the commit under way among them.</returns>
    public IReadOnlyList<Append> Close()
    {
        Append[] all = [.. End(), .. _waiting];
        _waiting.Clear();
        Held = 0;
        return all;
    }

    /// <summary>Events of one sender.</summary>
    internal sealed record Append(TSender Sender, IReadOnlyList<ServingEvent> Events);
}
