namespace DistRec.Actors.Cluster.Standalone;

/// <summary>What all nodes agree on about a kind of actor.</summary>
internal sealed record ShardedKind(string Name, int ShardCount, string Role);

/// <summary>What a node has to do after the table changed.</summary>
internal abstract record ShardCommand(ActorAddress Address, long Node);

/// <summary>Start the actor.</summary>
internal sealed record StartActor(ActorAddress Address, long Node, StartReason Reason) : ShardCommand(Address, Node);

/// <summary>Hand the actor over, and say so with <see cref="ShardTable.Released"/>.</summary>
internal sealed record ReleaseActor(ActorAddress Address, long Node) : ShardCommand(Address, Node);

/// <summary>
/// Says which node hosts which actor, and decides what moves when nodes come and go. An actor has one host, or none
/// while it moves and while no node may host it. Nodes are named by their incarnation, so one that comes back is another.
/// </summary>
/// <remarks>
/// Shards of a kind go round robin over its nodes, so that the first n are spread evenly for every n: a job that uses
/// 3 of 64 partitions still uses 3 nodes. With nodes A, B, C the shards 0 to 5 live on A B C A B C. When C is lost only
/// its shards move: A B A A B B. When D joins, every run of 3 gets a D in place of a node that it holds twice:
/// A B D A B D. It reads no clock, does no I/O and is not thread-safe.
/// </remarks>
internal sealed class ShardTable(bool rebalanceOnJoin = true)
{
    internal const string SeedRole = "seed";
    internal const string WorkerRole = "worker";

    private readonly List<KindEntry> _kinds = [];
    private readonly SortedDictionary<long, NodeEntry> _nodes = [];

    /// <summary>Grows with every change.</summary>
    public long Version { get; private set; }

    public IEnumerable<string> Kinds => _kinds.Select(kind => kind.Kind.Name);

    /// <summary>The hosts of a kind's shards; 0 for a shard that is nowhere or moves.</summary>
    public IEnumerable<long> HostsOf(string kind) =>
        Find(kind)?.Shards.Select(shard => shard.IsMoving ? 0 : shard.Host) ?? [];

    /// <summary>The node to which messages for an actor go; 0 when they have to wait.</summary>
    public long Route(ActorAddress address)
    {
        Shard shard = ShardOf(address);
        return shard.IsMoving ? 0 : shard.Host;
    }

    /// <summary>Whether a node is the one that hands this actor over.</summary>
    public bool IsLeaving(ActorAddress address, long node) =>
        Knows(address) && ShardOf(address) is { IsMoving: true } shard && shard.Host == node;

    public bool Knows(ActorAddress address) =>
        Find(address.Kind) is { } kind && (uint)address.Shard < (uint)kind.Shards.Length;

    /// <summary>Whether a node hosts any actor, also one that is being handed over.</summary>
    public bool HostsAny(long node) => _kinds.Exists(kind => kind.Shards.Any(shard => shard.Host == node));

    /// <summary>A node joined, having registered some kinds or none yet.</summary>
    public IReadOnlyList<ShardCommand> NodeJoined(long node, string role, IEnumerable<ShardedKind> kinds)
    {
        _nodes.Add(node, new NodeEntry(node, role));
        return Registered(node, kinds);
    }

    /// <summary>
    /// A node registered kinds. A kind's actors start for the first time when every node that may host it knows it.
    /// </summary>
    public IReadOnlyList<ShardCommand> Registered(long node, IEnumerable<ShardedKind> kinds)
    {
        Version++;
        foreach (ShardedKind kind in kinds)
        {
            if (Find(kind.Name) is null)
            {
                _kinds.Add(new KindEntry(kind, _kinds.Count));
            }

            _nodes[node].Kinds.Add(kind.Name);
        }

        List<ShardCommand> commands = PlaceOrphans();
        if (rebalanceOnJoin)
        {
            commands.AddRange(Rebalance());
        }

        return commands;
    }

