using System.Runtime.CompilerServices;
using DistRec.Data;
using DistRec.Numerics.Linear;

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

    private static double Run<TRule>(TRule rule, FmShape shape, FmStep step, FeatureRows rows, int from, int to, FmParameters parameters)
        where TRule : struct, IFmRule
    {
        FmGather gather = new(rows, from, to);
        FactorTable scratch = FmPass<TRule>.Scratch(shape, gather.Capacity);
        double measure = Visit(new FmPass<TRule>(rule, shape, parameters, scratch), step, rows, from, to, gather);

        // Both are used by address.
        GC.KeepAlive(parameters);
        GC.KeepAlive(scratch);
        return measure;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Visit<TRule>(FmPass<TRule> pass, FmStep step, FeatureRows rows, int from, int to, FmGather gather)
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
            }
        }

        return measure;
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
