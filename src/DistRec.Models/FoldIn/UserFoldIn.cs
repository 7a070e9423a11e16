using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.ImplicitAls;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>
/// Takes users into a trained model by their ratings alone, items fixed: by the row step or the user's part of the descent of training, and where
/// that is not to be had as the most likely user among the trained ones. Safe for any number of threads.
/// </summary>
public sealed class UserFoldIn
{
    // Deviations of a rating, as shares of the scale.
    private const double UsualNoise = 0.25;
    private const double MinNoise = 0.01;

    private readonly SavedModel _saved;
    private readonly IUserFitter _fitter;

    /// <param name="saved">The model; λ, α and what else the formulas need are read from its options, defaults where it has none.</param>
    public UserFoldIn(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        FactorModel model = saved.Model;
        if (model.Link != FmLink.Identity && model.Rank == 0)
        {
            throw InputException.At(
                "fold-in", "a model with factors, or one whose answers are ratings", $"{model.Kind} of rank 0, whose answers are probabilities",
                "ask for users of the model, or train fm");
        }

        TrainedOptions options = new(saved.Description);
        MinRating = model.Kind == ModelKinds.Nmf ? 0 : !model.IsImplicit ? -RatingLimits.Magnitude : options.ImplicitAls(model.Rank).ConfidenceGiven ? 1 : 0;
        _fitter = model.Kind switch
        {
            _ when model.Link != FmLink.Identity => new ChoiceFitter(model, saved.Description.MinPositive(), saved.Counts),
            _ when model.Rank == 0 => new RowFitter(new BaselineSolver(options.Baseline()), model),
            _ when model.Feedback is not null => new FeedbackFitter(model, options.Feedback(model.Feedback.Form, model.Rank), options.Epochs()),
            ModelKinds.Als => new RowFitter(new AlsSolver(options.Als(model.Rank)), model),
            ModelKinds.ImplicitAls => new RowFitter(new ImplicitAlsSolver(options.ImplicitAls(model.Rank)), model),
            ModelKinds.Nmf => new RowFitter(new NmfSolver(options.Nmf(model.Rank)), model),
            ModelKinds.Bpmf => new PosteriorFitter(model, options.Bpmf(model.Rank), saved.Counts),
            _ => new PosteriorFitter(model, new BpmfOptions { Precision = (float)(1 / NoiseVariance()) }, saved.Counts),
        };
    }

    /// <summary>Smallest rating that the model can be given.</summary>
    public float MinRating { get; }

    /// <summary>Fits a new user.</summary>
    /// <param name="items">Indices of items, in any order, each once.</param>
    /// <param name="ratings">Their ratings: confidences or counts for a model of interactions.</param>
    /// <exception cref="InputException">None of the items was trained, one stands twice, or a rating is out of range.</exception>
    public FoldedUser Fit(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        if (items.Length != ratings.Length)
        {
            throw new ArgumentException($"expected a rating for each of {items.Length} items, found {ratings.Length}", nameof(ratings));
        }

        int[] sortedItems = items.ToArray();
        float[] sortedRatings = ratings.ToArray();
        Array.Sort(sortedItems, sortedRatings);
        Check(sortedItems, sortedRatings);

        // Items without training ratings have no meaningful factors, unless features describe them: they are known as seen, and nothing else.
        int[] trained = [.. Enumerable.Range(0, sortedItems.Length).Where(t => _saved.Model.DescribesCold || _saved.Counts is not { } counts || counts.Items[sortedItems[t]] > 0)];
        if (trained.Length == 0)
        {
            throw InputException.At("fold-in", "at least one rating of an item that the model was trained on", $"none among {items.Length}", "rate items of items.ids in the model's folder");
        }

        RatingMatrix row = new(
            _saved.Items.Count, [0, trained.Length], [.. trained.Select(t => sortedItems[t])], [.. trained.Select(t => sortedRatings[t])]);
        UserFit fit = _fitter.Fit(row);
        return float.IsFinite(fit.Bias) && FiniteCheck.IndexOfNonFinite(fit.Factors) < 0
            ? new FoldedUser(sortedItems, row, fit)
            : throw new NumericalException("fold-in: the user's factors are not finite; check that the ratings are of the size that the model was trained on");
    }

    /// <summary>Fits a known user again, whose training ratings are extended, and where both have a rating, overridden.</summary>
    /// <param name="user">Index of the user.</param>
    /// <param name="items">Indices of items, in any order, each once.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <exception cref="InputException">As <see cref="Fit"/>, or the model was saved without its training ratings.</exception>
    public FoldedUser Refit(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        RatingMatrix known = _saved.Ratings ?? throw InputException.At(
            "fold-in", "the training ratings, to extend the user's own", "a model saved without them", "leave the user out and give all ratings");
        HashSet<int> given = [.. items];
        int[] kept = [.. Enumerable.Range(0, known.RowLength(user)).Where(t => !given.Contains(known.RowColumns(user)[t]))];
        return Fit(
            [.. items, .. kept.Select(t => known.RowColumns(user)[t])],
            [.. ratings, .. kept.Select(t => known.RowValues(user)[t])]);
    }

    // The mean squared error of the training ratings, by the description or counted again.
    private double NoiseVariance()
    {
        FactorModel model = _saved.Model;
        double range = model.Scale.Maximum - model.Scale.Minimum;
        double variance = UsualNoise * UsualNoise * range * range;
        if (_saved.Description.Metrics.TryGetValue("trainRmse", out double rmse))
        {
            variance = rmse * rmse;
        }
        else if (_saved.Ratings is { Count: > 0 } ratings)
        {
            PartitionedFactors items = new([0, model.ItemBiases.Length], [model.ItemFactors!], [model.ItemBiases]);
            ErrorSums errors = PartitionErrors.Compute(
                ratings, model.UserFactors!, model.UserBiases, items, new TableSection(0, model.Rank), model.Intercept, model.Scale, 0, ratings.RowCount);
            variance = errors.Rmse * errors.Rmse;
        }

        // A model that repeats its training ratings exactly does not know new ones exactly.
        return Math.Max(variance, MinNoise * MinNoise * Math.Max(1, range * range));
    }

    private void Check(int[] items, float[] ratings)
    {
        for (int t = 0; t < items.Length; t++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(items[t], nameof(items));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(items[t], _saved.Items.Count, nameof(items));
            if (t > 0 && items[t] == items[t - 1])
            {
                throw InputException.At("fold-in", "each item once", $"item \"{_saved.Items[items[t]]}\" twice", "keep one of its ratings");
            }

            if (!(ratings[t] >= MinRating && ratings[t] <= RatingLimits.Magnitude))
            {
                throw InputException.At(
                    $"fold-in: item \"{_saved.Items[items[t]]}\"", $"a rating from {MinRating:#,0} to {RatingLimits.Magnitude:#,0} for {_saved.Model.Kind}", $"{ratings[t]}", "correct it");
            }
        }
    }
}
