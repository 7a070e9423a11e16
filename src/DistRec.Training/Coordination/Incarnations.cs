namespace DistRec.Training.Coordination;

/// <summary>Which incarnation of each partition is the present one; word of an earlier one may come late.</summary>
internal sealed class Incarnations
{
    private readonly Dictionary<PartitionId, ulong> _present = [];
    private readonly HashSet<ulong> _past = [];
    private readonly HashSet<ulong> _gone = [];

    /// <summary>The partitions that have loaded.</summary>
    public IReadOnlyCollection<PartitionId> Known => _present.Keys;

    public bool Knows(PartitionId partition) => _present.ContainsKey(partition);

    public bool IsCurrent(PartitionId partition, ulong incarnation) => _present.GetValueOrDefault(partition) == incarnation;

    /// <summary>An incarnation was let go: whatever it may still say, another one takes its place.</summary>
    public void LetGo(PartitionId partition, ulong incarnation)
    {
        _gone.Add(incarnation);
        if (IsCurrent(partition, incarnation))
        {
            _present.Remove(partition);
        }
    }

    /// <summary>The present incarnation of a partition that has loaded.</summary>
    public ulong Of(PartitionId partition) => _present[partition];

    /// <summary>Notes the incarnation of a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="incarnation">Which incarnation speaks.</param>
    /// <param name="isThere">Whether it answers what was asked last, and so cannot have ended: word of an earlier one, which came late, has
    /// then taken its place.</param>
    /// <returns>Whether it is news; an incarnation that has ended is none.</returns>
    public bool Renew(PartitionId partition, ulong incarnation, bool isThere = false)
    {
        bool isKnown = _present.TryGetValue(partition, out ulong present);
        if ((isKnown && present == incarnation) || (_past.Contains(incarnation) && !isThere) || _gone.Contains(incarnation))
        {
            return false;
        }

        _past.Remove(incarnation);
        if (isKnown)
        {
            _past.Add(present);
        }

        _present[partition] = incarnation;
        return true;
    }
}
