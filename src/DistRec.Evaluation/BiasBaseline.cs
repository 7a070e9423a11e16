using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Baseline;

namespace DistRec.Evaluation;

/// <summary>What mean and damped biases alone come to on held-out ratings: what a model has to be better than.</summary>
public static class BiasBaseline
{
    private const int Rounds = 5;

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
        InteractionCounts counts = InteractionCounts.Of(train);
        float[] users = new float[train.RowCount], items = new float[train.ColumnCount];
        double[] sums = new double[train.ColumnCount];
        for (int round = 0; round < Rounds; round++)
        {
            Array.Clear(sums);
            for (int user = 0; user < train.RowCount; user++)
            {
                ReadOnlySpan<int> columns = train.RowColumns(user);
                ReadOnlySpan<float> values = train.RowValues(user);
                double own = 0;
                for (int t = 0; t < columns.Length; t++)
                {
                    own += values[t] - statistics.Mean - items[columns[t]];
                }

                users[user] = Damped(own, columns.Length, options.UserRegularization);
                for (int t = 0; t < columns.Length; t++)
                {
                    sums[columns[t]] += values[t] - statistics.Mean - users[user];
                }
            }

            for (int item = 0; item < items.Length; item++)
            {
                items[item] = Damped(sums[item], counts.Items[item], options.ItemRegularization);
            }
        }

        FactorModel model = new(
            ModelKinds.Baseline, (float)statistics.Mean, new RatingScale(statistics.Minimum, statistics.Maximum), users, items, null, null);
        return Evaluator.Evaluate(model, counts, heldOut).Rmse;
    }

    private static float Damped(double sum, int count, float damping) => count == 0 ? 0 : (float)(sum / (count + damping));
}
