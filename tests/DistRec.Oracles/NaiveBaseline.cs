namespace DistRec.Oracles;

/// <summary>
/// The baseline μ + b_u + b_i by alternation: each half-step minimizes
/// Σ (r_ui − μ − b_u − b_i)² + λ_u Σ b_u² + λ_i Σ b_i² over one side.
/// </summary>
public static class NaiveBaseline
{
    /// <summary>b_u = Σ_{i∈R(u)} (r_ui − μ − b_i) / (λ_u + n_u) for every user.</summary>
    public static double[] SolveUsers(IReadOnlyList<Rating> ratings, double globalMean, double[] itemBiases, int users, double regularization) =>
        [.. Enumerable.Range(0, users).Select(user =>
        {
            Rating[] own = [.. ratings.Where(rating => rating.User == user)];
            return own.Length == 0 ? 0 : own.Sum(rating => rating.Value - globalMean - itemBiases[rating.Item]) / (regularization + own.Length);
        })];

    /// <summary>b_i = Σ_{u∈R(i)} (r_ui − μ − b_u) / (λ_i + n_i) for every item.</summary>
    public static double[] SolveItems(IReadOnlyList<Rating> ratings, double globalMean, double[] userBiases, int items, double regularization) =>
        [.. Enumerable.Range(0, items).Select(item =>
        {
            Rating[] own = [.. ratings.Where(rating => rating.Item == item)];
            return own.Length == 0 ? 0 : own.Sum(rating => rating.Value - globalMean - userBiases[rating.User]) / (regularization + own.Length);
        })];
}
