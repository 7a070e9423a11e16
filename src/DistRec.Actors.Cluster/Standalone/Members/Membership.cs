using DistRec.Actors.Cluster.Blocks;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>How a node describes itself when it joins.</summary>
internal sealed record NodeDescription(string NodeId, string Role, Uri Address, int Threads, string Version);

/// <summary>A node in the cluster.</summary>
internal sealed record Member(long Incarnation, NodeDescription Node)
{
    /// <summary>When it was last heard of.</summary>
    internal TimeSpan HeardAt { get; init; }

    /// <summary>What it has carried, as it last said.</summary>
    internal NodeTraffic Traffic { get; init; }

    /// <summary>Since when its connection is broken; null while it is connected.</summary>
    internal TimeSpan? DisconnectedAt { get; init; }
}

/// <summary>A node that is no longer in the cluster.</summary>
internal sealed record Removal(Member Member, string Reason);

/// <summary>What came of a wish to join.</summary>
/// <param name="Member">The new member; null when it is refused.</param>
/// <param name="Replaced">The same node's earlier life, which ends with this.</param>
/// <param name="Refusal">Why it is refused.</param>
internal sealed record JoinResult(Member? Member, Removal? Replaced, string? Refusal);

/// <summary>
/// Says who is in the cluster. A node gets a new number, its incarnation, each time it joins; whatever an earlier
/// incarnation still says is refused. Times are measured from any fixed moment.
/// </summary>
/// <param name="detection">A node silent for so long is removed.</param>
/// <param name="grace">A node whose connection broke may come back within this time, with the same incarnation.</param>
/// <remarks>It reads no clock, does no I/O and is not thread-safe.</remarks>
internal sealed class Membership(TimeSpan detection, TimeSpan grace)
{
    private readonly SortedDictionary<long, Member> _members = [];
    private long _lastIncarnation;

    /// <summary>In the order in which they joined.</summary>
    public IReadOnlyCollection<Member> Members => _members.Values;

    public Member? Find(long incarnation) => _members.GetValueOrDefault(incarnation);

    /// <summary>
    /// Lets a node in, unless another with its id or its address is. A node that is known but disconnected and asks to
    /// join is a new process or has given up its actors, so its earlier incarnation ends.
    /// </summary>
    public JoinResult Join(NodeDescription node, TimeSpan now)
    {
        Member? same = _members.Values.FirstOrDefault(member => member.Node.NodeId == node.NodeId);
        Member? sameAddress = _members.Values.FirstOrDefault(
            member => member.Node.NodeId != node.NodeId && member.Node.Address == node.Address);
        if (sameAddress is not null)
        {
            return new JoinResult(
                null,
                null,
                $"the address {node.Address} of node \"{node.NodeId}\" belongs to node \"{sameAddress.Node.NodeId}\"; "
                + "give every node an advertised address of its own");
        }

        if (same is { DisconnectedAt: null })
        {
            return new JoinResult(
                null,
                null,
                $"a node \"{node.NodeId}\" is connected from {same.Node.Address} already; give every node an id of its own, "
                + $"or wait {detection} until the old one is removed");
        }

        Removal? replaced = same is null ? null : Remove(same.Incarnation, "it joined again");
        Member member = new(++_lastIncarnation, node) { HeardAt = now };
        _members.Add(member.Incarnation, member);
        return new JoinResult(member, replaced, null);
    }

    /// <summary>
    /// A node's connection is back. False when that incarnation is gone: the node has to end its actors and join.
    /// </summary>
    public bool Resume(string nodeId, long incarnation, TimeSpan now)
    {
        if (Find(incarnation) is not { } member || member.Node.NodeId != nodeId)
        {
            return false;
        }

        _members[incarnation] = member with { HeardAt = now, DisconnectedAt = null };
        return true;
    }

    /// <summary>A node gave a sign of life. False when that incarnation is gone and must not be listened to.</summary>
    public bool Heard(long incarnation, TimeSpan now)
    {
        if (Find(incarnation) is not { } member)
        {
            return false;
        }

        _members[incarnation] = member with { HeardAt = now };
        return true;
    }

    /// <summary>A node said what it has carried.</summary>
    public void Carried(long incarnation, NodeTraffic traffic)
    {
        if (Find(incarnation) is { } member)
        {
            _members[incarnation] = member with { Traffic = traffic };
        }
    }

    /// <summary>A node's connection broke.</summary>
    public void Disconnected(long incarnation, TimeSpan now)
    {
        if (Find(incarnation) is { DisconnectedAt: null } member)
        {
            _members[incarnation] = member with { DisconnectedAt = now };
        }
    }

    /// <summary>Removes the nodes that were silent or disconnected for too long.</summary>
    public IReadOnlyList<Removal> Expire(TimeSpan now)
    {
        List<Removal> removals = [];
        foreach (Member member in _members.Values.ToArray())
        {
            string? reason = member switch
            {
                { DisconnectedAt: { } since } when now - since >= grace =>
                    $"its connection broke and was not back within {grace}",
                _ when now - member.HeardAt >= detection => $"it was silent for {detection}",
                _ => null,
            };
            if (reason is not null)
            {
                removals.Add(Remove(member.Incarnation, reason)!);
            }
        }

        return removals;
    }

    /// <summary>Removes a node now; null when it is gone already.</summary>
    public Removal? Remove(long incarnation, string reason) =>
        _members.Remove(incarnation, out Member? member) ? new Removal(member, reason) : null;
}
