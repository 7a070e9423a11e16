using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Baseline;

namespace DistRec.Evaluation;

/// <summary>What mean and damped biases alone come to on held-out ratings: what a model has to be better than.</summary>
public static class BiasBaseline
{
    /// <summary>RMSE of clip(μ + b_u + b_i), with biases found in turns, each the exact one given the others ([KBV09], equation 3).</summary>
    /// <param name="train">What biases are fitted to, [users, items].</param>
    /// <param name="heldOut">What they are judged by, [users, items].</param>
    /// <param name="options">Damping.</param>
    /// <returns>In units of the ratings; null where there is nothing to fit or to judge by.</returns>
    public static double? RmseOf(RatingMatrix train, RatingMatrix heldOut, BaselineOptions options)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(options);
        if (train.Count == 0 || heldOut.Count == 0)
        {
            return null;
        }

        RatingStatistics statistics = RatingStatistics.Of(train);
        DampedBiases biases = DampedBiases.Fit(train, new RatingUnits((float)statistics.Mean, 1), options);
        FactorModel model = new(
            ModelKinds.Baseline, (float)statistics.Mean, new RatingScale(statistics.Minimum, statistics.Maximum), biases.Users, biases.Items, null, null);
        return Evaluator.Evaluate(model, InteractionCounts.Of(train), heldOut).Rmse;
    }
}
