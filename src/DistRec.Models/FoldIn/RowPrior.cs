using DistRec.Models.Bayesian;

namespace DistRec.Models.FoldIn;

/// <summary>
/// What all rows of a side together say of one that is new: the side's prior at the mean of [SM08], equation 14, in place of a draw of it.
/// Where the side has biases, the bias is one more factor, of which every row of the other side has 1.
/// </summary>
internal sealed class RowPrior
{
    private readonly int _rank;

    /// <param name="sides">The model.</param>
    /// <param name="prior">The prior of the prior.</param>
    public RowPrior(ModelSides sides, BpmfOptions prior)
    {
        _rank = sides.Model.Rank;
        HasBias = Array.Exists(sides.OwnBiases, bias => bias != 0);
        Normal = PriorOf(sides, prior).Expected();
    }

    /// <summary>Whether the bias is one more factor.</summary>
    public bool HasBias { get; }

    /// <summary>Factors, the bias among them.</summary>
    public int Width => _rank + (HasBias ? 1 : 0);

    /// <summary>The prior.</summary>
    public NormalPrior Normal { get; }

    /// <summary>Puts factors and, where there are biases, what goes with them into one row.</summary>
    public void Join(ReadOnlySpan<float> factors, float last, Span<float> row)
    {
        factors.CopyTo(row);
        if (HasBias)
        {
            row[^1] = last;
        }
    }

    private NormalWishart PriorOf(ModelSides sides, BpmfOptions prior)
    {
        int[] trained = [.. Enumerable.Range(0, sides.OwnBiases.Length).Where(row => sides.OwnCounts is null || sides.OwnCounts[row] > 0)];
        FactorTable rows = new(trained.Length, Width);
        double[] variances = new double[Width];
        for (int index = 0; index < trained.Length; index++)
        {
            Join(sides.OwnFactors!.Row(trained[index]), sides.OwnBiases[trained[index]], rows.Row(index));
            ReadOnlySpan<float> around = sides.OwnVariances is { } own ? own.Row(trained[index]) : [];
            for (int j = 0; j < Math.Min(around.Length, Width); j++)
            {
                variances[j] += around[j];
            }
        }

        MomentSums moments = new(Width);
        moments.Add(rows, 0, rows.Rows);
        NormalWishart posterior = NormalWishart.After(
            RowRound.Require(moments), [.. Enumerable.Range(0, Width)], prior.PriorStrength, prior.PriorVariance);

        // E[p pᵀ] of a row is that of the means and the variances around them.
        for (int j = 0; j < variances.Length; j++)
        {
            posterior.InverseScale[j, j] += variances[j];
        }

        return posterior;
    }
}
