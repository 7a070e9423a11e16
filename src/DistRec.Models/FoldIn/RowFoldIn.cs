using System.Text.Json;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ItemWeights;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;
using DistRec.Models.Popularity;
using DistRec.Models.Settings;

namespace DistRec.Models.FoldIn;

/// <summary>
/// Fits rows of one side by their ratings alone, the other side fixed: by the row step or the row's part of the descent of training, and where that
/// is not to be had as the most likely row among the trained ones. What <see cref="UserFoldIn"/> and <see cref="ItemFoldIn"/> share.
/// </summary>
internal sealed class RowFoldIn
{
    // Deviations of a rating, as shares of the scale.
    private const double UsualNoise = 0.25;
    private const double MinNoise = 0.01;
    private const int UsualEpochs = 30;
    private const int MaxEpochs = 10_000;

    private readonly SavedModel _saved;
    private readonly ModelSides _sides;
    private readonly IRowFitter _fitter;
    private readonly string _place;

    /// <param name="saved">The model; λ, α and what else the formulas need are read from its options, defaults where it has none.</param>
    /// <param name="side">The side that rows are found for.</param>
    /// <param name="place">What messages call the folding in.</param>
    /// <param name="own">What stands in the place of the side's rows, of which a new one is taken to be one; null for themselves.</param>
    /// <exception cref="InputException">Rows of the side cannot be told by ratings alone.</exception>
    public RowFoldIn(SavedModel saved, Side side, string place, (float[] Biases, FactorTable? Factors)? own = null)
    {
        _saved = saved;
        _place = place;
        FactorModel model = saved.Model;
        if (model.Link != FmLink.Identity && model.Rank == 0)
        {
            throw InputException.At(
                place, "a model with factors, or one whose answers are ratings", $"{model.Kind} of rank 0, whose answers are probabilities",
                $"ask for {(side == Side.User ? "users" : "items")} of the model, or train fm");
        }

        ModelOptions? options = ModelCatalogue.Find(model.Kind)?.Read(saved.Description.Options, model.Rank);
        MinRating = model.Link == FmLink.Preference ? 0 : options?.MinimumRating ?? -RatingLimits.Magnitude;
        _sides = new ModelSides(model, side, saved.Counts, own);
        _fitter = options switch
        {
            { NeighborLists: { } lists, MovesRows: false } when side == Side.Item => new NeighborItemFitter(saved, lists, _sides),
            ItemWeightOptions => new NothingFitter(),
            TopPopularOptions popular => new SolverFitter(popular.CreateSolver(), _sides),
            _ when model.Link != FmLink.Identity => new ChoiceFitter(_sides, saved.Description.MinPositive()),
            _ when model.Rank == 0 && options is not FeedbackOptions => new SolverFitter((options as BaselineOptions ?? options?.NeighborLists?.Biases ?? new BaselineOptions()).CreateSolver(), _sides),
            FeedbackOptions feedback => side == Side.User
                ? new FeedbackUserFitter(model, feedback, EpochsOf(saved.Description))
                : new FeedbackItemFitter(
                    model, feedback, EpochsOf(saved.Description), feedback.NeighborLists is { } lists ? new NeighborItemFitter(saved, lists, _sides) : null),
            BpmfOptions bpmf => new PosteriorFitter(_sides, bpmf),
            { Scheme: TrainingScheme.Alternating } => new SolverFitter(options.CreateFoldInSolver(), _sides),
            _ when model.Layers is not null => new LayersFitter(_sides, NoiseVariance()),
            _ => new PosteriorFitter(_sides, new BpmfOptions { Precision = (float)(1 / NoiseVariance()) }),
        };
    }

    /// <summary>Smallest rating that the model can be given.</summary>
    public float MinRating { get; }

    /// <summary>The fixed side of the model.</summary>
    public PartitionedFactors Other => _sides.Other;

    /// <summary>Whether a row of the fixed side had training ratings, or features that tell of it: what has neither says nothing of who rated it.</summary>
    public bool IsTrained(int row) => _saved.Model.DescribesCold || _sides.OtherCounts is not { } counts || counts[row] > 0;

