using DistRec.Data;
using DistRec.Models.Bayesian;
using DistRec.Numerics.Linear;

namespace DistRec.Models.FoldIn;

/// <summary>
/// The mean and the variances of a user's posterior over items at their means, by the row draw of <c>bpmf</c>. Its prior is what all users
/// together make of the users' prior, at the mean of [SM08], equation 14, in place of a draw of it. Where a model has biases, b_u is one more
/// factor, of which every item has 1.
/// </summary>
internal sealed class PosteriorFitter : IUserFitter
{
    private readonly FactorModel _model;
    private readonly BpmfOptions _options;
    private readonly NormalPrior _prior;
    private readonly BpmfShared _shared;
    private readonly bool _hasBias;

    /// <param name="model">The model.</param>
    /// <param name="options">Precision of a rating, and strength of the prior of the prior.</param>
    /// <param name="counts">Tells users with training ratings from others, where known.</param>
    public PosteriorFitter(FactorModel model, BpmfOptions options, InteractionCounts? counts)
    {
        _model = model;
        _hasBias = Array.Exists(model.UserBiases, bias => bias != 0);
        _options = options with { Rank = model.Rank + (_hasBias ? 1 : 0), BurnIn = 0 };
        _prior = PriorOf(counts).Expected();
        _shared = new BpmfShared(_prior, options.Precision);
    }

    public UserFit Fit(RatingMatrix user)
    {
        ReadOnlySpan<int> items = user.RowColumns(0);
        float[] rest = user.RowValues(0).ToArray();
        int width = BpmfTables.WidthOf(_options.Rank);

        // Means stand where training has the newest draw.
        FactorTable means = new(items.Length, width);
        double[,] precision = (double[,])_prior.Precision.Clone();
        for (int t = 0; t < items.Length; t++)
        {
            Span<float> row = means.Row(t)[.._options.Rank];
            Join(_model.ItemFactors!.Row(items[t]), 1, row);
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
        return new UserFit(_hasBias ? mean[_model.Rank] : 0, mean[.._model.Rank].ToArray(), _model.Spread is null ? null : VariancesOf(precision));
    }

    private NormalWishart PriorOf(InteractionCounts? counts)
    {
        int[] trained = [.. Enumerable.Range(0, _model.UserBiases.Length).Where(user => counts is null || counts.Users[user] > 0)];
        FactorTable users = new(trained.Length, _options.Rank);
        double[] variances = new double[_options.Rank];
        for (int index = 0; index < trained.Length; index++)
        {
            Join(_model.UserFactors!.Row(trained[index]), _model.UserBiases[trained[index]], users.Row(index));
            ReadOnlySpan<float> around = _model.Spread is { } spread ? spread.UserVariances.Row(trained[index]) : [];
            for (int j = 0; j < around.Length; j++)
            {
                variances[j] += around[j];
            }
        }

        MomentSums moments = new(_options.Rank);
        moments.Add(users, 0, users.Rows);
        NormalWishart posterior = NormalWishart.After(RowRound.Require(moments), _options.PriorStrength);

        // E[p pᵀ] of a user is that of the means and the variances around them.
        for (int j = 0; j < variances.Length; j++)
        {
            posterior.InverseScale[j, j] += variances[j];
        }

        return posterior;
    }

    private void Join(ReadOnlySpan<float> factors, float last, Span<float> row)
    {
        factors.CopyTo(row);
        if (_hasBias)
        {
            row[^1] = last;
        }
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
