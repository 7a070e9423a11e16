using DistRec.Training.Protocol;

namespace DistRec.Training.Coordination;

/// <summary>Gathers the reports of one round: each participant counts once, however often it reports.</summary>
public sealed class RoundTracker
{
    private readonly Dictionary<(string Kind, int Shard), int> _missing;

    public RoundTracker(Round round, IEnumerable<(string Kind, int Shard)> participants)
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
    public IReadOnlyCollection<(string Kind, int Shard)> Missing => _missing.Keys;

    /// <summary>Reports that belonged to another round or came again.</summary>
    public int Dropped { get; private set; }

    /// <summary>A participant that has not reported was heard of.</summary>
    public void Heard(string kind, int shard)
    {
        if (_missing.ContainsKey((kind, shard)))
        {
            _missing[(kind, shard)] = 0;
        }
    }

    /// <summary>Notes that the command was sent again to those who have not reported.</summary>
    /// <returns>Who has been silent since so many commands.</returns>
    public IReadOnlyList<(string Kind, int Shard)> SilentAfter(int commands)
    {
        foreach ((string Kind, int Shard) participant in _missing.Keys.ToArray())
        {
            _missing[participant]++;
        }

        return [.. _missing.Where(entry => entry.Value > commands).Select(entry => entry.Key)];
    }

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
