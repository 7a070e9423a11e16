using DistRec.Models.Neural;

namespace DistRec.Models.Queries;

/// <summary>
/// What a prediction by dense layers is made of, in ratings: f(0, 0), of the mean user and item; what f(u, 0) and f(0, i) are beside
/// it; and what f(u, i) is beside all three. What an item is to
/// a user is told by g_i, the mean of the slopes ∂f/∂(p, b) on the way from the mean user to this one (Sundararajan, Taly, Yan, ICML
/// 2017).
/// </summary>
internal sealed class LayerParts
{
    private const int Points = 16;

    private readonly FactorModel _model;
    private readonly DenseLayers _layers;
    private readonly float _userBias;
    private readonly ReadOnlyMemory<float> _userFactors;

    private LayerParts(FactorModel model, in UserRow user)
    {
        (_model, _layers) = (model, model.Layers!);
        (_userBias, _userFactors) = user.HasRow ? (user.Bias, user.Factors) : (0, default);
    }

    /// <summary>f(0, 0); μ where both sides are cold.</summary>
    public double Mean { get; private init; }

    /// <summary>f(u, 0) − f(0, 0).</summary>
    public double OfUser { get; private init; }

    /// <summary>f(0, i) − f(0, 0).</summary>
    public double OfItem { get; private init; }

    /// <summary>What is left.</summary>
    public double Together { get; private init; }

    /// <summary>g_i − g_0, [k + 1], of which <see cref="Together"/> is the product with (p_u, b_u).</summary>
    public float[] ItemSlopes { get; private init; } = [];

    /// <summary>Takes a prediction apart.</summary>
    /// <param name="model">A model with layers.</param>
    /// <param name="parts">Which sides are there.</param>
    /// <param name="user">The user.</param>
    /// <param name="itemBias">b_i.</param>
    /// <param name="itemFactors">q_i.</param>
    public static LayerParts Of(FactorModel model, Answer parts, in UserRow user, float itemBias, ReadOnlyMemory<float> itemFactors)
    {
        LayerParts empty = new(model, user);
        if (parts == Answer.ColdBoth)
        {
            return new LayerParts(model, user) { Mean = model.MeanOfAll };
        }

        double mean = empty.RatingOf(0, default, 0, default);
        double ofUser = empty.RatingOf(empty._userBias, empty._userFactors, 0, default) - mean;
        double ofItem = parts == Answer.ColdItem ? 0 : empty.RatingOf(0, default, itemBias, itemFactors) - mean;
        bool isKnown = parts == Answer.Known;
        return new LayerParts(model, user)
        {
            Mean = mean,
            OfUser = ofUser,
            OfItem = ofItem,
            Together = isKnown ? empty.RatingOf(empty._userBias, empty._userFactors, itemBias, itemFactors) - mean - ofUser - ofItem : 0,
            ItemSlopes = isKnown
                ? [.. empty.SlopesOf(itemBias, itemFactors.Span).Zip(empty.SlopesOf(0, default), (with, without) => with - without)]
                : [],
        };
    }

    /// <summary>g_j for some items, [items, k + 1]: f(u, j) = f(0, j) + s·g_jᵀ(p_u, b_u).</summary>
    public FactorTable SlopesOf(ReadOnlySpan<int> items)
    {
        FactorTable slopes = new(items.Length, _model.Rank + 1);
        for (int index = 0; index < items.Length; index++)
        {
            SlopesOf(_model.ItemBiases[items[index]], _model.ItemFactors!.Row(items[index])).CopyTo(slopes.Row(index));
        }

        return slopes;
    }

    /// <summary>f(0, j).</summary>
    public double BaselineOf(int item) => RatingOf(0, default, _model.ItemBiases[item], _model.ItemFactors!.RowMemory(item));

    private double RatingOf(float userBias, ReadOnlyMemory<float> userFactors, float itemBias, ReadOnlyMemory<float> itemFactors) =>
        FactorScore.RatingOf(_model, _layers.Score(userBias, userFactors.Span, itemBias, itemFactors.Span));

    // The mean over x from 0 to (p_u, b_u) by the midpoint rule.
    private float[] SlopesOf(float itemBias, ReadOnlySpan<float> itemFactors)
    {
        float[] at = _userFactors.ToArray(), slopes = new float[2 * (_model.Rank + 1)], mean = new float[_model.Rank + 1];
        for (int point = 0; point < Points; point++)
        {
            float share = (point + 0.5f) / Points;
            for (int factor = 0; factor < at.Length; factor++)
            {
                at[factor] = share * _userFactors.Span[factor];
            }

            _layers.Score(share * _userBias, at, itemBias, itemFactors, slopes);
            for (int index = 0; index < mean.Length; index++)
            {
                mean[index] += slopes[index] / Points;
            }
        }

        return mean;
    }
}
