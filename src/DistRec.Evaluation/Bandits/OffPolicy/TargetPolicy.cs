using DistRec.Data;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>
/// A policy to be judged: the probability of each arm in each context. One that was learned from the log it is judged by has a version for
/// each part of the rows, learned from the others, as <see cref="RewardMeans"/> has.
/// </summary>
public sealed class TargetPolicy
{
    private readonly double[][] _tables;
    private readonly int _arms;

    private TargetPolicy(double[][] tables, int arms) => (_tables, _arms) = (tables, arms);

    /// <summary>All arms alike.</summary>
    public static TargetPolicy Uniform(BanditLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Of(log, 1, (_, _, shares) => shares.Fill(1.0 / shares.Length));
    }

    /// <summary>One arm always.</summary>
    /// <exception cref="InputException">The log has no such arm.</exception>
    public static TargetPolicy Constant(BanditLog log, string arm)
    {
        ArgumentNullException.ThrowIfNull(log);
        return IndicesOf(log.Arms).TryGetValue(arm, out int index)
            ? Of(log, 1, (_, _, shares) => shares[index] = 1)
            : throw InputException.At("arm", $"one of the {log.Arms.Count} arms of {log.Name}", $"\"{arm}\"", "write it as the log does");
    }

    /// <summary>
    /// What another log's policy did on average: n(arm, context)/n(context) of its rows, and n(arm)/n in contexts that it never met.
    /// </summary>
    /// <param name="log">The log to judge by.</param>
    /// <param name="other">The other one, of the same arms and contexts: see <see cref="Onto"/>.</param>
    public static TargetPolicy OfLog(BanditLog log, BanditLog other)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(other);
        int arms = log.Arms.Count;
        double[] counts = new double[arms * other.Contexts.Count], rows = new double[other.Contexts.Count], overall = new double[arms];
        for (int row = 0; row < other.Count; row++)
        {
            counts[(other.ContextOf[row] * arms) + other.Chosen[row]]++;
            rows[other.ContextOf[row]]++;
            overall[other.Chosen[row]]++;
        }

        return Of(log, 1, (_, context, shares) =>
        {
            for (int arm = 0; arm < shares.Length; arm++)
            {
                shares[arm] = rows[context] > 0 ? counts[(context * arms) + arm] / rows[context] : overall[arm] / other.Count;
            }
        });
    }

    /// <summary>The arm with the highest q̂, arms that tie sharing; with probability ε any.</summary>
    /// <param name="log">The log to judge by.</param>
    /// <param name="means">q̂, of this log or of another one with its arms and contexts.</param>
    /// <param name="exploration">ε, from 0 to 1.</param>
    public static TargetPolicy Greedy(BanditLog log, RewardMeans means, double exploration)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(means);
        return Of(log, means.Folds, (fold, context, shares) =>
        {
            ArmShares.OfBest(means.Of(fold, context)).CopyTo(shares);
            foreach (ref double share in shares)
            {
                share = ((1 - exploration) * share) + (exploration / shares.Length);
            }
        });
    }

    /// <summary>π ∝ exp(q̂/T).</summary>
    /// <param name="log">The log to judge by.</param>
    /// <param name="means">q̂, of this log or of another one with its arms and contexts.</param>
    /// <param name="temperature">T, above 0: rewards that are that much apart have probabilities e times each other.</param>
    public static TargetPolicy Softmax(BanditLog log, RewardMeans means, double temperature)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(means);
        return Of(log, means.Folds, (fold, context, shares) =>
        {
            ReadOnlySpan<double> expected = means.Of(fold, context);
            double best = double.NegativeInfinity, sum = 0;
            foreach (double one in expected)
            {
                best = Math.Max(best, one);
            }

            for (int arm = 0; arm < shares.Length; arm++)
            {
                shares[arm] = Math.Exp((expected[arm] - best) / temperature);
                sum += shares[arm];
            }

            foreach (ref double share in shares)
            {
                share /= sum;
            }
        });
    }

    /// <summary>A log with the arms of another one, and its contexts before any that only the first one has.</summary>
    /// <exception cref="InputException">It chose an arm that the other one does not have.</exception>
    public static BanditLog Onto(BanditLog log, BanditLog other)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(other);
        Dictionary<string, int> armsOf = IndicesOf(other.Arms), contextsOf = IndicesOf(other.Contexts);
        int[] arms = [.. log.Arms.Select(arm => armsOf.GetValueOrDefault(arm, -1))];
        List<string> contexts = [.. other.Contexts];
        int[] contextOf = new int[log.Contexts.Count];
        for (int context = 0; context < contextOf.Length; context++)
        {
            if (!contextsOf.TryGetValue(log.Contexts[context], out contextOf[context]))
            {
                contextOf[context] = contexts.Count;
                contexts.Add(log.Contexts[context]);
            }
        }

        int unknown = Array.FindIndex(log.Chosen, chosen => arms[chosen] < 0);
        return unknown < 0
            ? log with
            {
                Arms = other.Arms,
                Contexts = contexts,
                Chosen = Array.ConvertAll(log.Chosen, chosen => arms[chosen]),
                ContextOf = Array.ConvertAll(log.ContextOf, context => contextOf[context]),
            }
            : throw InputException.At(
                log.Name,
                $"arms of {other.Name} alone",
                $"\"{log.Arms[log.Chosen[unknown]]}\"",
                "give logs of the same items, such as one campaign's");
    }

    /// <summary>π of all arms in a context, [arms], for a row of a part.</summary>
    public ReadOnlySpan<double> Of(int fold, int context) => _tables[_tables.Length == 1 ? 0 : fold].AsSpan(context * _arms, _arms);

    private static Dictionary<string, int> IndicesOf(IReadOnlyList<string> ids) =>
        ids.Index().ToDictionary(id => id.Item, id => id.Index, StringComparer.Ordinal);

    private static TargetPolicy Of(BanditLog log, int folds, FillShares fill)
    {
        int arms = log.Arms.Count;
        double[][] tables = new double[folds][];
        for (int fold = 0; fold < folds; fold++)
        {
            tables[fold] = new double[arms * log.Contexts.Count];
            for (int context = 0; context < log.Contexts.Count; context++)
            {
                fill(fold, context, tables[fold].AsSpan(context * arms, arms));
            }
        }

        return new TargetPolicy(tables, arms);
    }

    private delegate void FillShares(int fold, int context, Span<double> shares);
}
