using DistRec.Training.Protocol;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// Everything between nodes: how long it takes, what is lost, doubled or held. Messages of one sender to one receiver keep their order
/// unless they are doubled; everything else may overtake. Blocks travel beside them, on connections that try again by themselves.
/// </summary>
internal sealed class Network(SimulatedCluster cluster, SimulationRandom messages, SimulationRandom pulls)
{
    private readonly Dictionary<(Shell From, Shell To), long> _lastArrivals = [];
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
            Schedule(parcel, isFirst: false);
        }

        return true;
    }

    /// <summary>Takes a message to a shell: by reference on one node, by its bytes to another.</summary>
    internal void Send(Shell from, Shell to, object message)
    {
        if (from.Life == to.Life)
        {
            object known = message is PartitionEnvelope envelope ? envelope.Message : message;
            long arrival = InOrder(from, to, cluster.Scheduler.Now + cluster.Ticks(cluster.Options.TurnDelay));
            cluster.Scheduler.At(arrival, to.Life, () => to.Deliver(known, from));
            return;
        }

        (Func<object> read, ulong hash) = Wire.Write(message);
        Parcel parcel = new(from.Life, to.Life, "message", () => Deliver(from, to, read))
        {
            About = to.Name, Detail = NameOf(message), Number = hash, Order = (from, to),
        };
        SimulationOptions options = cluster.Options;
        Note(parcel, parcel.What);
        if (messages.Chance(options.LossShare))
        {
            Note(parcel, "lost");
            return;
        }

        Schedule(parcel, isFirst: true);
        if (messages.Chance(options.DuplicateShare))
        {
            Schedule(parcel with { What = "duplicate", Order = null, Delay = options.LateMessageDelay }, isFirst: true);
        }
    }

    /// <summary>Takes a block, or the request for one, to another node.</summary>
    /// <param name="from">Where it comes from.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="what">A word for the trace.</param>
    /// <param name="block">Which block.</param>
    /// <param name="arrive">What its arrival does.</param>
    /// <param name="lost">What its loss does.</param>
    internal void Carry(NodeLife from, NodeLife to, string what, string block, Action arrive, Action lost)
    {
        cluster.RequireThread($"the block {block} was sent");
        Parcel parcel = new(from, to, what, arrive) { Detail = block, Lost = lost };
        Note(parcel, what);
        Schedule(parcel, isFirst: true);
    }

    private static string NameOf(object message) =>
        (message is PartitionEnvelope envelope ? envelope.Message : message).GetType().Name;

    private static void Deliver(Shell from, Shell to, Func<object> read)
    {
        object message = read();
        to.Deliver(message is PartitionEnvelope envelope ? envelope.Message : message, from);
    }

    private static (int, int) Link(int one, int other) => one < other ? (one, other) : (other, one);

    private long InOrder(Shell from, Shell to, long arrival) =>
        _lastArrivals[(from, to)] = Math.Max(arrival, _lastArrivals.GetValueOrDefault((from, to), -1) + 1);

    private void Schedule(Parcel parcel, bool isFirst)
    {
        long arrival = cluster.Scheduler.Now + Ticks(parcel, isFirst);
        if (parcel.Order is { } order)
        {
            arrival = InOrder(order.From, order.To, arrival);
        }

        cluster.Scheduler.At(arrival, parcel.To, () => Arrive(parcel));
    }

    private long Ticks(Parcel parcel, bool isFirst)
    {
        SimulationOptions options = cluster.Options;
        if (parcel.IsBlock)
        {
            bool isSlow = isFirst && pulls.Chance(options.SlowPullShare);
            return pulls.Ticks(options.PullDelay) + (isSlow ? pulls.Ticks(options.SlowPullDelay) : 0);
        }

        bool isLate = isFirst && messages.Chance(options.LateMessageShare);
        return messages.Ticks(parcel.Delay ?? options.MessageDelay) + (isLate ? messages.Ticks(options.LateMessageDelay) : 0);
    }

    private void Arrive(Parcel parcel)
    {
        string? loss = null;
        if (!parcel.IsBlock && (parcel.From.IsRemoved || parcel.To.IsRemoved))
        {
            // Who does not belong to the cluster is neither heard nor told; blocks are given to whoever knows the secret.
            loss = "fenced";
        }
        else if (cluster.Scheduler.Now > parcel.From.LostAfter)
        {
            loss = "lost in crash";
        }
        else if (_cuts.TryGetValue(Link(parcel.From.Node.Number, parcel.To.Node.Number), out Cut? cut))
        {
            if (!cut.Loses)
            {
                Note(parcel, "held in cut");
                cut.Held.Add(parcel);
                return;
            }

            loss = "lost in cut";
        }

        Note(parcel, loss ?? "arrived");
        if (loss is null)
        {
            parcel.Arrive();
        }
        else
        {
            parcel.Lost?.Invoke();
        }
    }

    private void Note(Parcel parcel, string what) =>
        cluster.Note(what, parcel.From.Node.Number, parcel.To.Node.Number, parcel.About, parcel.Detail, parcel.Number);

    /// <summary>Something on its way from one node's life to another's.</summary>
    /// <param name="From">Where it comes from.</param>
    /// <param name="To">Where it goes; when that life ends it is lost without a word.</param>
    /// <param name="What">A word or two for the trace.</param>
    /// <param name="Arrive">What its arrival does.</param>
    private sealed record Parcel(NodeLife From, NodeLife To, string What, Action Arrive)
    {
        internal string? About { get; init; }

        internal string? Detail { get; init; }

        internal ulong Number { get; init; }

        /// <summary>What its loss does; only blocks have it.</summary>
        internal Action? Lost { get; init; }

        internal bool IsBlock => Lost is not null;

        /// <summary>Between whom it keeps its order; null where it does not.</summary>
        internal (Shell From, Shell To)? Order { get; init; }

        internal TimeRange? Delay { get; init; }
    }

    private sealed class Cut(bool loses)
    {
        internal bool Loses => loses;

        internal List<Parcel> Held { get; } = [];
    }
}
