namespace DistRec.Training.Partitions;

/// <summary>
/// How much of what a worker changed of a row it pushes, where others push changes of the same row that began from the same values. Changes of
/// rows that few training rows touch add up; those of rows that many touch, of the intercept above all, would overshoot if they did, and are
/// averaged: each is pushed in the share that makes their sum what the workers would have come to one after the other.
/// </summary>
/// <remarks>
/// n steps of rate γ leave q = (1 − γ)ⁿ of the distance to where they go, x² counting as that many steps. One after the other W workers leave qᵂ,
/// so the share c has W c (1 − q) = 1 − qᵂ: 1 for few steps, 1/W for many.
/// </remarks>
internal sealed class UpdateAveraging
{
    private readonly float[][] _steps;
    private readonly int[] _sharers;

    /// <param name="rows">The worker's training rows; features are places.</param>
    /// <param name="clockStarts">First row of each clock, and the number of rows last.</param>
    /// <param name="sharers">W of each place.</param>
    public UpdateAveraging(FeatureRows rows, int[] clockStarts, int[] sharers)
    {
        _sharers = sharers;
        _steps = [.. Enumerable.Range(0, clockStarts.Length - 1).Select(clock => StepsOf(rows, clockStarts[clock], clockStarts[clock + 1], sharers.Length))];
    }

    /// <summary>The share of a row's changes to push.</summary>
    /// <param name="clock">The clock that changed it.</param>
    /// <param name="place">The row's place.</param>
    /// <param name="rate">γ.</param>
    public float ShareOf(int clock, int place, double rate)
    {
        int sharers = _sharers[place];
        return sharers < 2 ? 1 : Share(sharers, rate * _steps[clock][place]);
    }

    /// <summary>c for W workers of which each goes nγ.</summary>
    internal static float Share(int workers, double way)
    {
        // Near 0 both sides of the quotient vanish.
        const double Nothing = 1e-6;
        return way < Nothing ? 1 : (float)((1 - Math.Exp(-way * workers)) / (workers * (1 - Math.Exp(-way))));
    }

    private static float[] StepsOf(FeatureRows rows, int from, int to, int places)
    {
        float[] steps = new float[places];
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            RatingMatrix table = rows.Blocks[block].Rows;
            int[] counts = rows.CountUses(block, from, to);
            for (int row = 0; row < counts.Length; row++)
            {
                ReadOnlySpan<int> features = table.RowColumns(row);
                ReadOnlySpan<float> values = table.RowValues(row);
                for (int index = 0; index < features.Length && counts[row] > 0; index++)
                {
                    steps[features[index]] += counts[row] * values[index] * values[index];
                }
            }
        }

        // The intercept, and what comes after it, moves with every row.
        steps.AsSpan(rows.Blocks[0].Rows.ColumnCount).Fill(to - from);
        return steps;
    }
}
