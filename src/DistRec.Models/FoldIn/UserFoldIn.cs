using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>
/// Takes users into a trained model by their ratings alone, items fixed: by the row step or the user's part of the descent of training, and where
/// that is not to be had as the most likely user among the trained ones. Safe for any number of threads.
/// </summary>
public sealed class UserFoldIn
{
    private const string Place = "fold-in";

    private readonly SavedModel _saved;
    private readonly RowFoldIn _rows;

    /// <param name="saved">The model; λ, α and what else the formulas need are read from its options, defaults where it has none.</param>
    /// <exception cref="InputException">The model has nothing of a user to fit.</exception>
    public UserFoldIn(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        _rows = new RowFoldIn(saved, Side.User, Place);
    }

    /// <summary>Smallest rating that the model can be given.</summary>
    public float MinRating => _rows.MinRating;

    /// <summary>Fits a new user.</summary>
    /// <param name="items">Indices of items, in any order, each once.</param>
    /// <param name="ratings">Their ratings: confidences or counts for a model of interactions.</param>
    /// <exception cref="InputException">None of the items was trained, one stands twice, or a rating is out of range.</exception>
    public FoldedUser Fit(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        (int[] sorted, float[] values) = _rows.Sort(items, ratings);

        // Items without training ratings have no meaningful factors, unless features describe them: they are known as seen, and nothing else.
        int[] trained = [.. Enumerable.Range(0, sorted.Length).Where(t => _rows.IsTrained(sorted[t]))];
        if (trained.Length == 0)
        {
            throw InputException.At(Place, "at least one rating of an item that the model was trained on", $"none among {items.Length}", "rate items of items.ids in the model's folder");
        }

        RatingMatrix row = new(_saved.Items.Count, [0, trained.Length], [.. trained.Select(t => sorted[t])], [.. trained.Select(t => values[t])]);
        return new FoldedUser(sorted, row, _rows.Fit(row, _rows.Other));
    }

    /// <summary>Fits a known user again, whose training ratings are extended, and where both have a rating, overridden.</summary>
    /// <param name="user">Index of the user.</param>
    /// <param name="items">Indices of items, in any order, each once.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <exception cref="InputException">As <see cref="Fit"/>, or the model was saved without its training ratings.</exception>
    public FoldedUser Refit(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        RatingMatrix known = _saved.Ratings ?? throw InputException.At(
            Place, "the training ratings, to extend the user's own", "a model saved without them", "leave the user out and give all ratings");
        HashSet<int> given = [.. items];
        int[] kept = [.. Enumerable.Range(0, known.RowLength(user)).Where(t => !given.Contains(known.RowColumns(user)[t]))];
        return Fit(
            [.. items, .. kept.Select(t => known.RowColumns(user)[t])],
            [.. ratings, .. kept.Select(t => known.RowValues(user)[t])]);
    }
}
