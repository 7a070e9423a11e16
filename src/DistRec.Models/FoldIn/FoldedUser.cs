namespace DistRec.Models.FoldIn;

/// <summary>A user that training did not see, or saw with other ratings: what stands for a row of the user tables.</summary>
public sealed class FoldedUser
{
    internal FoldedUser(int[] items, RatingMatrix fitted, RowFit fit)
    {
        Items = items;
        Fitted = fitted;
        Bias = fit.Bias;
        Factors = fit.Factors;
        Variances = fit.Variances;
    }

    /// <summary>Indices of the items that the user rated, ascending; those without training ratings are among them.</summary>
    public ReadOnlyMemory<int> Items { get; }

    /// <summary>The ratings that the user was fitted to, one row over the model's items: those of items with training ratings.</summary>
    public RatingMatrix Fitted { get; }

    /// <summary>Whether it has no ratings, and features alone tell of it.</summary>
    public bool IsByFeatures => Fitted.Count == 0;

    /// <summary>b_u.</summary>
    public float Bias { get; }

    /// <summary>p_u, [rank], with the user's sum over items in it where the model has one; empty for a model without factors.</summary>
    public ReadOnlyMemory<float> Factors { get; }

    /// <summary>Posterior variance of each factor, [rank]; null for a model that is not sampled.</summary>
    public ReadOnlyMemory<float>? Variances { get; }
}
