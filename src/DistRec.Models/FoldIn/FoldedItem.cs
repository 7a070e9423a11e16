using DistRec.Models.Neighborhood;

namespace DistRec.Models.FoldIn;

/// <summary>An item that training did not see, or saw with other ratings: what stands for a row of the item tables.</summary>
public sealed class FoldedItem
{
    internal FoldedItem(int[] users, RatingMatrix fitted, RowFit fit)
    {
        Users = users;
        Fitted = fitted;
        Bias = fit.Bias;
        Factors = fit.Factors;
        Variances = fit.Variances;
        Neighbors = fit.Neighbors;
    }

    /// <summary>Indices of the model's users who rated the item, ascending; those without training ratings are among them.</summary>
    public ReadOnlyMemory<int> Users { get; }

    /// <summary>
    /// The ratings that the item was fitted to, one row over the model's users and behind them those who were folded in: without those of users who
    /// had no training ratings.
    /// </summary>
    public RatingMatrix Fitted { get; }

    /// <summary>Whether it has no ratings, and features alone tell of it.</summary>
    public bool IsByFeatures => Fitted.Count == 0;

    /// <summary>b_i.</summary>
    public float Bias { get; }

    /// <summary>q_i, [rank]; empty for a model without factors.</summary>
    public ReadOnlyMemory<float> Factors { get; }

    /// <summary>Items that are like it, a list as <see cref="NeighborTables"/> has them; empty for a model without lists, or whose weights are learned.</summary>
    public ReadOnlyMemory<float> Neighbors { get; }

    /// <summary>Posterior variance of each factor, [rank]; null for a model that is not sampled.</summary>
    public ReadOnlyMemory<float>? Variances { get; }
}
