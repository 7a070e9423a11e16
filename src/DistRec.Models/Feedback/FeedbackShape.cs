using DistRec.Models.Neighborhood;

namespace DistRec.Models.Feedback;

/// <summary>
/// Where q_i, x_i and y_i lie in an item's row: one after the other, each padded to whole vectors, so that one row of one
/// table carries all that is learned about an item. The padding is zero and stays zero.
/// </summary>
/// <param name="Form">Which of x and y there are.</param>
/// <param name="Rank">k; 0 without q, x and y.</param>
/// <param name="Neighbors">The lists of like items that lie behind them; null for none.</param>
public readonly record struct FeedbackShape(FeedbackForm Form, int Rank, NeighborShape? Neighbors = null)
{
    /// <summary>The shape of a model with these settings.</summary>
    public static FeedbackShape Of(FeedbackOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FeedbackShape(options.Form, options.FactorCount, options.NeighborLists?.Shape);
    }

    /// <summary>Whether a user has factors p_u of its own.</summary>
    public bool HasUserFactors => Form is FeedbackForm.SvdPlusPlus or FeedbackForm.Integrated;

    /// <summary>Whether there are factors x_j of rated items.</summary>
    public bool HasExplicit => Form is FeedbackForm.Asymmetric or FeedbackForm.Nsvd;

    /// <summary>Whether there are factors y_j of items with any feedback.</summary>
    public bool HasImplicit => Form is not (FeedbackForm.Nsvd or FeedbackForm.Neighborhood);

    /// <summary>Floats of one of q, x and y: k rounded up to whole vectors.</summary>
    public int Stride => FactorTable.StrideOf(Rank);

    /// <summary>Where x begins in a row.</summary>
    public int ExplicitStart => Stride;

    /// <summary>Where y begins in a row.</summary>
    public int ImplicitStart => HasExplicit ? 2 * Stride : Stride;

    /// <summary>Where the list of like items begins in a row.</summary>
    public int ListStart => ImplicitStart + (HasImplicit ? Stride : 0);

    /// <summary>Floats of an item's row.</summary>
    public int ItemWidth => ListStart + (Neighbors?.Width ?? 0);

    /// <summary>Factors of a user's row: k, or 0.</summary>
    public int UserWidth => HasUserFactors ? Rank : 0;
}
