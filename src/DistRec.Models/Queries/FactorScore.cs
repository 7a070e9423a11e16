using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Queries;

/// <summary>
/// The prediction of a <see cref="FactorModel"/>, <see cref="FactorSum"/>, with the parts of a cold side left out
/// (<see cref="Answers.PartsOf(FactorModel, int, int, Answer)"/>), after the model's link. Never NaN for finite tables: where float32 overflows, it is computed again in float64.
/// </summary>
public static class FactorScore
{
    /// <summary>The prediction before clipping.</summary>
    /// <param name="model">A model of finite tables.</param>
    /// <param name="user">Index of the user; −1 for one nobody knows.</param>
    /// <param name="item">Index of the item; −1 likewise.</param>
    /// <param name="answer">Which sides are cold.</param>
    /// <param name="rated">The user's ratings, for a model with <see cref="FactorModel.Neighbors"/>; null where none are at hand.</param>
    public static double Unclipped(FactorModel model, int user, int item, Answer answer, RatedItems? rated = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Answer parts = Answers.PartsOf(model, user, item, answer);
        return parts is Answer.Known or Answer.ColdItem
            ? Sum(model, model.UserBiases[user], model.UserFactors is { } factors ? factors.Row(user) : [], item, parts, rated)
            : Sum(model, 0, [], item, parts);
    }

    /// <summary>The prediction before clipping, for a user that need not be in the model's tables.</summary>
    /// <param name="model">A model of finite tables.</param>
    /// <param name="bias">b_u.</param>
    /// <param name="factors">p_u, [rank]; empty for a model without factors.</param>
    /// <param name="item">Index of the item.</param>
    /// <param name="parts">Which sides' parts are there.</param>
    /// <param name="rated">The user's ratings, where neighbours of the item say something.</param>
    internal static double Sum(FactorModel model, float bias, ReadOnlySpan<float> factors, int item, Answer parts, RatedItems? rated = null) =>
        model.Link.Apply(Unlinked(model, bias, factors, item, parts, rated));

    /// <summary>The same before the model's link.</summary>
    internal static double Unlinked(FactorModel model, float bias, ReadOnlySpan<float> factors, int item, Answer parts, RatedItems? rated = null)
    {
        if (parts == Answer.ColdBoth)
        {
            return model.MeanOfAll;
        }

        if (model.Layers is { } layers)
        {
            return RatingOf(model, OfLayers(model, layers, bias, factors, item, parts));
        }

        float userBias = StartOf(bias, parts);
        float itemBias = parts is Answer.Known or Answer.ColdUser ? model.ItemBiases[item] : 0;
        bool hasFactors = parts == Answer.Known && model.ItemFactors is not null;
        float sum = FactorSum.Of(userBias, itemBias, hasFactors ? factors : [], hasFactors ? model.ItemFactors!.Row(item) : []);
        sum += parts == Answer.Known && rated is not null ? model.Neighbors!.ScoreOf(item, rated) : 0;
        return model.Units.RatingOf(
            float.IsFinite(sum) ? sum : (double)userBias + itemBias + (hasFactors ? Product(factors, model.ItemFactors!.Row(item)) : 0));
    }

    /// <summary>The prediction before clipping, for an item that was folded in and a user that need not be in the model's tables.</summary>
    /// <param name="model">A model of finite tables.</param>
    /// <param name="user">The user.</param>
    /// <param name="item">The item.</param>
    internal static double Sum(FactorModel model, in UserRow user, FoldedItem item)
    {
        float bias = user.HasRow ? user.Bias : 0;
        if (model.Layers is { } layers)
        {
            return RatingOf(model, layers.Score(bias, user.HasRow ? user.Factors.Span : [], item.Bias, item.Factors.Span));
        }

        ReadOnlySpan<float> userFactors = user.HasRow ? user.Factors.Span : [], itemFactors = user.HasRow ? item.Factors.Span : [];
        float sum = FactorSum.Of(bias, item.Bias, userFactors, itemFactors);
        sum += user.Rated is { } rated && !item.Neighbors.IsEmpty ? NeighborKernel.Score(model.Neighbors!.Shape, item.Neighbors.Span, rated, model.Neighbors) : 0;
        return model.Link.Apply(
            model.Units.RatingOf(float.IsFinite(sum) ? sum : (double)bias + item.Bias + Product(userFactors, itemFactors)));
    }

    /// <summary>What the layers of a model give, in its units; 0, the mean, where both are cold.</summary>
    internal static float OfLayers(FactorModel model, DenseLayers layers, float bias, ReadOnlySpan<float> factors, int item, Answer parts)
    {
        bool hasUser = parts is Answer.Known or Answer.ColdItem, hasItem = parts is Answer.Known or Answer.ColdUser;
        return parts == Answer.ColdBoth ? 0 : layers.Score(StartOf(bias, parts), hasUser ? factors : [], hasItem ? model.ItemBiases[item] : 0, hasItem ? model.ItemFactors!.Row(item) : []);
    }

    // What float32 has no number for is answered with the mean.
    internal static double RatingOf(FactorModel model, float score) => model.Units.RatingOf(float.IsFinite(score) ? score : 0);

    /// <summary>b_u, or 0: what the sums of items with the same parts begin with.</summary>
    internal static float StartOf(float bias, Answer parts) => parts is Answer.Known or Answer.ColdItem ? bias : 0;

    /// <summary>Moves a prediction into the model's rating scale; scores of a ranking machine have none.</summary>
    public static float Clip(FactorModel model, double unclipped)
    {
        ArgumentNullException.ThrowIfNull(model);

        // Into the range of float first, so that the conversion cannot end in an infinity.
        float value = (float)Math.Clamp(unclipped, float.MinValue, float.MaxValue);
        return model.Link == FmLink.Preference ? value : model.Scale.Clip(value);
    }

    /// <summary>aᵀb of finite vectors of one length; finite, because it is summed again in float64 where float32 overflows.</summary>
    public static double Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float product = Dot.Compute(a, b);
        if (float.IsFinite(product))
        {
            return product;
        }

        double sum = 0;
        for (int index = 0; index < a.Length; index++)
        {
            sum += (double)a[index] * b[index];
        }

        return sum;
    }
}
