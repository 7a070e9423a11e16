namespace DistRec.Evaluation.Protocols;

/// <summary>Mean and standard deviation of one figure over several runs, such as the folds of a cross-validation.</summary>
/// <param name="Mean">Σ x / n.</param>
/// <param name="Deviation">√(Σ (x − mean)² / (n − 1)); null for a single run, which says nothing of it.</param>
/// <param name="Count">n, the number of runs.</param>
public readonly record struct MeanDeviation(double Mean, double? Deviation, int Count)
{
    /// <summary>Over some runs, in the order given: the same values in the same order give the same bits.</summary>
    /// <param name="values">Finite, at least one.</param>
    /// <exception cref="ArgumentException">There are none, or one is not finite.</exception>
    public static MeanDeviation Of(params IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0 || !values.All(double.IsFinite))
        {
            throw new ArgumentException($"expected finite numbers, at least one, found {string.Join(", ", values)}", nameof(values));
        }

        // Twice over the values: the sum of squares less the square of the sum loses the digits in which errors of folds differ.
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return new MeanDeviation(mean, values.Count > 1 ? Math.Sqrt(squares / (values.Count - 1)) : null, values.Count);
    }
}
