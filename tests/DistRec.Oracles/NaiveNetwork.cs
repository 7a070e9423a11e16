namespace DistRec.Oracles;

/// <summary>Dense layers by their definition, in float64, one neuron after the other.</summary>
/// <param name="Weights">W of each layer, [inputs][outputs].</param>
/// <param name="Biases">c of each layer, [outputs].</param>
/// <param name="IsRectified">Whether hidden layers give max(0, x).</param>
public sealed record NaiveNetwork(double[][][] Weights, double[][] Biases, bool IsRectified)
{
    /// <summary>What the last layer's only neuron gives.</summary>
    public double Predict(IReadOnlyList<double> inputs)
    {
        double[] values = [.. inputs];
        for (int layer = 0; layer < Weights.Length; layer++)
        {
            double[] next = new double[Biases[layer].Length];
            for (int output = 0; output < next.Length; output++)
            {
                double sum = Biases[layer][output];
                for (int input = 0; input < values.Length; input++)
                {
                    sum += values[input] * Weights[layer][input][output];
                }

                next[output] = IsRectified && layer < Weights.Length - 1 ? Math.Max(0, sum) : sum;
            }

            values = next;
        }

        return values[0];
    }

    /// <summary>The slope of a function of one number that is changed in place, by the difference between two points beside it.</summary>
    public static double SlopeOf(Func<double> function, ref double number)
    {
        ArgumentNullException.ThrowIfNull(function);
        const double Step = 1e-5;
        double before = number;
        number = before + Step;
        double above = function();
        number = before - Step;
        double below = function();
        number = before;
        return (above - below) / (2 * Step);
    }
}
