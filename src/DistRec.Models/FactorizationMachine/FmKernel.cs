using System.Runtime.CompilerServices;

namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// Stochastic gradient descent over rows of features ([R12], section 3.1): for each row θ moves against ∂loss/∂ŷ · ∂ŷ/∂θ + λθ, all
/// right sides from the old values; only features that the row has are touched, and w₀.
/// </summary>
public static unsafe class FmKernel
{
    /// <summary>Visits rows once, in their order, and updates the parameters in place; with SGD or AdaGrad.</summary>
    /// <param name="shape">Where parameters lie.</param>
    /// <param name="step">Rates of this epoch.</param>
    /// <param name="rows">The rows; features are indices of the rows of <paramref name="parameters"/>.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="parameters">v, w, the learner's state.</param>
    /// <returns>Σ (ŷ − y)², or Σ (σ(ŷ) − y)² for classification, each before its own update; not finite where the descent diverged.</returns>
    public static double RunRows(FmShape shape, in FmStep step, FeatureRows rows, int from, int to, FmParameters parameters)
    {
        RequireShapes(shape, rows, from, to, parameters, groups: 0);
        return shape.Learner switch
        {
            FmLearner.Sgd => Run(new PlainRule(step), shape, step, rows, from, to, parameters),
            FmLearner.AdaGrad => Run(new AdaGradRule(step, shape), shape, step, rows, from, to, parameters),
            _ => throw new ArgumentException($"expected a learner that goes row by row without held-out rows, found {shape.Learner}", nameof(shape)),
        };
    }

    /// <summary>The same with adaptive regularization: after every row one held-out row moves λ ([R12], algorithm 2); order 2 alone.</summary>
    /// <param name="shape">Where parameters lie.</param>
    /// <param name="step">Rates of this epoch; its λ are not used.</param>
    /// <param name="rows">The rows; features are indices of the rows of <paramref name="parameters"/>.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="parameters">v, w and the groups' λ.</param>
    /// <param name="heldOut">What λ is learned from; without rows it stays as it is.</param>
    /// <returns>As without held-out rows; theirs do not count.</returns>
    public static double RunRows(FmShape shape, in FmStep step, FeatureRows rows, int from, int to, FmParameters parameters, FmHeldOut heldOut)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        int groups = heldOut.GroupOf.Length == 0 ? 0 : heldOut.GroupOf.Max() + 1;
        RequireShapes(shape, rows, from, to, parameters, groups);
        if (shape.Learner != FmLearner.AdaptiveSgd || shape.Order != 2 || heldOut.GroupOf.Length < parameters.Features)
        {
            throw new ArgumentException(
                $"expected {FmLearner.AdaptiveSgd} of order 2 and groups of {parameters.Features} features, "
                + $"found {shape.Learner} of order {shape.Order} and groups of {heldOut.GroupOf.Length}",
                nameof(shape));
        }

