using DistRec.Models.Bayesian;
using DistRec.Models.Neural;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FoldIn;

/// <summary>
/// A row of <c>mlp</c>, the layers and the other side fixed: the most likely one among those of its side, by Gauss-Newton steps. Each
/// step takes what the layers give for what it
/// is near the row so far, f_j + g_jᵀ(x − x₀), and solves (Λ + α Σ g_j g_jᵀ) x = Λμ + α Σ g_j (t_j − f_j + g_jᵀx₀); of a step that does
/// not bring the loss down only a half is taken, or half
/// of that.
/// </summary>
internal sealed class LayersFitter : IRowFitter
{
    private const int MaxSteps = 30;
    private const int MaxHalvings = 8;
    private const double Settled = 1e-6;

    private readonly ModelSides _sides;
    private readonly DenseLayers _layers;
    private readonly RowPrior _prior;
    private readonly BpmfShared _shared;
    private readonly double _precision;

    /// <param name="sides">A model with layers.</param>
    /// <param name="noiseVariance">1/α, in the model's units.</param>
    public LayersFitter(ModelSides sides, double noiseVariance)
    {
        _sides = sides;
        _layers = sides.Model.Layers!;
        _precision = 1 / noiseVariance;
        _prior = new RowPrior(sides, new BpmfOptions { PriorVariance = VarianceOf(sides.OwnFactors!) });
        _shared = new BpmfShared(_prior.Normal, _prior.Width, _precision);
    }

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        int[] columns = row.RowColumns(0).ToArray();
        float[] targets = [.. row.RowValues(0).ToArray().Select(_sides.Model.Units.TargetOf)];
        float[] at = [.. _prior.Normal.Mean.Select(mean => (float)mean)];
        double loss = LossOf(columns, targets, other, at);
        for (int step = 0; step < MaxSteps; step++)
        {
            float[] next = Solve(columns, targets, other, at);
            float[] moved = next;
            double share = 1, reached = LossOf(columns, targets, other, moved);
            for (int halving = 0; !(reached <= loss) && halving < MaxHalvings; halving++)
            {
                share /= 2;
                moved = [.. at.Zip(next, (from, to) => (float)(from + (share * (to - from))))];
                reached = LossOf(columns, targets, other, moved);
            }

            if (!(reached < loss))
            {
                break;
            }

            bool isSettled = loss - reached <= Settled * loss;
            (at, loss) = (moved, reached);
            if (isSettled)
            {
                break;
            }
        }

        int rank = _sides.Model.Rank;
        return new RowFit(_prior.HasBias ? at[rank] : 0, at[..rank]);
    }

    private float[] Solve(int[] columns, float[] targets, PartitionedFactors other, float[] at)
    {
        NormalEquation equation = new(_prior.Width);
        equation.Reset(_shared.Matrix);
        int filled = 0;
        float[] slopes = new float[2 * (_sides.Model.Rank + 1)];
        for (int t = 0; t < columns.Length; t++)
        {
            float score = Score(columns[t], other, at, slopes);
            ReadOnlySpan<float> own = slopes.AsSpan(_sides.Side == Side.User ? 0 : slopes.Length / 2, slopes.Length / 2);
            Span<float> to = equation.TileRow(filled)[.._prior.Width];
            _prior.Join(own[..^1], own[^1], to);
            equation.Targets[filled] = targets[t] - score + Dot.Compute(to, at);
            if (++filled == equation.TileCapacity || t == columns.Length - 1)
            {
                equation.AddTile(filled);
                filled = 0;
            }
        }

        Accumulate.Add(equation.RightSide, _shared.RightSide);
        float[] solution = new float[equation.Stride];
        return equation.TrySolve(0, -1, solution, out _)
            ? solution[.._prior.Width]
            : throw new NumericalException(
                "a new row's posterior is not positive definite; check that its ratings are of the size that the model was trained on");
    }

    // −2 ln p(x | ratings), but for a constant.
    private double LossOf(int[] columns, float[] targets, PartitionedFactors other, float[] at)
    {
        double loss = 0;
        for (int t = 0; t < columns.Length; t++)
        {
            double error = targets[t] - Score(columns[t], other, at, []);
            loss += _precision * error * error;
        }

        (double[] mean, double[,] precision) = _prior.Normal;
        for (int i = 0; i < at.Length; i++)
        {
            for (int j = 0; j < at.Length; j++)
            {
                loss += (at[i] - mean[i]) * precision[i, j] * (at[j] - mean[j]);
            }
        }

        return loss;
    }

    private float Score(int column, PartitionedFactors other, float[] at, Span<float> slopes)
    {
        int rank = _sides.Model.Rank;
        float bias = _prior.HasBias ? at[rank] : 0;
        ReadOnlySpan<float> own = at.AsSpan(0, rank), its = other.FactorsOf(column);
        return (_sides.Side == Side.User, slopes.IsEmpty) switch
        {
            (true, true) => _layers.Score(bias, own, other.BiasOf(column), its),
            (true, false) => _layers.Score(bias, own, other.BiasOf(column), its, slopes),
            (false, true) => _layers.Score(other.BiasOf(column), its, bias, own),
            (false, false) => _layers.Score(other.BiasOf(column), its, bias, own, slopes),
        };
    }

    // Embeddings that layers take in may be of any size, and the prior of their prior is to say little.
    private static float VarianceOf(FactorTable factors)
    {
        double sum = 0;
        for (int row = 0; row < factors.Rows; row++)
        {
            sum += Dot.Double(factors.Row(row), factors.Row(row));
        }

        return (float)Math.Max(sum / Math.Max(1, (long)factors.Rows * factors.Rank), 1e-12);
    }
}
