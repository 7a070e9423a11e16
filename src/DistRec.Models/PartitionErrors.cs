using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;

namespace DistRec.Models;

/// <summary>Errors of r̂_ui = clip(μ + s·(b_u + b_i + q_iᵀp_u)) on the held-out ratings of a user partition, in units of s.</summary>
public static class PartitionErrors
{
    /// <summary>Sums the errors of rows [<paramref name="from"/>, <paramref name="to"/>).</summary>
    /// <param name="ratings">Held-out ratings: rows are local users, columns global items.</param>
    /// <param name="users">p_u of the partition.</param>
    /// <param name="userBiases">b_u of the partition.</param>
    /// <param name="items">The item side.</param>
    /// <param name="section">The part of each row that makes the prediction.</param>
    /// <param name="units">μ and s.</param>
    /// <param name="scale">The range to clip to.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="neighbors">What items like one add to its prediction; null for a model without.</param>
    /// <param name="layers">What makes a prediction of factors and biases in place of their sum; null for a model without.</param>
    /// <exception cref="NumericalException">A prediction is not finite.</exception>
    public static ErrorSums Compute(
        RatingMatrix ratings,
        FactorTable users,
        ReadOnlySpan<float> userBiases,
        PartitionedFactors items,
        TableSection section,
        in RatingUnits units,
        RatingScale scale,
        int from,
        int to,
        HeldOutNeighbors? neighbors = null,
        DenseLayers? layers = null)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ErrorSums sums = default;
        for (int row = from; row < to; row++)
        {
            ReadOnlySpan<int> columns = ratings.RowColumns(row);
            ReadOnlySpan<float> values = ratings.RowValues(row);
            ReadOnlySpan<float> factors = users.Row(row).Slice(section.First, section.Count);
            double squared = 0, absolute = 0;
            bool finite = true;
            int partition = 0;
            if (columns.Length > 0)
            {
                neighbors?.Begin(row, userBiases[row]);
            }

            for (int t = 0; t < columns.Length; t++)
            {
                while (columns[t] >= items.Starts[partition + 1])
                {
                    partition++;
                }

                int local = columns[t] - items.Starts[partition];
                float itemBias = items.Biases[partition][local];
                ReadOnlySpan<float> itemFactors = items.Tables[partition].Row(local).Slice(section.First, section.Count);
                float sum = layers?.Score(userBiases[row], factors, itemBias, itemFactors) ?? FactorSum.Of(userBiases[row], itemBias, factors, itemFactors);
                sum += neighbors?.Of(items.Tables[partition].Row(local)) ?? 0;
                finite &= float.IsFinite(sum); // asked before clipping hides it
                double error = (values[t] - scale.Clip((float)units.RatingOf(sum))) / units.Unit;
                squared += error * error;
                absolute += Math.Abs(error);
            }

            if (!finite || !double.IsFinite(squared))
            {
                throw new NumericalException("a prediction for held-out ratings is not finite; lower the learning rate or raise the regularization");
            }

            sums = sums.Add(squared, absolute, columns.Length);
        }

        return sums;
    }
}
