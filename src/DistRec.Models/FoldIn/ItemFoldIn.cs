using DistRec.Models.FactorizationMachine;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;

namespace DistRec.Models.FoldIn;

/// <summary>
/// Takes items into a trained model by their ratings alone, users fixed: by the row step or the item's part of the descent of training, and where
/// that is not to be had as the most likely item among the trained ones. Safe for any number of threads.
/// </summary>
public sealed class ItemFoldIn
{
    private const string Place = "item fold-in";

    private readonly SavedModel _saved;
    private readonly RowFoldIn _rows;
    private readonly Lazy<RowFoldIn> _rests;

    /// <param name="saved">The model; λ, α and what else the formulas need are read from its options, defaults where it has none.</param>
    /// <exception cref="InputException">The model has nothing of an item to fit.</exception>
    public ItemFoldIn(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;

        // What such a model knows of an item is in good part who did not take to it, which ratings of the item alone cannot tell.
        if (saved.Model.Link == FmLink.Preference)
        {
            throw InputException.At(Place, "a model whose answers are ratings, probabilities or preferences of each item by itself", $"{saved.Model.Kind} that orders items", "train again with the item, or train als-implicit");
        }

        _rows = new RowFoldIn(saved, Side.Item, Place);
        _rests = new Lazy<RowFoldIn>(() => new RowFoldIn(saved, Side.Item, Place, RestsOf(saved)));
    }

    /// <summary>Smallest rating that the model can be given.</summary>
    public float MinRating => _rows.MinRating;

    /// <summary>Whether ratings by a user of the model tell of an item: training saw the user, or features tell of it.</summary>
    /// <param name="user">Index of the user.</param>
    public bool CanUse(int user) => _rows.IsTrained(user);

    /// <summary>Fits a new item.</summary>
    /// <param name="users">Indices of users of the model who have rated it, in any order, each once; their rows are as training left them.</param>
    /// <param name="ratings">Their ratings: confidences or counts for a model of interactions.</param>
    /// <param name="others">Ratings of users who were folded into this model, each once and none of those; sums run in this order.</param>
    /// <exception cref="InputException">None of the users was trained or folded in, one stands twice, or a rating is out of range.</exception>
    public FoldedItem Fit(ReadOnlySpan<int> users, ReadOnlySpan<float> ratings, params ReadOnlySpan<(FoldedUser User, float Rating)> others)
    {
        (int[] sorted, float[] values) = _rows.Sort(users, ratings);
        List<int> columns = [];
        List<float> fitted = [];
        for (int t = 0; t < sorted.Length; t++)
        {
            // Users without training ratings have no meaningful factors, unless features describe them.
            if (_rows.IsTrained(sorted[t]))
            {
                columns.Add(sorted[t]);
                fitted.Add(values[t]);
            }
        }

        for (int index = 0; index < others.Length; index++)
        {
            _rows.CheckRating(others[index].Rating, "a user who was folded in");
            columns.Add(_saved.Users.Count + index);
            fitted.Add(others[index].Rating);
        }

        if (columns.Count == 0)
        {
            throw InputException.At(Place, "at least one rating by a user whom the model was trained on", $"none among {users.Length}", "wait for ratings of users.ids in the model's folder, or fold their users in first");
        }

        PartitionedFactors other = With(others);
        RatingMatrix row = new(other.Starts[^1], [0, columns.Count], [.. columns], [.. fitted]);
        return new FoldedItem(sorted, row, _rows.Fit(row, other));
    }

