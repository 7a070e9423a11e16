namespace DistRec.Training.Coordination;

/// <summary>Gathers the reports of one round: each partition counts once, however often it reports.</summary>
public sealed class RoundTracker
{
    // Those who have not reported, with the commands they were sent again since they were heard of last.
    private readonly Dictionary<PartitionId, int> _missing;

    public RoundTracker(Round round, IEnumerable<PartitionId> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        Round = round;
        _missing = participants.ToDictionary(participant => participant, _ => 0);
    }

    public Round Round { get; }

    /// <summary>The sums of those who reported.</summary>
    public RoundSums Sums { get; private set; }

    /// <summary>Whether everyone reported.</summary>
    public bool IsComplete => _missing.Count == 0;

    /// <summary>Those who have not reported.</summary>
    public IReadOnlyCollection<PartitionId> Missing => _missing.Keys;

    /// <summary>Reports that belonged to another round or came again.</summary>
    public int Dropped { get; private set; }

    /// <summary>A partition that has not reported gave a progress heartbeat.</summary>
    public void Heard(PartitionId partition)
    {
        if (_missing.ContainsKey(partition))
        {
            _missing[partition] = 0;
        }
    }

    /// <summary>Notes that the command is sent again to those who have not reported.</summary>
    /// <returns>Who has been silent since so many commands.</returns>
    public IReadOnlyList<PartitionId> SilentAfter(int commands)
    {
        foreach (PartitionId partition in _missing.Keys.ToArray())
        {
            _missing[partition]++;
        }

        return [.. _missing.Where(entry => entry.Value > commands).Select(entry => entry.Key)];
    }

    /// <summary>Counts a report.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Apply(RoundReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Round != Round.Number || report.Partition is null || !_missing.Remove(report.Partition.Id))
        {
            Dropped++;
            return false;
        }

        Sums = Sums.Add(report);
        return true;
    }
}
