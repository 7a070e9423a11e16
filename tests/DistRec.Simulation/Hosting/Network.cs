using DistRec.Actors;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// Everything between nodes: how long it takes, what is lost, doubled or held. Letters of one sender to one receiver keep
/// their order; everything else may overtake.
/// </summary>
internal sealed class Network(SimulatedCluster cluster, SimulationRandom messages, SimulationRandom pulls)
{
    private readonly Dictionary<Pair, long> _lastArrivals = [];
    private readonly Dictionary<(int, int), Cut> _cuts = [];

    internal bool IsCut(int one, int other) => _cuts.ContainsKey(Link(one, other));

    /// <summary>Cuts the network between two nodes.</summary>
    /// <param name="one">A node.</param>
    /// <param name="other">Another.</param>
    /// <param name="loses">Whether what is under way is lost; otherwise it is held until the cut heals.</param>
    internal bool TryCut(int one, int other, bool? loses) =>
        _cuts.TryAdd(Link(one, other), new Cut(loses ?? messages.Chance(cluster.Options.LosingCutShare)));

    /// <summary>Ends a cut; what it held is under way again.</summary>
    internal bool TryHeal(int one, int other)
    {
        if (!_cuts.Remove(Link(one, other), out Cut? cut))
        {
            return false;
        }

        foreach (Parcel parcel in cut.Held)
        {
            Schedule(parcel, parcel.Arrive, isFirst: false);
        }

        return true;
    }

    /// <summary>Takes something from one node to another.</summary>
    internal void Carry(Parcel parcel)
    {
        SimulationOptions options = cluster.Options;
        cluster.Note(parcel.What, parcel.From.Node.Number, parcel.To.Node.Number, parcel.About, parcel.Detail, parcel.Number);
        if (!parcel.IsBulk && messages.Chance(options.LossShare))
        {
            Lose(parcel, "lost");
            return;
        }

        Schedule(parcel, parcel.Arrive, isFirst: true);
        if (parcel.Again is { } again && messages.Chance(options.DuplicateShare))
        {
            Parcel copy = new(parcel.From, parcel.To, "duplicate", again)
            {
                About = parcel.About, Detail = parcel.Detail, Delay = options.LateMessageDelay,
            };
            Schedule(copy, again, isFirst: true);
        }
    }

    /// <summary>Lets some sends wait although there is room, as they do while a connection is busy.</summary>
    internal ValueTask PerhapsSlow(NodeLife sender)
    {
        if (!messages.Chance(cluster.Options.SlowSendShare))
        {
            return ValueTask.CompletedTask;
        }

        TaskCompletionSource sent = new();
        cluster.Scheduler.After(messages.Ticks(cluster.Options.MessageDelay), sender, sent.SetResult);
        return new ValueTask(sent.Task);
    }

    private static (int, int) Link(int one, int other) => one < other ? (one, other) : (other, one);

    private void Schedule(Parcel parcel, Action arrive, bool isFirst)
    {
        long arrival = cluster.Scheduler.Now + Ticks(parcel, isFirst);
        if (parcel.IsOrdered)
        {
            Pair pair = new(parcel.From, parcel.To, parcel.Sender, parcel.About!.Value);
            arrival = Math.Max(arrival, _lastArrivals.GetValueOrDefault(pair, -1) + 1);
            _lastArrivals[pair] = arrival;
        }

        cluster.Scheduler.At(arrival, parcel.To, () => Arrive(parcel, arrive));
    }

    private long Ticks(Parcel parcel, bool isFirst)
    {
        SimulationOptions options = cluster.Options;
        if (parcel.IsBulk)
        {
            bool isSlow = isFirst && pulls.Chance(options.SlowPullShare);
            return pulls.Ticks(options.PullDelay) + (isSlow ? pulls.Ticks(options.SlowPullDelay) : 0);
        }

        bool isLate = isFirst && messages.Chance(options.LateMessageShare);
        return messages.Ticks(parcel.Delay ?? options.MessageDelay) + (isLate ? messages.Ticks(options.LateMessageDelay) : 0);
    }

    private void Arrive(Parcel parcel, Action arrive)
    {
        NodeLife from = parcel.From;
        if (from.IsRemoved)
        {
            Lose(parcel, "fenced");
        }
        else if (cluster.Scheduler.Now > from.LostAfter)
        {
            Lose(parcel, "lost in crash");
        }
        else if (_cuts.TryGetValue(Link(from.Node.Number, parcel.To.Node.Number), out Cut? cut))
        {
            if (cut.Loses)
            {
                Lose(parcel, "lost in cut");
            }
            else
            {
                cluster.Note("held in cut", from.Node.Number, parcel.To.Node.Number, parcel.About, parcel.Detail);
                cut.Held.Add(parcel);
            }
        }
        else
        {
            cluster.Note("arrived", from.Node.Number, parcel.To.Node.Number, parcel.About, parcel.Detail);
            arrive();
        }
    }

    private void Lose(Parcel parcel, string why)
    {
        cluster.Note(why, parcel.From.Node.Number, parcel.To.Node.Number, parcel.About, parcel.Detail);
        parcel.Lost?.Invoke();
    }

    /// <summary>Something on its way from one node's life to another's.</summary>
    /// <param name="From">Where it comes from.</param>
    /// <param name="To">Where it goes; when that life ends it is lost without a word.</param>
    /// <param name="What">A word or two for the trace.</param>
    /// <param name="Arrive">What its arrival does.</param>
    internal sealed record Parcel(NodeLife From, NodeLife To, string What, Action Arrive)
    {
        /// <summary>The receiving actor of a letter, the one concerned otherwise.</summary>
        internal ActorAddress? About { get; init; }

        internal string? Detail { get; init; }

        internal ulong Number { get; init; }

        /// <summary>What its loss does at the receiver, which keeps a place for it.</summary>
        internal Action? Lost { get; init; }

        /// <summary>What a second arrival does; null where that cannot be.</summary>
        internal Action? Again { get; init; }

        internal ActorAddress? Sender { get; init; }

        internal bool IsOrdered { get; init; }

        /// <summary>Whether it travels by the block exchange, which tries again by itself.</summary>
        internal bool IsBulk { get; init; }

        internal TimeRange? Delay { get; init; }
    }

    private readonly record struct Pair(NodeLife From, NodeLife To, ActorAddress? Sender, ActorAddress Receiver);

    private sealed class Cut(bool loses)
    {
        internal bool Loses => loses;

        internal List<Parcel> Held { get; } = [];
    }
}
