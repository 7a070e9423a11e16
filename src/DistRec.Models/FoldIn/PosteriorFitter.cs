using DistRec.Models.Bayesian;

namespace DistRec.Models.FoldIn;

/// <summary>
/// The mean and the variances of a row's posterior over the other side at its means, by the row draw of <c>bpmf</c>.
/// </summary>
internal sealed class PosteriorFitter : IRowFitter
{
    private readonly ModelSides _sides;
    private readonly BpmfOptions _options;
    private readonly RowPrior _prior;
    private readonly BpmfShared _shared;

    /// <param name="sides">The model.</param>
    /// <param name="options">Precision of a rating, and strength of the prior of the prior.</param>
    public PosteriorFitter(ModelSides sides, BpmfOptions options)
    {
        _sides = sides;
        _prior = new RowPrior(sides, options.PriorStrength);
        _options = options with { Rank = _prior.Width, BurnIn = 0 };
        _shared = new BpmfShared(_prior.Normal, options.Precision);
    }

    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        ReadOnlySpan<int> columns = row.RowColumns(0);
        float[] rest = row.RowValues(0).ToArray();
        int width = BpmfTables.WidthOf(_options.Rank);
        bool isSampled = _sides.Model.Spread is not null;

        // Means stand where training has the newest draw.
        FactorTable means = new(columns.Length, width);
        double[,] precision = (double[,])_prior.Normal.Precision.Clone();
        for (int t = 0; t < columns.Length; t++)
        {
            Span<float> mean = means.Row(t)[.._options.Rank];
            _prior.Join(other.FactorsOf(columns[t]), 1, mean);
            rest[t] = _sides.Model.Units.TargetOf(rest[t]) - other.BiasOf(columns[t]);
            if (isSampled)
            {
                AddProduct(precision, mean, _options.Precision);
            }
        }

        FactorTable found = new(1, width);
        RowRound round = new(
            _sides.Side,
            new RatingMatrix(columns.Length, [0, columns.Length], [.. Enumerable.Range(0, columns.Length)], rest),
            new PartitionedFactors([0, columns.Length], [means], [new float[columns.Length]]),
            RatingUnits.None)
        {
            Previous = new FactorTable(1, width),
            Shared = _shared,
        };
        new BpmfKernel(_options).DrawRows(round, 0, 1, found, new RowLoss[1]);
        TableSection section = BpmfTables.MeansOf(_options.Rank);
        ReadOnlySpan<float> solution = found.Row(0).Slice(section.First, section.Count);
        int rank = _sides.Model.Rank;
        return new RowFit(_prior.HasBias ? solution[rank] : 0, solution[..rank].ToArray(), isSampled ? VariancesOf(precision) : null);
    }

    private float[] VariancesOf(double[,] precision)
    {
        double[,] covariance = NormalWishart.Invert(precision);
        return [.. Enumerable.Range(0, _sides.Model.Rank).Select(j => (float)covariance[j, j])];
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
