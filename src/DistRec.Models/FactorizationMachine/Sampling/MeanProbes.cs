using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// How exact the mean over samples is: its standard error on some rows of features, whose block rows are drawn apart from each other and as
/// often as training rows have them, so that hardly any is a training row.
/// </summary>
/// <remarks>
/// Of a mean m_t over t samples whose mean over the first s was m_s, the variance is about s/(t − s) that of m_t − m_s, however long a sample hangs on those
/// before it, as long as that is short beside t − s (batch means; Flegal, Jones, "Batch means and spectral variance estimators in Markov chain Monte
/// Carlo", 2010). Means are compared when there are half as many samples again as the time before; what was predicted then, and the training error, are kept in the weights of
/// the tables' last rows, since nothing but the tables outlives an epoch. As long as the training error falls the chain has not come to where it stays, however
/// little means differ.
/// </remarks>
internal sealed unsafe class MeanProbes
{
    /// <summary>Rows of the tables that this takes: one for each row of features, and one for the training error.</summary>
    public const int Rows = Count + 1;

    private const int Count = 256;

    // Samples at the first comparison.
    private const int Fewest = 30;

    // Σe² still falls that does by more than this share.
    private const double Falling = 0.002;

    private readonly FmShape _shape;
    private readonly IReadOnlyList<RelationBlock> _blocks;
    private readonly ulong _seed;
    private readonly FactorTable _vector;
    private readonly FactorTable _sum;
    private int[][]? _rows;

    /// <param name="shape">Where parameters and their mean lie.</param>
    /// <param name="blocks">What rows of features are made of.</param>
    /// <param name="seed">Keys which ones.</param>
    public MeanProbes(FmShape shape, IReadOnlyList<RelationBlock> blocks, ulong seed)
    {
        (_shape, _blocks, _seed) = (shape, blocks, seed);
        _vector = new FactorTable(1, Math.Max(shape.MeanWidth, shape.Stride));
        _sum = new FactorTable(1, Math.Max(shape.MeanWidth, shape.Stride));
    }

    /// <summary>Whether the mean is as exact as asked for; false also where it is not yet time to compare.</summary>
    /// <param name="parameters">The mean over <paramref name="samples"/> samples, and the newest one.</param>
    /// <param name="counts">Of each block how many training rows have each of its rows.</param>
    /// <param name="samples">t.</param>
    /// <param name="noise">Variance of the noise.</param>
    /// <param name="squaredErrors">Σe² of this epoch.</param>
    /// <param name="tolerance">Largest standard error, in standard deviations of a target around its mean prediction.</param>
    public bool IsFlat(FmParameters parameters, IReadOnlyList<double[]> counts, int samples, double noise, double squaredErrors, double tolerance)
    {
        int before = 0, next = Fewest;
        while (next < samples)
        {
            (before, next) = (next, next + (next / 2));
        }

        if (next != samples)
        {
            return false;
        }

        _rows ??= [.. counts.Select(Draw)];
        double moved = 0, spread = 0;
        fixed (float* weights = parameters.Weights)
        {
            for (int probe = 0; probe < Count; probe++)
            {
                FactorTable table = parameters.Factors;
                double mean = Predict(parameters, probe, _shape.StateStart, _shape.MeanWidth, table.Pointer + _shape.MeanWeight, table.Stride);
                double drawn = Predict(parameters, probe, 0, _shape.Stride, weights, 1);
                ref float kept = ref parameters.Weights[parameters.Features + 1 + probe];
                moved += (mean - kept) * (mean - kept);
                spread += (mean - drawn) * (mean - drawn);
                kept = (float)mean;
            }
        }

        ref float error = ref parameters.Weights[parameters.Features + 1 + Count];
        bool isFalling = squaredErrors < error * (1 - Falling);
        error = (float)squaredErrors;
        double variance = moved / Count * before / (samples - before);
        return before > 0 && !isFalling && variance < tolerance * tolerance * (noise + (spread / Count));
    }

    private double Predict(FmParameters parameters, int probe, int start, int stride, float* weights, int step)
    {
        FactorTable table = parameters.Factors;
        double prediction = weights[(long)parameters.Features * step];
        Span<float> vector = _vector.Values, sum = _sum.Values;
        sum.Clear();
        for (int block = 0; block < _blocks.Count; block++)
        {
            RatingMatrix matrix = _blocks[block].Rows;
            int row = _rows![block][probe];
            prediction += BlockTerms.Describe(
                matrix.RowColumns(row), matrix.RowValues(row), table.Pointer + start, table.Stride, stride, weights, step, _vector.Pointer);
            for (int factor = 0; factor < stride; factor++)
            {
                prediction += (double)sum[factor] * vector[factor];
                sum[factor] += vector[factor];
            }
        }

        GC.KeepAlive(table); // read by address
        return prediction;
    }

    // Block rows drawn in proportion to counts.
    private int[] Draw(double[] counts, int block)
    {
        double[] ends = new double[counts.Length];
        double total = 0;
        for (int row = 0; row < counts.Length; row++)
        {
            ends[row] = total += counts[row];
        }

        EntityRandom random = new(_seed, RandomPurpose.MeanProbe, block);
        int[] rows = new int[Count];
        foreach (ref int row in rows.AsSpan())
        {
            int found = Array.BinarySearch(ends, random.NextDouble() * total);
            row = found < 0 ? ~found : found + 1;
            while (counts[row] == 0)
            {
                row++; // a draw that fell on the end of a row
            }
        }

        return rows;
    }
}
