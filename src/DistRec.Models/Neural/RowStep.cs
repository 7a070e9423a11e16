namespace DistRec.Models.Neural;

/// <summary>
/// The step that a row takes for a mini-batch: its gradient is the mean over the ratings of the batch that it has a part in, and λ
/// times the row. With Adam (Kingma, Ba, ICLR 2015,
/// algorithm 1; β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸) each row counts its own steps: those of batches that it has a part in.
/// </summary>
/// <param name="shape">Where the parts of a row lie.</param>
/// <param name="optimizer">How a step follows from the gradient.</param>
/// <param name="rate">γ.</param>
public readonly struct RowStep(NeuralShape shape, OptimizerKind optimizer, double rate)
{
    private const float Mean = 0.9f;
    private const float Square = 0.999f;
    private const float Least = 1e-8f;

    private readonly float _rate = (float)rate;

    /// <summary>Takes the step.</summary>
    /// <param name="row">The row of a training table, [<see cref="NeuralShape.Width"/>].</param>
    /// <param name="bias">The row's bias.</param>
    /// <param name="sums">Gradients summed over ratings, and last how many, at least 1; [<see cref="NeuralShape.GradientWidth"/>].</param>
    /// <param name="regularization">λ of the factors.</param>
    /// <param name="biasRegularization">λ of the bias.</param>
    public void Take(Span<float> row, ref float bias, ReadOnlySpan<double> sums, float regularization, float biasRegularization)
    {
        int rank = shape.Rank;
        double count = sums[^1];
        bool isAdam = optimizer == OptimizerKind.Adam;
        if (isAdam)
        {
            // 1 − βᵗ is the mean of ones as the others are of gradients.
            row[^2] = Moved(row[^2], 1, Mean);
            row[^1] = Moved(row[^1], 1, Square);
        }

        for (int factor = 0; factor < rank; factor++)
        {
            float gradient = GradientOf(sums[factor], count, row[factor], regularization);
            row[factor] -= _rate * (isAdam ? Adapted(row, factor, gradient) : gradient);
        }

        float ofBias = GradientOf(sums[rank], count, bias, biasRegularization);
        bias -= _rate * (isAdam ? Adapted(row, rank, ofBias) : ofBias);
    }

    // The mean of gradients over the root of the mean of their squares.
    private float Adapted(Span<float> row, int index, float gradient)
    {
        ref float mean = ref row[shape.Rank + index];
        ref float square = ref row[(2 * shape.Rank) + 1 + index];
        mean = Moved(mean, gradient, Mean);
        square = Moved(square, gradient * gradient, Square);
        return mean / row[^2] / (MathF.Sqrt(square / row[^1]) + Least);
    }

    // What is beyond the limit is none of a descent that goes on.
    private static float GradientOf(double sum, double count, float value, float regularization) =>
        Math.Abs(sum) < ExactSum.Limit ? (float)(sum / count) + (regularization * value) : float.NaN;

    private static float Moved(float mean, float value, float keep) => mean + ((1 - keep) * (value - mean));
}