    /// <summary>Sorts ratings by the rows that they are of.</summary>
    /// <param name="rows">Rows of the fixed side, in any order.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <exception cref="InputException">A row stands twice, or a rating is out of range.</exception>
    public (int[] Rows, float[] Ratings) Sort(ReadOnlySpan<int> rows, ReadOnlySpan<float> ratings)
    {
        bool isUser = _sides.Side == Side.User;
        (string what, IdMap ids) = isUser ? ("item", _saved.Items) : ("user", _saved.Users);
        if (rows.Length != ratings.Length)
        {
            throw new ArgumentException($"expected a rating for each of {rows.Length} {what}s, found {ratings.Length}", nameof(ratings));
        }

        int[] sortedRows = rows.ToArray();
        float[] sortedRatings = ratings.ToArray();
        Array.Sort(sortedRows, sortedRatings);
        for (int t = 0; t < sortedRows.Length; t++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sortedRows[t], nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sortedRows[t], ids.Count, nameof(rows));
            if (t > 0 && sortedRows[t] == sortedRows[t - 1])
            {
                throw InputException.At(_place, $"each {what} once", $"{what} \"{ids[sortedRows[t]]}\" twice", "keep one of its ratings");
            }

            CheckRating(sortedRatings[t], $"{what} \"{ids[sortedRows[t]]}\"");
        }

        return (sortedRows, sortedRatings);
    }

    /// <summary>Refuses a rating that the model has no form for.</summary>
    /// <param name="rating">The rating.</param>
    /// <param name="of">Whose it is, for the message.</param>
    /// <exception cref="InputException">It is out of range.</exception>
    public void CheckRating(float rating, string of)
    {
        if (!(rating >= MinRating && rating <= RatingLimits.Magnitude))
        {
            throw InputException.At(
                $"{_place}: {of}", $"a rating from {MinRating:#,0} to {RatingLimits.Magnitude:#,0} for {_saved.Model.Kind}", $"{rating}", "correct it");
        }
    }

    /// <summary>Fits a row.</summary>
    /// <param name="row">Its ratings, at least one, over the rows of <paramref name="other"/>.</param>
    /// <param name="other">The fixed side: <see cref="Other"/>, with rows behind it that the model does not have.</param>
    /// <exception cref="NumericalException">The row is not finite.</exception>
    public RowFit Fit(RatingMatrix row, PartitionedFactors other)
    {
        RowFit fit = _fitter.Fit(row, other);
        return float.IsFinite(fit.Bias) && FiniteCheck.IndexOfNonFinite(fit.Factors) < 0
            ? fit
            : throw new NumericalException(
                $"{_place}: the {(_sides.Side == Side.User ? "user" : "item")}'s factors are not finite; check that the ratings are of the size that the model was trained on");
    }

    // The epoch whose tables the model has.
    private static int EpochsOf(ModelDescription description)
    {
        double epochs = description.Metrics.TryGetValue("bestEpoch", out double best) && best is >= 1 and <= MaxEpochs ? best
            : description.Options.TryGetValue("epochs", out JsonElement given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble()
            : UsualEpochs;
        return (int)Math.Clamp(epochs, 1, MaxEpochs);
    }

    // The mean squared error of the training ratings in the model's units, by the description or counted again.
    private double NoiseVariance()
    {
        FactorModel model = _saved.Model;
        double range = (model.Scale.Maximum - model.Scale.Minimum) / model.Unit;
        double variance = UsualNoise * UsualNoise * range * range;
        if (_saved.Description.Metrics.TryGetValue("trainRmse", out double rmse))
        {
            variance = rmse * rmse / model.Unit / model.Unit;
        }
        else if (_saved.Ratings is { Count: > 0 } ratings)
        {
            PartitionedFactors items = new([0, model.ItemBiases.Length], [model.ItemFactors!], [model.ItemBiases]);
            ErrorSums errors = PartitionErrors.Compute(
                ratings, model.UserFactors!, model.UserBiases, items, new TableSection(0, model.Rank), model.Units, model.Scale, 0, ratings.RowCount,
                layers: model.Layers);
            variance = errors.Rmse * errors.Rmse;
        }

        // A model that repeats its training ratings exactly does not know new ones exactly.
        return Math.Max(variance, MinNoise * MinNoise * Math.Max(1, range * range));
    }
}