    /// <summary>A node is gone, and its actors' memory with it.</summary>
    public IReadOnlyList<ShardCommand> NodeRemoved(long node)
    {
        Version++;
        _nodes.Remove(node);
        List<ShardCommand> commands = [];
        foreach (KindEntry kind in _kinds)
        {
            for (int shard = 0; shard < kind.Shards.Length; shard++)
            {
                if (kind.Shards[shard].Host == node)
                {
                    commands.AddRange(Vacate(kind, shard));
                }
            }
        }

        commands.AddRange(PlaceOrphans());
        return commands;
    }

    /// <summary>A node wants to leave: its actors are handed over, also when no other node may host them.</summary>
    public IReadOnlyList<ShardCommand> NodeLeaving(long node)
    {
        Version++;
        _nodes[node].IsLeaving = true;
        List<ShardCommand> commands = [];
        foreach (KindEntry kind in _kinds)
        {
            for (int shard = 0; shard < kind.Shards.Length; shard++)
            {
                if (kind.Shards[shard].Host == node)
                {
                    commands.AddRange(Move(kind, shard, Choose(kind, shard)));
                }
            }
        }

        return commands;
    }

    /// <summary>A node has handed an actor over; late words of former hosts change nothing.</summary>
    public IReadOnlyList<ShardCommand> Released(ActorAddress address, long from)
    {
        KindEntry kind = Find(address.Kind)!;
        Shard state = kind.Shards[address.Shard];
        if (!state.IsMoving || state.Host != from)
        {
            return [];
        }

        Version++;
        return Vacate(kind, address.Shard);
    }

    /// <summary>Spreads every kind evenly over its nodes again, moving as few actors as that takes.</summary>
    public IReadOnlyList<ShardCommand> Rebalance()
    {
        Version++;
        List<ShardCommand> commands = [];
        foreach (KindEntry kind in _kinds.Where(kind => kind.IsPlaced))
        {
            long[] nodes = Eligible(kind);
            for (int start = 0; nodes.Length > 0 && start < kind.Shards.Length; start += nodes.Length)
            {
                int end = Math.Min(start + nodes.Length, kind.Shards.Length);
                commands.AddRange(RebalanceRun(kind, nodes, start, end));
            }
        }

        return commands;
    }

    /// <summary>Lets a run of as many shards as there are nodes hold each node at most once.</summary>
    private static List<ShardCommand> RebalanceRun(KindEntry kind, long[] nodes, int start, int end)
    {
        HashSet<long> kept = [];
        List<int> moving = [];
        for (int shard = start; shard < end; shard++)
        {
            long host = kind.Shards[shard].WillLiveOn;
            if (!nodes.Contains(host) || !kept.Add(host))
            {
                moving.Add(shard);
            }
        }

        List<ShardCommand> commands = [];
        foreach (int shard in moving)
        {
            long target = nodes.Where(node => !kept.Contains(node))
                .OrderBy(node => kind.CountBefore(start, node))
                .ThenBy(node => Turn(nodes, node, shard + kind.Index))
                .First();
            kept.Add(target);
            commands.AddRange(Move(kind, shard, target));
        }

        return commands;
    }

    private static IEnumerable<ShardCommand> Move(KindEntry kind, int shard, long target)
    {
        ref Shard state = ref kind.Shards[shard];
        if (state.Host == 0)
        {
            return target == 0 ? [] : [Start(kind, shard, target)];
        }

        bool wasMoving = state.IsMoving;
        state = state with { IsMoving = true, Target = target };
        return wasMoving ? [] : [new ReleaseActor(kind.AddressOf(shard), state.Host)];
    }

    private static StartActor Start(KindEntry kind, int shard, long node)
    {
        ref Shard state = ref kind.Shards[shard];
        StartReason reason = state.HasLived ? StartReason.Relocation : StartReason.First;
        state = new Shard(node, 0, IsMoving: false, HasLived: true);
        return new StartActor(kind.AddressOf(shard), node, reason);
    }

