using DistRec.Models.Bayesian;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FoldIn;

/// <summary>
/// The mean and the variances of a row's posterior over the other side at its means, as <c>bpmf</c> draws rows from.
/// </summary>
internal sealed class PosteriorFitter : IRowFitter
{
    private readonly ModelSides _sides;
    private readonly float _precision;
    private readonly RowPrior _prior;
    private readonly BpmfShared _shared;

    /// <param name="sides">The model.</param>
    /// <param name="options">Precision of a rating, and the prior of the prior.</param>
    public PosteriorFitter(ModelSides sides, BpmfOptions options)
    {
        _sides = sides;
        _precision = options.Precision;
        _prior = new RowPrior(sides, options);
        _shared = new BpmfShared(_prior.Normal, _prior.Width, options.Precision);
    }

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        ReadOnlySpan<int> columns = row.RowColumns(0);
        ReadOnlySpan<float> ratings = row.RowValues(0);
        bool isSampled = _sides.Model.Spread is not null;
        double[,] precision = (double[,])_prior.Normal.Precision.Clone();
        NormalEquation equation = new(_prior.Width);
        equation.Reset(_shared.Matrix);
        int filled = 0;
        for (int t = 0; t < columns.Length; t++)
        {
            Span<float> mean = equation.TileRow(filled)[.._prior.Width];
            _prior.Join(other.FactorsOf(columns[t]), 1, mean);
            equation.Targets[filled] = _sides.Model.Units.TargetOf(ratings[t]) - other.BiasOf(columns[t]);
            if (isSampled)
            {
                AddProduct(precision, mean, _precision);
            }

            if (++filled == equation.TileCapacity || t == columns.Length - 1)
            {
                equation.AddTile(filled);
                filled = 0;
            }
        }

        Accumulate.Add(equation.RightSide, _shared.RightSide);
        float[] solution = new float[equation.Stride];
        if (!equation.TrySolve(0, -1, solution, out _))
        {
            throw new NumericalException(
                "a new row's posterior is not positive definite; check that its ratings are of the size that the model was trained on");
        }

        int rank = _sides.Model.Rank;
        return new RowFit(_prior.HasBias ? solution[rank] : 0, solution[..rank], isSampled ? VariancesOf(precision) : null);
    }

    // Of the factors, and last of the bias.
    private float[] VariancesOf(double[,] precision)
    {
        double[,] covariance = NormalWishart.Invert(precision);
        return [.. Enumerable.Range(0, _sides.Model.Rank + 1).Select(j => j < _prior.Width ? (float)covariance[j, j] : 0)];
    }

    private static void AddProduct(double[,] matrix, ReadOnlySpan<float> vector, double weight)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            for (int j = 0; j < vector.Length; j++)
            {
                matrix[i, j] += weight * vector[i] * vector[j];
            }
        }
    }
}