    /// <summary>
    /// Fits a new item that features tell of. Its row is that of its features and a rest, which is fitted to the ratings less what the
    /// features come to, as another row is to its ratings; the rests of the model's items, their rows less those of their features, say
    /// what a rest is like.
    /// </summary>
    /// <param name="described">The row of its features, by <see cref="FeatureFoldIn"/>.</param>
    /// <param name="users">Indices of users of the model who have rated it, in any order, each once.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <exception cref="InputException">There is no rating, a user stands twice, or a rating is out of range.</exception>
    public FoldedItem FitFrom(FoldedItem described, ReadOnlySpan<int> users, ReadOnlySpan<float> ratings)
    {
        ArgumentNullException.ThrowIfNull(described);
        if (users.Length == 0)
        {
            throw InputException.At(Place, "at least one rating", "none", "its features alone are its row");
        }

        // What features come to is put into the biases of those who rated.
        (int[] sorted, float[] values) = _rows.Sort(users, ratings);
        FactorTable factors = new(sorted.Length, _saved.Model.Rank);
        float[] biases = new float[sorted.Length];
        for (int t = 0; t < sorted.Length; t++)
        {
            ReadOnlySpan<float> user = _rows.Other.FactorsOf(sorted[t]);
            user.CopyTo(factors.Row(t));
            biases[t] = (float)(_rows.Other.BiasOf(sorted[t]) + described.Bias + FactorScore.Product(user, described.Factors.Span));
        }

        int[] all = [.. Enumerable.Range(0, sorted.Length)];
        PartitionedFactors other = new([0, sorted.Length], [factors], [biases]);
        RowFit rest = _rests.Value.Fit(new RatingMatrix(sorted.Length, [0, sorted.Length], all, values), other);
        float[] found = [.. rest.Factors.Zip(described.Factors.ToArray(), (own, of) => own + of)];
        RatingMatrix row = new(_saved.Users.Count, [0, sorted.Length], sorted, values);
        return new FoldedItem(sorted, row, new RowFit(described.Bias + rest.Bias, found));
    }

    // Of items of which nothing is known the mean row is taken for that of their features.
    private static (float[] Biases, FactorTable? Factors) RestsOf(SavedModel saved)
    {
        FactorModel model = saved.Model;
        FeatureFoldIn features = new(saved);
        (float meanBias, float[] meanFactors) = MeanRowOf(saved);
        float[] biases = new float[saved.Items.Count];
        FactorTable? factors = model.ItemFactors is null ? null : new FactorTable(saved.Items.Count, model.Rank);
        Parallel.For(0, biases.Length, item =>
        {
            Dictionary<string, IReadOnlyList<string>> texts =
                saved.Attributes.All.ToDictionary(attribute => attribute.Name, attribute => attribute.TextsOf(item));
            FoldedItem? described = features.DescribeItem(texts, saved.TitleOf(item)).Row;
            ReadOnlySpan<float> beside = described is null ? meanFactors : described.Factors.Span;
            biases[item] = model.ItemBiases[item] - (described?.Bias ?? meanBias);
            for (int factor = 0; factor < model.Rank; factor++)
            {
                factors!.Row(item)[factor] = model.ItemFactors!.Row(item)[factor] - beside[factor];
            }
        });
        return (biases, factors);
    }

    private static (float Bias, float[] Factors) MeanRowOf(SavedModel saved)
    {
        FactorModel model = saved.Model;
        int[] trained = [.. Enumerable.Range(0, saved.Items.Count).Where(item => saved.Counts is null || saved.Counts.Items[item] > 0)];
        float[] factors = new float[model.Rank];
        for (int factor = 0; factor < factors.Length && trained.Length > 0; factor++)
        {
            factors[factor] = (float)trained.Average(item => (double)model.ItemFactors!.Row(item)[factor]);
        }

        return (trained.Length == 0 ? 0 : (float)trained.Average(item => (double)model.ItemBiases[item]), factors);
    }

    private PartitionedFactors With(ReadOnlySpan<(FoldedUser User, float Rating)> others)
    {
        PartitionedFactors known = _rows.Other;
        if (others.Length == 0)
        {
            return known;
        }

        FactorTable factors = new(others.Length, _saved.Model.Rank);
        float[] biases = new float[others.Length];
        for (int index = 0; index < others.Length; index++)
        {
            FoldedUser user = others[index].User;
            if (user.Factors.Length != factors.Rank)
            {
                throw new ArgumentException($"expected users who were folded into this model of rank {factors.Rank}, found one of rank {user.Factors.Length}", nameof(others));
            }

            user.Factors.Span.CopyTo(factors.Row(index));
            biases[index] = user.Bias;
        }

        return new PartitionedFactors([0, known.Starts[^1], known.Starts[^1] + others.Length], [known.Tables[0], factors], [known.Biases[0], biases]);
    }
}
