using DistRec.Models.FactorizationMachine;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Queries;

/// <summary>
/// The prediction of a <see cref="FactorModel"/>, <see cref="FactorSum"/>, with the parts of a cold side left out
/// (<see cref="Answers.PartsOf"/>), after the model's link. Never NaN for finite tables: where float32 overflows, it is computed again in float64.
/// </summary>
public static class FactorScore
{
    /// <summary>The prediction before clipping.</summary>
    /// <param name="model">A model of finite tables.</param>
    /// <param name="user">Index of the user; −1 for one nobody knows.</param>
    /// <param name="item">Index of the item; −1 likewise.</param>
    /// <param name="answer">Which sides are cold.</param>
    public static double Unclipped(FactorModel model, int user, int item, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(model);
        answer = Answers.PartsOf(model, user, item, answer);
        float userBias = answer is Answer.Known or Answer.ColdItem ? model.UserBiases[user] : 0;
        float itemBias = answer is Answer.Known or Answer.ColdUser ? model.ItemBiases[item] : 0;
        bool hasFactors = answer == Answer.Known && model.UserFactors is not null;
        float mean = answer == Answer.Known ? model.Intercept : model.GlobalMean;
        float prediction = FactorSum.Of(
            mean, userBias, itemBias, hasFactors ? model.UserFactors!.Row(user) : [], hasFactors ? model.ItemFactors!.Row(item) : []);
        return model.Link.Apply(float.IsFinite(prediction)
            ? prediction
            : (double)mean + userBias + itemBias + (hasFactors ? FactorPart(model, user, item) : 0));
    }

    /// <summary>The prediction clipped to the rating scale.</summary>
    public static float Clipped(FactorModel model, int user, int item, Answer answer) =>
        Clip(model, Unclipped(model, user, item, answer));

    /// <summary>Moves a prediction into the model's rating scale.</summary>
    public static float Clip(FactorModel model, double unclipped)
    {
        ArgumentNullException.ThrowIfNull(model);

        // Into the range of float first, so that the conversion cannot end in an infinity.
        return model.Scale.Clip((float)Math.Clamp(unclipped, float.MinValue, float.MaxValue));
    }

    /// <summary>q_iᵀp_u, or 0 for a model without factors.</summary>
    public static double FactorPart(FactorModel model, int user, int item)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.UserFactors is null ? 0 : Product(model.UserFactors.Row(user), model.ItemFactors!.Row(item));
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
