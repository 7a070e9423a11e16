using DistRec.Models.FactorizationMachine;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;

namespace DistRec.Training.Partitions;

/// <summary>Errors of a factorization machine on held-out rows, over the threads of the pool, in the units of training; those of probabilities where it classifies.</summary>
internal static class FmErrors
{
    private const int RowsPerChunk = 1024;

    public static async Task<RoundSums> SumAsync(
        FmOptions options, FmParameters parameters, FeatureRows rows, RatingUnits units, RatingScale scale, IComputePool pool, CancellationToken cancellationToken)
    {
        FmShape shape = FmShape.Of(options);
        FmLink link = FmLinks.Of(options);
        ErrorSums[] sums = new ErrorSums[(rows.Count + RowsPerChunk - 1) / RowsPerChunk];
        await pool.ForAsync(
            sums.Length,
            (chunk, _) =>
            {
                double squared = 0, absolute = 0;
                int end = Math.Min(rows.Count, (chunk + 1) * RowsPerChunk);
                for (int row = chunk * RowsPerChunk; row < end; row++)
                {
                    double prediction = units.RatingOf(FmPredictor.Predict(shape, parameters, rows, row, link));
                    if (!double.IsFinite(prediction))
                    {
                        throw new NumericalException("a prediction for held-out rows is not finite; lower the learning rate or raise the regularization");
                    }

                    double error = (rows.Targets[row] - Math.Clamp(prediction, scale.Minimum, scale.Maximum)) / units.Unit;
                    squared += error * error;
                    absolute += Math.Abs(error);
                }

                sums[chunk] = default(ErrorSums).Add(squared, absolute, end - (chunk * RowsPerChunk));
            },
            cancellationToken).ConfigureAwait(false);
        return new RoundSums(sums.Aggregate(default(ErrorSums), (all, part) => all.Merge(part)), default, 0, false);
    }
}