        RequireShapes(shape, heldOut.Rows, 0, 0, parameters, groups);
        FmAdaptation adaptation = new(shape, step, parameters, heldOut, groups);
        double measure = Run(new AdaptiveRule(step, parameters, heldOut.GroupOf), shape, step, rows, from, to, parameters, adaptation);
        GC.KeepAlive(adaptation);
        return measure;
    }

    /// <summary>Visits observed rows once, each against the same row with another entity of the ranked block: −ln σ(ŷ − ŷ′) ([RFGS09]).</summary>
    /// <param name="shape">Where parameters lie; with SGD or AdaGrad.</param>
    /// <param name="step">Rates of this epoch.</param>
    /// <param name="rows">The observed rows; features are indices of the rows of <paramref name="parameters"/>.</param>
    /// <param name="from">First row.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="parameters">v, w, the learner's state. w₀ cancels and stays.</param>
    /// <param name="pairs">What each row is held against.</param>
    /// <returns>Σ −ln σ(ŷ − ŷ′), each before its own update; not finite where the descent diverged.</returns>
    public static double RunPairs(FmShape shape, in FmStep step, FeatureRows rows, int from, int to, FmParameters parameters, FmPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        RequireShapes(shape, rows, from, to, parameters, groups: 0);
        if (pairs.Block < 0 || pairs.Block >= rows.Blocks.Count || pairs.Negatives.Length < to)
        {
            throw new ArgumentException(
                $"expected one of {rows.Blocks.Count} blocks and a negative for each of {to} rows, found block {pairs.Block} and {pairs.Negatives.Length} negatives", nameof(pairs));
        }

        return shape.Learner switch
        {
            FmLearner.Sgd => RunPairs(new PlainRule(step), shape, rows, from, to, parameters, pairs),
            FmLearner.AdaGrad => RunPairs(new AdaGradRule(step, shape), shape, rows, from, to, parameters, pairs),
            _ => throw new ArgumentException($"expected {FmLearner.Sgd} or {FmLearner.AdaGrad} for ranking, found {shape.Learner}", nameof(shape)),
        };
    }

    private static double Run<TRule>(
        TRule rule, FmShape shape, FmStep step, FeatureRows rows, int from, int to, FmParameters parameters,
        FmAdaptation? adaptation = null)
        where TRule : struct, IFmRule
    {
        FmGather gather = new(rows, from, to);
        FactorTable scratch = FmPass<TRule>.Scratch(shape, gather.Capacity);
        FmPass<TRule> pass = new(rule, shape, parameters, scratch);
        double measure = shape.Order == 2 && rows.Blocks.Count == 2 && adaptation is null
            ? new FmTwoPass<TRule>(rule, pass, parameters).Visit(step, shape.Stride, rows, from, to, gather)
            : Visit(pass, step, rows, from, to, gather, adaptation);

        // Both are used by address.
        GC.KeepAlive(parameters);
        GC.KeepAlive(scratch);
        return measure;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Visit<TRule>(FmPass<TRule> pass, FmStep step, FeatureRows rows, int from, int to, FmGather gather, FmAdaptation? adaptation)
        where TRule : struct, IFmRule
    {
        double measure = 0;
        float[] targets = rows.Targets;
        fixed (int* features = gather.Features)
        fixed (float* values = gather.Values)
        {
            for (int row = from; row < to; row++)
            {
                int count = gather.Gather(row);
                float slope = FmLosses.Slope(step, pass.Score(features, values, count), targets[row], ref measure);
                pass.Move(features, values, count, slope);
                adaptation?.Step(row);
            }
        }

        return measure;
    }

    private static double RunPairs<TRule>(TRule rule, FmShape shape, FeatureRows rows, int from, int to, FmParameters parameters, FmPairs pairs)
        where TRule : struct, IFmRule
    {
        FmGather gather = new(rows, from, to, pairs.Block);
        FactorTable scratch = FmPass<TRule>.Scratch(shape, gather.Capacity);
        FmPass<TRule> pass = new(rule, shape, parameters, scratch);
        double losses = 0;
        fixed (int* features = gather.Features)
        fixed (float* values = gather.Values)
        fixed (float* others = gather.Others)
        {
            for (int row = from; row < to; row++)
            {
                if (pairs.Negatives[row] < 0)
                {
                    continue;
                }

                int count = gather.GatherPair(row, pairs.Block, pairs.Negatives[row]);
                float difference = pass.ScorePair(features, values, others, count);
                losses += FmLosses.PairLoss(difference);

                // ∂(−ln σ(d))/∂d = −σ(−d)
                pass.MovePair(features, values, others, count, -FmLosses.Sigmoid(-difference));
            }
        }

        GC.KeepAlive(parameters);
        GC.KeepAlive(scratch);
        return losses;
    }

    private static void RequireShapes(FmShape shape, FeatureRows rows, int from, int to, FmParameters parameters, int groups)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, rows.Count);
        int features = rows.Blocks.Max(block => block.Rows.ColumnCount);
        int needed = shape.RowsFor(parameters.Features, groups);
        if (features > parameters.Features || parameters.Factors.Rank != shape.Width || parameters.Factors.Rows < needed || parameters.Weights.Length < needed)
        {
            throw new ArgumentException(
                $"expected for {features} features a table of [{needed}, {shape.Width}] and {needed} weights, "
                + $"found {parameters.Features} features, [{parameters.Factors.Rows}, {parameters.Factors.Rank}] and {parameters.Weights.Length}",
                nameof(parameters));
        }
    }
}
