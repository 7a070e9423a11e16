using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine;

/// <summary>Scores of a factorization machine, straight from its parameters and without allocation. Safe for any number of threads.</summary>
public static unsafe class FmPredictor
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>ŷ of one row, before any link: w₀ + Σ w_j x_j + Σ_{m=2..d} Σ_f A^m_f.</summary>
    /// <param name="shape">Where parameters lie.</param>
    /// <param name="parameters">v and w, and kept samples where there are any.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Which one.</param>
    /// <param name="samples">How many samples are kept so far: the score is the mean over theirs; with 0 that of the present v and w.</param>
    public static double Predict(FmShape shape, FmParameters parameters, FeatureRows rows, int row, int samples = 0) =>
        Predict(shape, parameters, rows, row, FmLink.Identity, samples);

    /// <summary>What one row is answered with: the score after the link, or the mean of that over kept samples.</summary>
    /// <param name="shape">Where parameters lie.</param>
    /// <param name="parameters">v and w, and kept samples where there are any.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Which one.</param>
    /// <param name="link">What makes an answer of a score.</param>
    /// <param name="samples">How many samples are kept so far; with 0 the present v and w answer.</param>
    public static double Predict(FmShape shape, FmParameters parameters, FeatureRows rows, int row, FmLink link, int samples = 0)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rows);
        if (samples == 0)
        {
            return link.Apply(Score(shape, parameters, rows, row, -1));
        }

        double sum = 0;
        for (int sample = 0; sample < samples; sample++)
        {
            sum += link.Apply(Score(shape, parameters, rows, row, sample));
        }

        return sum / samples;
    }

    [SkipLocalsInit]
    private static double Score(FmShape shape, FmParameters parameters, FeatureRows rows, int row, int sample)
    {
        float* polynomial = stackalloc float[((shape.Order + 1) * Lanes) + Lanes];
        polynomial = (float*)(((nint)polynomial + 63) & ~63);
        int start = sample < 0 ? 0 : shape.SampleStart(sample);
        double score = WeightOf(shape, parameters, parameters.Features, sample);
        for (int index = 0; index < rows.Blocks.Count; index++)
        {
            RatingMatrix block = rows.Blocks[index].Rows;
            int entity = rows.BlockRows[index][row];
            ReadOnlySpan<int> features = block.RowColumns(entity);
            ReadOnlySpan<float> values = block.RowValues(entity);
            for (int j = 0; j < features.Length; j++)
            {
                score += (double)WeightOf(shape, parameters, features[j], sample) * values[j];
            }
        }

        for (int order = 2; order <= shape.Order; order++)
        {
            Vector512<float> total = Vector512<float>.Zero;
            for (int lane = shape.StartOf(order); lane < shape.StartOf(order + 1); lane += Lanes)
            {
                total += Anova(parameters.Factors, rows, row, start + lane, order, polynomial);
            }

            score += Lanes16.Sum(total);
        }

        GC.KeepAlive(parameters);
        return score;
    }

    /// <summary>w of a feature, or w₀; of a kept sample, or with −1 the present one.</summary>
    internal static float WeightOf(FmShape shape, FmParameters parameters, int feature, int sample) =>
        sample < 0 ? parameters.Weights[feature] : parameters.Factors.Row(feature)[shape.SampleStart(sample) + shape.FactorWidth];

    private static Vector512<float> Anova(FactorTable table, FeatureRows rows, int row, int lane, int order, float* polynomial)
    {
        AnovaPolynomial.Start(polynomial, order);
        for (int index = 0; index < rows.Blocks.Count; index++)
        {
            RatingMatrix block = rows.Blocks[index].Rows;
            int entity = rows.BlockRows[index][row];
            ReadOnlySpan<int> features = block.RowColumns(entity);
            ReadOnlySpan<float> values = block.RowValues(entity);
            for (int j = 0; j < features.Length; j++)
            {
                float* factors = table.Pointer + ((long)features[j] * table.Stride) + lane;
                AnovaPolynomial.Extend(polynomial, order, Vector512.Create(values[j]) * Vector512.Load(factors));
            }
        }

        return Vector512.Load(polynomial + (order * Lanes));
    }
}
