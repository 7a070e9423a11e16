namespace DistRec.Numerics.Embedding;

/// <summary>
/// The neighbourhood of a point in t-SNE (van der Maaten, Hinton, "Visualizing data using t-SNE", JMLR 2008, equation 1): probabilities
/// p_j ∝ exp(−β d_j) over its neighbours, whose β gives them a stated perplexity exp(−Σ p_j ln p_j), the effective number of neighbours.
/// </summary>
public static class Perplexity
{
    private const double Tolerance = 1e-10; // of the entropy
    private const double LargestBeta = 1e100; // times any distance that is no denormal it still is a number
    private const double LongestStep = 2; // of ln β
    private const int MaxSteps = 200;

    /// <summary>
    /// Finds the probabilities. Where more neighbours than asked for are equally near and nearest, they share all of it.
    /// </summary>
    /// <param name="squaredDistances">d, at least one, finite and not negative, [n].</param>
    /// <param name="perplexity">From 1 to n.</param>
    /// <param name="weights">Scratch, [n].</param>
    /// <param name="probabilities">Receives p, which sum to 1, [n].</param>
    /// <returns>β.</returns>
    public static double Fit(ReadOnlySpan<float> squaredDistances, double perplexity, Span<double> weights, Span<float> probabilities)
    {
        double nearest = float.MaxValue, mean = 0;
        foreach (float distance in squaredDistances)
        {
            nearest = Math.Min(nearest, distance);
            mean += distance;
        }

        mean = (mean / squaredDistances.Length) - nearest;
        double beta = mean > 0 ? Math.Min(1 / mean, LargestBeta) : 1;
        double target = Math.Log(perplexity), low = 0, high = double.PositiveInfinity;
        for (int step = 0; ; step++)
        {
            (double sum, double first, double second) = Weigh(squaredDistances, nearest, beta, weights);
            first /= sum;
            double variance = (second / sum) - (first * first);

            // H = ln Σ w + β E[d], which falls as β rises.
            double surplus = Math.Log(sum) + (beta * first) - target;
            if (Math.Abs(surplus) <= Tolerance || step == MaxSteps || beta == LargestBeta)
            {
                double scale = 1 / sum;
                for (int j = 0; j < probabilities.Length; j++)
                {
                    probabilities[j] = (float)(weights[j] * scale);
                }

                return beta;
            }

            (low, high) = surplus > 0 ? (beta, high) : (low, beta);

            // Newton's step in ln β, where H is nearly a line around the solution: dH/d ln β = −β² Var[d]. Far from it H is flat and a
            // step would go anywhere; one that leaves the bracket is replaced by bisection.
            double move = Math.Clamp(surplus / (beta * beta * variance), -LongestStep, LongestStep);
            double next = beta * Math.Exp(double.IsNaN(move) ? LongestStep : move);
            double middle = Math.Min((low + high) / 2, beta * Math.Exp(LongestStep)); // the upper end may still be infinite
            beta = Math.Min(next > low && next < high ? next : middle, LargestBeta);
        }
    }

    // w_j = exp(−β(d_j − d_min)): the nearest one's is 1, so their sum is at least 1. Moments are those of d − d_min.
    private static (double Sum, double First, double Second) Weigh(
        ReadOnlySpan<float> distances, double nearest, double beta, Span<double> weights)
    {
        double sum = 0, first = 0, second = 0;
        for (int j = 0; j < distances.Length; j++)
        {
            double distance = distances[j] - nearest;
            double weight = Math.Exp(-beta * distance);
            weights[j] = weight;
            sum += weight;
            first += weight * distance;
            second += weight * distance * distance;
        }

        return (sum, first, second);
    }
}
