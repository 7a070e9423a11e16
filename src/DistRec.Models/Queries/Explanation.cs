namespace DistRec.Models.Queries;

/// <summary>How the contributions of a user's own ratings were found.</summary>
public enum ContributionMethod
{
    /// <summary>There are none: the model has no factors, the pair is cold or the training ratings are not at hand.</summary>
    None,

    /// <summary>By the weights that the model itself gives the ratings of like items, and by those of a row solve for the factors where it has any.</summary>
    Neighbors,

    /// <summary>By the weights of the row solve that made the user's factors (<c>als</c>).</summary>
    RowSolve,

    /// <summary>By the weights such a solve would have; the model was trained otherwise, so the residual is larger.</summary>
    RowSolveApproximation,
}

/// <summary>What one of the user's own ratings adds to a prediction.</summary>
/// <param name="Item">Index of the rated item.</param>
/// <param name="ItemId">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Rating">What the user gave it.</param>
/// <param name="Weight">q_iᵀ W_u q_j: how alike the two items are in this user's eyes.</param>
/// <param name="Value">Weight × (r_uj − b_uj), in rating units.</param>
public readonly record struct Contribution(int Item, string ItemId, string? Title, float Rating, double Weight, double Value);

/// <summary>
/// Why a prediction is what it is: <see cref="Unclipped"/> = <see cref="GlobalMean"/> + <see cref="UserBias"/> + <see cref="ItemBias"/> +
/// <see cref="FactorPart"/>, and <see cref="FactorPart"/> = the listed <see cref="Contributions"/> + <see cref="OtherContributions"/> +
/// <see cref="Residual"/>. Parts that a cold side leaves out are 0.
/// </summary>
/// <param name="Prediction">The answer, clipped to the rating scale.</param>
/// <param name="Unclipped">The prediction before clipping.</param>
/// <param name="GlobalMean">μ.</param>
/// <param name="UserBias">s·b_u, in rating units.</param>
/// <param name="ItemBias">s·b_i.</param>
/// <param name="FactorPart">s·q_iᵀp_u, and what the user's ratings of like items add.</param>
/// <param name="Method">How contributions were found.</param>
/// <param name="Contributions">The user's ratings that move the prediction most either way, largest magnitude first.</param>
/// <param name="OtherContributions">Sum over the user's ratings that are not listed.</param>
/// <param name="Residual">What the contributions do not account for.</param>
public sealed record Explanation(
    Prediction Prediction,
    double Unclipped,
    double GlobalMean,
    double UserBias,
    double ItemBias,
    double FactorPart,
    ContributionMethod Method,
    IReadOnlyList<Contribution> Contributions,
    double OtherContributions,
    double Residual);
