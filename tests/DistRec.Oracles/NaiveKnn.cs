namespace DistRec.Oracles;

/// <summary>
/// r̂_ui = b_ui + Σ_{j∈Sᵏ(i;u)} s_ij (r_uj − b_uj) / (κ + Σ s_ij) with s_ij = n_ij / (n_ij + λ₂) · ρ_ij, as models.md states it, over all pairs of items, in float64.
/// </summary>
public sealed class NaiveKnn
{
    private readonly IReadOnlyList<Rating> _ratings;
    private readonly Func<int, int, double> _baseline;

    /// <param name="ratings">All of them.</param>
    /// <param name="baseline">b_ui.</param>
    public NaiveKnn(IReadOnlyList<Rating> ratings, Func<int, int, double> baseline) => (_ratings, _baseline) = (ratings, baseline);

    /// <summary>λ₂.</summary>
    public double Shrinkage { get; init; }

    /// <summary>κ.</summary>
    public double Damping { get; init; }

    /// <summary>k.</summary>
    public int Neighbors { get; init; }

    /// <summary>What a rating is taken from before ratings are correlated; null for the mean of the item over those who rated both.</summary>
    public Func<Rating, double>? Centre { get; init; }

    /// <summary>s_ij; 0 where fewer than two users rated both.</summary>
    public double Similarity(int item, int other)
    {
        (double X, double Y)[] both = [.. _ratings.Where(one => one.Item == item)
            .Join(_ratings.Where(one => one.Item == other), one => one.User, two => two.User, (one, two) => (ValueOf(one), ValueOf(two)))];
        if (both.Length < 2)
        {
            return 0;
        }

        (double meanX, double meanY) = Centre is null ? (both.Average(pair => pair.X), both.Average(pair => pair.Y)) : (0, 0);
        double products = both.Sum(pair => (pair.X - meanX) * (pair.Y - meanY));
        double squares = both.Sum(pair => Math.Pow(pair.X - meanX, 2)) * both.Sum(pair => Math.Pow(pair.Y - meanY, 2));
        return squares < 1e-12 ? 0 : both.Length / (both.Length + Shrinkage) * products / Math.Sqrt(squares);
    }

    /// <summary>The items of the list of one, most alike first, with s_ij above 0.</summary>
    /// <param name="item">The item.</param>
    /// <param name="items">How many there are.</param>
    /// <param name="length">How many the list has at most.</param>
    public IReadOnlyList<(int Item, double Similarity)> ListOf(int item, int items, int length) =>
    [
        .. Enumerable.Range(0, items).Where(other => other != item).Select(other => (Item: other, Similarity: Similarity(item, other)))
            .Where(other => other.Similarity > 0).OrderByDescending(other => other.Similarity).ThenBy(other => other.Item).Take(length),
    ];

    /// <summary>r̂_ui, before clipping.</summary>
    /// <param name="user">The user.</param>
    /// <param name="item">The item.</param>
    /// <param name="list">The item's list.</param>
    public double Predict(int user, int item, IReadOnlyList<(int Item, double Similarity)> list)
    {
        Dictionary<int, double> rated = _ratings.Where(one => one.User == user).ToDictionary(one => one.Item, one => one.Value - _baseline(user, one.Item));
        (int Item, double Similarity)[] near = [.. list.Where(other => rated.ContainsKey(other.Item)).Take(Neighbors)];
        return _baseline(user, item) + (near.Length == 0 ? 0 : near.Sum(other => other.Similarity * rated[other.Item]) / (Damping + near.Sum(other => other.Similarity)));
    }

    private double ValueOf(Rating rating) => rating.Value - (Centre?.Invoke(rating) ?? 0);
}
