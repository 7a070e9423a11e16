namespace DistRec.Evaluation.Ranking;

/// <summary>The figures of each user.</summary>
/// <param name="Users">Their indices, ascending, [users].</param>
/// <param name="Keys">Names of the figures, by <see cref="RankingMetric.KeyAt"/>.</param>
/// <param name="Values">A row a user, [users, figures].</param>
/// <param name="Curve">Where relevant items are; null where only lists were found.</param>
/// <param name="Lists">What the lists are made of.</param>
public sealed record UserRankings(int[] Users, IReadOnlyList<string> Keys, double[] Values, RankCurve? Curve, ListFigures Lists)
{
    /// <summary>One figure of all users, [users].</summary>
    /// <param name="key">Its name.</param>
    public double[] Of(string key)
    {
        int column = Keys.ToList().IndexOf(key);
        return column < 0 ? throw new ArgumentException($"expected one of {string.Join(", ", Keys)}, found {key}", nameof(key))
            : [.. Enumerable.Range(0, Users.Length).Select(user => Values[(user * Keys.Count) + column])];
    }
}

/// <summary>What lists are made of, whatever is relevant.</summary>
/// <param name="DiversityKeys">Names of the figures of <paramref name="Diversities"/>.</param>
/// <param name="Diversities">Diversity at each cut-off for some users, [users, cut-offs].</param>
/// <param name="OfCatalogue">Coverage and Gini at each cut-off, by name.</param>
public sealed record ListFigures(IReadOnlyList<string> DiversityKeys, double[] Diversities, IReadOnlyList<(string Key, double Value)> OfCatalogue)
{
    /// <summary>Of no lists.</summary>
    public static ListFigures None { get; } = new([], [], []);
}
