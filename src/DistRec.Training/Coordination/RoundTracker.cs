using DistRec.Training.Protocol;

namespace DistRec.Training.Coordination;

/// <summary>Gathers the reports of one round: each participant counts once, however often it reports.</summary>
public sealed class RoundTracker
{
    private readonly HashSet<(string Kind, int Shard)> _missing;

    public RoundTracker(Round round, IEnumerable<(string Kind, int Shard)> participants)
    {
        ArgumentNullException.ThrowIfNull(participants);
        Round = round;
        _missing = [.. participants];
    }

    public Round Round { get; }

    /// <summary>The sums of those who reported.</summary>
    public RoundSums Sums { get; private set; }

    /// <summary>Whether everyone reported.</summary>
    public bool IsComplete => _missing.Count == 0;

    /// <summary>Those who have not reported.</summary>
    public IReadOnlyCollection<(string Kind, int Shard)> Missing => _missing;

    /// <summary>Reports that belonged to another round or came again.</summary>
    public int Dropped { get; private set; }

    /// <summary>Counts a report.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Apply(RoundReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Round != Round.Number || !_missing.Remove((report.Kind, report.Shard)))
        {
            Dropped++;
            return false;
        }

        Sums = Sums.Add(report);
        return true;
    }
}
