namespace DistRec.Evaluation.Bandits;

/// <summary>
/// Which of several independent beta variables is the largest: P_k = ∫ f_k Π_{j≠k} F_j dt, over the log-odds t, where densities are
/// smooth bells whatever the shapes.
/// </summary>
/// <remarks>
/// y = (F_1 … F_K, P_1 … P_K) solves y′ = (f_k, f_k Π_{j≠k} F_j), which is stepped through by the three-stage Gauss method of order 6
/// (Hairer, Nørsett, Wanner, "Solving ordinary differential equations I", section II.7). The right sides of F hang on t alone, so that
/// nothing is solved for. Steps are a quarter of the least standard deviation among the variables that have mass at t; tails below e⁻³²
/// of the peak are cut. Errors are below 1e-8, and the sum is 1. All terms are positive, so that small probabilities are right in
/// proportion too, to 1e-3 where they are 1e-9 (tests).
/// </remarks>
internal static class LargestBeta
{
    private const double StepsADeviation = 4;
    private const double LogTail = -32;

    private static readonly double Root = Math.Sqrt(15);
    private static readonly double[] Nodes = [0.5 - (Root / 10), 0.5, 0.5 + (Root / 10)];
    private static readonly double[] Weights = [5.0 / 18, 4.0 / 9, 5.0 / 18];
    private static readonly double[][] Stages =
    [
        [5.0 / 36, (2.0 / 9) - (Root / 15), (5.0 / 36) - (Root / 30)],
        [(5.0 / 36) + (Root / 24), 2.0 / 9, (5.0 / 36) - (Root / 24)],
        [(5.0 / 36) + (Root / 30), (2.0 / 9) + (Root / 15), 5.0 / 36],
    ];

    /// <summary>P(variable k is the largest), [variables].</summary>
    public static double[] Probabilities(ReadOnlySpan<BetaShape> shapes)
    {
        Bell[] bells = new Bell[shapes.Length];
        for (int index = 0; index < shapes.Length; index++)
        {
            bells[index] = Bell.Of(shapes[index]);
        }

        int count = bells.Length;
        double[] below = new double[count], largest = new double[count], others = new double[count];
        double[][] densities = [new double[count], new double[count], new double[count]];
        double end = bells.Max(bell => bell.High);
        for (double t = bells.Min(bell => bell.Low); t < end;)
        {
            double step = StepAt(bells, t, end);
            for (int node = 0; node < Nodes.Length; node++)
            {
                double at = t + (step * Nodes[node]), softplus = BetaShape.Softplus(at);
                for (int index = 0; index < count; index++)
                {
                    densities[node][index] = bells[index].Density(at, softplus);
                }
            }

            for (int node = 0; node < Nodes.Length; node++)
            {
                ProductsOfOthers(below, densities, Stages[node], step, others);
                for (int index = 0; index < count; index++)
                {
                    largest[index] += step * Weights[node] * densities[node][index] * others[index];
                }
            }

            for (int index = 0; index < count; index++)
            {
                below[index] += step * Integral(densities, Weights, index);
            }

            t = Math.Max(t + step, Math.BitIncrement(t));
        }

        double total = largest.Sum();
        return [.. largest.Select(probability => probability / total)];
    }

    private static double StepAt(Bell[] bells, double t, double end)
    {
        double step = end - t;
        foreach (Bell bell in bells)
        {
            if (t < bell.Low)
            {
                step = Math.Min(step, bell.Low - t);
            }
            else if (t < bell.High)
            {
                step = Math.Min(step, bell.Deviation / StepsADeviation);
            }
        }

        return step;
    }

    // Π_{j≠k} F_j at a stage, F_j being that at the step's start and what the stage adds; products from the left, then from the right.
    private static void ProductsOfOthers(double[] below, double[][] densities, double[] stage, double step, double[] products)
    {
        double product = 1;
        for (int index = 0; index < below.Length; index++)
        {
            products[index] = product;
            product *= At(index);
        }

        product = 1;
        for (int index = below.Length - 1; index >= 0; index--)
        {
            products[index] *= product;
            product *= At(index);
        }

        double At(int index) => Math.Max(0, below[index] + (step * Integral(densities, stage, index)));
    }

    private static double Integral(double[][] densities, double[] weights, int index) =>
        (weights[0] * densities[0][index]) + (weights[1] * densities[1][index]) + (weights[2] * densities[2][index]);

    // A variable's density over the log-odds, scaled so that its integral is near 1, between the points where only tails are left.
    private readonly record struct Bell(BetaShape Shape, double Deviation, double LogPeak, double Low, double High)
    {
        public static Bell Of(BetaShape shape)
        {
            double deviation = shape.Deviation, low = shape.Mode, high = shape.Mode;
            double peak = At(low);
            while (At(low) > peak + LogTail)
            {
                low -= deviation;
            }

            while (At(high) > peak + LogTail)
            {
                high += deviation;
            }

            return new Bell(shape, deviation, peak, low, high);

            double At(double t) => shape.LogDensity(t, BetaShape.Softplus(t));
        }

        public double Density(double t, double softplus) =>
            Math.Exp(Shape.LogDensity(t, softplus) - LogPeak) / (Deviation * Math.Sqrt(2 * Math.PI));
    }
}
