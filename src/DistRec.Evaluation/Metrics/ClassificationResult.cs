namespace DistRec.Evaluation.Metrics;

/// <summary>How well probabilities tell targets of 1 from those of 0.</summary>
/// <param name="Accuracy">Share of rows whose probability is on the target's side of ½; ½ itself counts as 1.</param>
/// <param name="LogLoss">Mean of −ln of the probability given to the target, probabilities kept 10⁻¹⁵ away from 0 and 1.</param>
/// <param name="Auc">Probability that a row of target 1 is given a higher probability than one of target 0, ties counting half; null where one of them is missing.</param>
/// <param name="Rmse">√ of the mean squared difference between probability and target, the root of the Brier score.</param>
/// <param name="Count">Rows.</param>
/// <param name="Positives">Rows of target 1.</param>
public sealed record ClassificationResult(double Accuracy, double LogLoss, double? Auc, double Rmse, long Count, long Positives)
{
    private const double Nearest = 1e-15;

    /// <summary>Compares probabilities with targets.</summary>
    /// <param name="probabilities">[rows], 0 to 1.</param>
    /// <param name="targets">[rows], 0 or 1.</param>
    /// <exception cref="ArgumentException">There are none, or not as many of both.</exception>
    public static ClassificationResult Of(double[] probabilities, float[] targets)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(targets);
        if (probabilities.Length == 0 || probabilities.Length != targets.Length)
        {
            throw new ArgumentException($"expected a probability for each of {targets.Length} targets, at least one, found {probabilities.Length}", nameof(probabilities));
        }

        long right = 0, positives = 0;
        double loss = 0, squares = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            bool isPositive = targets[row] > 0;
            double probability = probabilities[row];
            right += probability >= 0.5 == isPositive ? 1 : 0;
            positives += isPositive ? 1 : 0;
            double given = Math.Clamp(isPositive ? probability : 1 - probability, Nearest, 1 - Nearest);
            loss -= Math.Log(given);
            squares += (probability - targets[row]) * (probability - targets[row]);
        }

        int count = targets.Length;
        return new ClassificationResult((double)right / count, loss / count, AucOf(probabilities, targets, positives), Math.Sqrt(squares / count), count, positives);
    }

    // Mann and Whitney: from the sum of the positives' ranks, tied ones sharing theirs.
    private static double? AucOf(double[] probabilities, float[] targets, long positives)
    {
        long negatives = targets.Length - positives;
        if (positives == 0 || negatives == 0)
        {
            return null;
        }

        double[] keys = [.. probabilities];
        float[] sorted = [.. targets];
        Array.Sort(keys, sorted);
        double ranks = 0;
        for (int from = 0, to; from < keys.Length; from = to)
        {
            long tied = 0;
            for (to = from; to < keys.Length && keys[to] == keys[from]; to++)
            {
                tied += sorted[to] > 0 ? 1 : 0;
            }

            ranks += tied * (from + 1 + to) / 2.0;
        }

        return (ranks - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }
}