    /// <summary>An actor has left its host: it starts on its target, if that is still there, or where it fits best.</summary>
    private List<ShardCommand> Vacate(KindEntry kind, int shard)
    {
        ref Shard state = ref kind.Shards[shard];
        long target = state.IsMoving && Eligible(kind).Contains(state.Target) ? state.Target : 0;
        state = state with { Host = 0, Target = 0, IsMoving = false };
        target = target == 0 ? Choose(kind, shard) : target;
        return target == 0 ? [] : [Start(kind, shard, target)];
    }

    private List<ShardCommand> PlaceOrphans()
    {
        List<ShardCommand> commands = [];
        foreach (KindEntry kind in _kinds)
        {
            if (!kind.IsPlaced && _nodes.Values.Any(node => IsMeantFor(node, kind) && !node.Kinds.Contains(kind.Kind.Name)))
            {
                continue;
            }

            for (int shard = 0; shard < kind.Shards.Length; shard++)
            {
                if (kind.Shards[shard].Host == 0 && Choose(kind, shard) is var node and not 0)
                {
                    commands.Add(Start(kind, shard, node));
                    kind.IsPlaced = true;
                }
            }
        }

        return commands;
    }

    /// <summary>The node that hosts the fewest of the shards before this one, then the fewest of all, then the next in turn.</summary>
    private long Choose(KindEntry kind, int shard)
    {
        long[] nodes = Eligible(kind);
        return nodes
            .OrderBy(node => kind.CountBefore(shard, node))
            .ThenBy(node => kind.CountBefore(kind.Shards.Length, node))
            .ThenBy(node => Turn(nodes, node, shard + kind.Index))
            .FirstOrDefault();
    }

    /// <summary>How long it takes, going round from a position, until it is this node's turn.</summary>
    private static int Turn(long[] nodes, long node, int position) =>
        (Array.IndexOf(nodes, node) - (position % nodes.Length) + nodes.Length) % nodes.Length;

    private long[] Eligible(KindEntry kind)
    {
        NodeEntry[] able =
        [
            .. _nodes.Values.Where(node => !node.IsLeaving && IsMeantFor(node, kind) && node.Kinds.Contains(kind.Kind.Name)),
        ];
        bool preferWorkers = kind.Kind.Role.Length == 0 && able.Any(node => node.Role == WorkerRole);
        return [.. able.Where(node => !preferWorkers || node.Role == WorkerRole).Select(node => node.Node)];
    }

    private static bool IsMeantFor(NodeEntry node, KindEntry kind) =>
        kind.Kind.Role.Length == 0 || kind.Kind.Role == node.Role;

    private KindEntry? Find(string name) => _kinds.Find(kind => kind.Kind.Name == name);

    private Shard ShardOf(ActorAddress address) => Find(address.Kind)!.Shards[address.Shard];

    private sealed class NodeEntry(long node, string role)
    {
        public long Node => node;

        public string Role => role;

        public HashSet<string> Kinds { get; } = new(StringComparer.Ordinal);

        public bool IsLeaving { get; set; }
    }

    private sealed class KindEntry(ShardedKind kind, int index)
    {
        public ShardedKind Kind => kind;

        /// <summary>Kinds begin their round at different nodes, so that kinds of one shard do not all live on one node.</summary>
        public int Index => index;

        public bool IsPlaced { get; set; }

        public Shard[] Shards { get; } = new Shard[kind.ShardCount];

        public ActorAddress AddressOf(int shard) => new(kind.Name, shard);

        public int CountBefore(int shard, long node) => Shards.Take(shard).Count(state => state.WillLiveOn == node);
    }

    /// <summary>Where an actor lives and, while it moves, where it will.</summary>
    private readonly record struct Shard(long Host, long Target, bool IsMoving, bool HasLived)
    {
        public long WillLiveOn => IsMoving ? Target : Host;
    }
}
