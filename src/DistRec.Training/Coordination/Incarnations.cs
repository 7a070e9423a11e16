namespace DistRec.Training.Coordination;

/// <summary>
/// Which incarnation of each partition is the present one. A partition has one at a time, and what is sent to it reaches the newest: of two
/// that speak, the one that has heard more lives, however late word of the other comes.
/// </summary>
internal sealed class Incarnations
{
    private readonly Dictionary<PartitionId, (ulong Incarnation, long Heard)> _present = [];
    private readonly HashSet<ulong> _past = [];

    /// <summary>The partitions that have loaded.</summary>
    public IReadOnlyCollection<PartitionId> Known => _present.Keys;

    public bool Knows(PartitionId partition) => _present.ContainsKey(partition);

    public bool IsCurrent(PartitionId partition, ulong incarnation) => _present.GetValueOrDefault(partition).Incarnation == incarnation;

    /// <summary>The present incarnation of a partition that is known.</summary>
    public ulong Of(PartitionId partition) => _present[partition].Incarnation;

    /// <summary>An incarnation was let go: whatever it may still say, another one takes its place.</summary>
    public void LetGo(PartitionId partition, ulong incarnation)
    {
        _past.Add(incarnation);
        if (IsCurrent(partition, incarnation))
        {
            _present.Remove(partition);
        }
    }

    /// <summary>Notes the incarnation of a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="incarnation">Which incarnation speaks.</param>
    /// <param name="heard">The newest of the coordinator's sendings that it has had.</param>
    /// <returns>Whether it is the present one from now on, and was not before.</returns>
    public bool Renew(PartitionId partition, ulong incarnation, long heard)
    {
        bool isKnown = _present.TryGetValue(partition, out (ulong Incarnation, long Heard) present);
        bool isPresent = isKnown && present.Incarnation == incarnation;
        if (!isPresent && (_past.Contains(incarnation) || (isKnown && heard < present.Heard)))
        {
            return false;
        }

        if (isKnown && !isPresent)
        {
            _past.Add(present.Incarnation);
        }

        _present[partition] = (incarnation, Math.Max(heard, isPresent ? present.Heard : 0));
        return !isPresent;
    }
}
