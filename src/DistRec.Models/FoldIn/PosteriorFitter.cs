using DistRec.Models.Bayesian;

namespace DistRec.Models.FoldIn;

/// <summary>
/// The mean and the variances of a user's posterior over items at their means, by the row draw of <c>bpmf</c>.
/// </summary>
internal sealed class PosteriorFitter : IUserFitter
{
    private readonly FactorModel _model;
    private readonly BpmfOptions _options;
    private readonly UserPrior _prior;
    private readonly BpmfShared _shared;

    /// <param name="model">The model.</param>
    /// <param name="options">Precision of a rating, and strength of the prior of the prior.</param>
    /// <param name="counts">Tells users with training ratings from others, where known.</param>
    public PosteriorFitter(FactorModel model, BpmfOptions options, InteractionCounts? counts)
    {
        _model = model;
        _prior = new UserPrior(model, options.PriorStrength, counts);
        _options = options with { Rank = _prior.Width, BurnIn = 0 };
        _shared = new BpmfShared(_prior.Normal, options.Precision);
    }

    public UserFit Fit(RatingMatrix user)
    {
        ReadOnlySpan<int> items = user.RowColumns(0);
        float[] rest = user.RowValues(0).ToArray();
        int width = BpmfTables.WidthOf(_options.Rank);

        // Means stand where training has the newest draw.
        FactorTable means = new(items.Length, width);
        double[,] precision = (double[,])_prior.Normal.Precision.Clone();
        for (int t = 0; t < items.Length; t++)
        {
            Span<float> row = means.Row(t)[.._options.Rank];
            _prior.Join(_model.ItemFactors!.Row(items[t]), 1, row);
            rest[t] -= _model.ItemBiases[items[t]];
            if (_model.Spread is not null)
            {
                AddProduct(precision, row, _options.Precision);
            }
        }

        FactorTable found = new(1, width);
        RowRound round = new(
            Side.User,
            new RatingMatrix(items.Length, [0, items.Length], [.. Enumerable.Range(0, items.Length)], rest),
            new PartitionedFactors([0, items.Length], [means], [new float[items.Length]]),
            _model.Intercept)
        {
            Previous = new FactorTable(1, width),
            Shared = _shared,
        };
        new BpmfKernel(_options).DrawRows(round, 0, 1, found, new RowLoss[1]);
        TableSection section = BpmfTables.MeansOf(_options.Rank);
        ReadOnlySpan<float> mean = found.Row(0).Slice(section.First, section.Count);
        return new UserFit(_prior.HasBias ? mean[_model.Rank] : 0, mean[.._model.Rank].ToArray(), _model.Spread is null ? null : VariancesOf(precision));
    }

    private float[] VariancesOf(double[,] precision)
    {
        double[,] covariance = NormalWishart.Invert(precision);
        return [.. Enumerable.Range(0, _model.Rank).Select(j => (float)covariance[j, j])];
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
