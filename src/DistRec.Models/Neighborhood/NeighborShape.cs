namespace DistRec.Models.Neighborhood;

/// <summary>What an item's neighbours that a user has rated say of the item.</summary>
public enum NeighborForm
{
    /// <summary><c>knn</c>: the mean of what their ratings are off their baselines, weighted by s_ij.</summary>
    Mean,

    /// <summary>
    /// <c>knn-interpolated</c>: the sum of what these are off their baselines, times the weights that fit what they have in common with the item, and with each
    /// other, best (Bell, Koren, ICDM 2007, section 4).
    /// </summary>
    Interpolation,

    /// <summary><c>neighborhood</c>, <c>integrated</c>: the sum of these, times w_ij, and of c_ij, over the root of their number ([K08], equation 10).</summary>
    Sum,

    /// <summary><c>item-knn</c>, <c>rp3beta</c>, <c>ease</c>: the sum of w_ij over the user's items, whose lists are by index.</summary>
    Total,
}

/// <summary>
/// Where the parts of an item's list of neighbours lie in its row: their indices, most alike first, −1 where there are no more; their weights; and for
/// <see cref="NeighborForm.Sum"/> what it adds that one of them was rated at all, for <see cref="NeighborForm.Interpolation"/> the mean product a_ij, and behind them a_ii and the mean of
/// all products, for pairs of which nothing is known. Each part is padded with zeros to whole vectors.
/// </summary>
/// <param name="Form">What is made of them.</param>
/// <param name="Length">How many neighbours a list has at most.</param>
/// <param name="Most">k: how many of them, that the user has rated, a prediction takes, the most alike ones.</param>
/// <param name="Damping">κ: what is added to the weights of <see cref="NeighborForm.Mean"/>, as if one more neighbour of that weight were at its baseline.</param>
public readonly record struct NeighborShape(NeighborForm Form, int Length, int Most, float Damping = 0)
{
    /// <summary>Most items of a model with lists: their indices are kept as floats, which are exact up to here.</summary>
    public const int MaximumItems = 1 << 24;

    /// <summary>Whether there are weights of ratings as such.</summary>
    public bool HasImplicit => Form == NeighborForm.Sum;

    /// <summary>Floats of a part.</summary>
    public int Stride => FactorTable.StrideOf(Length);

    /// <summary>Where s_ij or w_ij begin.</summary>
    public int WeightsStart => Stride;

    /// <summary>Whether there are mean products.</summary>
    public bool HasProducts => Form == NeighborForm.Interpolation;

    /// <summary>Where c_ij begin.</summary>
    public int ImplicitStart => 2 * Stride;

    /// <summary>Where a_ij begin.</summary>
    public int ProductsStart => 2 * Stride;

    /// <summary>Where a_ii stands, and behind it the mean product.</summary>
    public int OwnProductStart => 3 * Stride;

    /// <summary>Floats of a list.</summary>
    public int Width => ((HasImplicit || HasProducts ? 3 : 2) * Stride) + (HasProducts ? FactorTable.Lanes : 0);
}
