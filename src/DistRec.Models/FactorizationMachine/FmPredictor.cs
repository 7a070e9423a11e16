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
    /// <param name="parameters">v and w; where they hold a mean over samples, that one answers.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="row">Which one.</param>
    /// <param name="link">What makes an answer of the score.</param>
    public static double Predict(FmShape shape, FmParameters parameters, FeatureRows rows, int row, FmLink link = FmLink.Identity)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rows);
        return link.Apply(Score(shape, parameters, rows, row, FmMachine.HasMean(shape, parameters)));
    }

    [SkipLocalsInit]
    private static double Score(FmShape shape, FmParameters parameters, FeatureRows rows, int row, bool isMean)
    {
        float* polynomial = stackalloc float[((shape.Order + 1) * Lanes) + Lanes];
        polynomial = (float*)(((nint)polynomial + 63) & ~63);
        int start = isMean ? shape.StateStart : 0, stride = isMean ? shape.MeanWidth : shape.Stride;
        double score = WeightOf(parameters.Features);
        for (int index = 0; index < rows.Blocks.Count; index++)
        {
            RatingMatrix block = rows.Blocks[index].Rows;
            int entity = rows.BlockRows[index][row];
            ReadOnlySpan<int> features = block.RowColumns(entity);
            ReadOnlySpan<float> values = block.RowValues(entity);
            for (int j = 0; j < features.Length; j++)
            {
                score += (double)WeightOf(features[j]) * values[j];
            }
        }

        for (int order = 2; order <= shape.Order; order++)
        {
            Vector512<float> total = Vector512<float>.Zero;
            for (int lane = 0; lane < stride; lane += Lanes)
            {
                total += Anova(parameters.Factors, rows, row, start + shape.StartOf(order) + lane, order, polynomial);
            }

            score += Lanes16.Sum(total);
        }

        GC.KeepAlive(parameters);
        return score;

        float WeightOf(int feature) => isMean ? parameters.Factors.Row(feature)[shape.MeanWeight] : parameters.Weights[feature];
    }

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
