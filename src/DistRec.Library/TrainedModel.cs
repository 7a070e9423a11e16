using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;

namespace DistRec;

/// <summary>
/// A trained model, which answers as the command line and a server answer. Users and items that it was not trained on get an answer
/// that says what it rests on. Safe for any number of threads.
/// </summary>
public sealed class TrainedModel
{
    private readonly ServingModel _serving;

    internal TrainedModel(SavedModel saved) => _serving = new ServingModel(saved);

    /// <summary>Ids, titles, tables and what the model was trained with.</summary>
    public SavedModel Saved => _serving.Saved;

    /// <summary>Name of the model, as the command line has it.</summary>
    public string Kind => Saved.Model.Kind;

    /// <summary>SHA-256 of the tables, as lower-case hex: equal for equal bits.</summary>
    public string Sha256 => _serving.Sha256;

    /// <summary>The learning curve; empty for a model that was loaded.</summary>
    public IReadOnlyList<EpochFigures> Curve { get; internal init; } = [];

    /// <summary>The epoch that the model is of, from 1; 0 for a model that was loaded.</summary>
    public int BestEpoch { get; internal init; }

    /// <summary>What a person should know of training.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>Loads the model of a folder, whatever saved it.</summary>
    /// <param name="folder">Path of the folder.</param>
    /// <exception cref="InputException">There is no model, or it is damaged.</exception>
    public static TrainedModel Load(string folder) => new(ModelFolder.Load(folder));

    /// <summary>Saves the model in a folder, which the command line and servers read; whole or not at all.</summary>
    /// <param name="folder">Path of the folder; a model there is replaced.</param>
    /// <exception cref="InputException">The folder has something else in it, or cannot be written.</exception>
    public void Save(string folder) => ModelFolder.Save(folder, Saved);

    /// <summary>What would a user rate an item?</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="item">Id of the item.</param>
    public PredictAnswer Predict(string user, string item) => ModelQueries.Predict(_serving, AskerOf(user), item);

    /// <summary>What would somebody rate an item whose ratings these are? The user is fitted by the solver of training.</summary>
    /// <param name="ratings">Ids of items and ratings, at least one of an item that the model knows.</param>
    /// <param name="item">Id of the item.</param>
    /// <exception cref="InputException">The ratings are not usable.</exception>
    public PredictAnswer Predict(IEnumerable<(string Item, float Rating)> ratings, string item) => ModelQueries.Predict(_serving, AskerOf(ratings), item);

    /// <summary>What should a user see?</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="n">How many items, at least 1.</param>
    /// <exception cref="InputException"><paramref name="n"/> is below 1, or the model knows no items.</exception>
    public RecommendAnswer Recommend(string user, int n = 10) => Recommend(user, new RecommendQuery { N = n });

    /// <summary>What should a user see, of what may be shown?</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="query">How many, filters, diversity, paging.</param>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    public RecommendAnswer Recommend(string user, RecommendQuery query) => ModelQueries.Recommend(_serving, AskerOf(user), query);

    /// <summary>
    /// What should somebody see whose ratings these are? The user is fitted by the solver of training; what is rated is not shown.
    /// </summary>
    /// <param name="ratings">Ids of items and ratings, at least one of an item that the model knows.</param>
    /// <param name="n">How many items, at least 1.</param>
    /// <exception cref="InputException">The ratings are not usable, or <paramref name="n"/> is below 1.</exception>
    public RecommendAnswer Recommend(IEnumerable<(string Item, float Rating)> ratings, int n = 10) => Recommend(ratings, new RecommendQuery { N = n });

    /// <summary>Likewise, of what may be shown.</summary>
    /// <param name="ratings">Ids of items and ratings, at least one of an item that the model knows.</param>
    /// <param name="query">How many, filters, diversity, paging.</param>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    public RecommendAnswer Recommend(IEnumerable<(string Item, float Rating)> ratings, RecommendQuery query) =>
        ModelQueries.Recommend(_serving, AskerOf(ratings), query);

    /// <summary>Which items are like one?</summary>
    /// <param name="item">Id of the item.</param>
    /// <param name="n">How many items, at least 1.</param>
    /// <exception cref="InputException">The model has no factors, or <paramref name="n"/> is below 1.</exception>
    public SimilarItemsAnswer Similar(string item, int n = 10)
    {
        RequireUsers();
        return ModelQueries.SimilarItems(_serving, item, n);
    }

    /// <summary>Which users are like one?</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="n">How many users, at least 1.</param>
    /// <exception cref="InputException">The model has no factors of users, or <paramref name="n"/> is below 1.</exception>
    public SimilarUsersAnswer SimilarUsers(string user, int n = 10) => ModelQueries.SimilarUsers(_serving, AskerOf(user), n);

    /// <summary>Why is a user predicted to rate an item so?</summary>
    /// <param name="user">Id of the user.</param>
    /// <param name="item">Id of the item.</param>
    /// <param name="n">How many of the user's ratings are named, at least 0.</param>
    /// <exception cref="InputException"><paramref name="n"/> is negative, or the model was saved without its ratings.</exception>
    public ExplainAnswer Explain(string user, string item, int n = 5) => ModelQueries.Explain(_serving, AskerOf(user), item, n);

    /// <summary>How far predictions are from ratings.</summary>
    /// <param name="test">The ratings; users and items that the model does not know are answered as cold ones, and counted.</param>
    /// <exception cref="InputException">There are no ratings, or the model predicts none.</exception>
    public RatingMetrics Evaluate(RatingData test)
    {
        ArgumentNullException.ThrowIfNull(test);
        RequireUsers();
        if (Saved.Model.IsImplicit || AnswerText.IsProbability(Saved.Model))
        {
            throw InputException.At("evaluation", "a model that predicts ratings", $"{Kind}, which answers with a {AnswerText.NameOf(Saved.Model)}", "look at its rankings, by Rank");
        }

        return OtherRatings.Compare(Saved, test.Over(Saved.Users, Saved.Items));
    }

    /// <summary>Where the items of a test part are in users' rankings.</summary>
    /// <param name="test">The test part; items that the user was trained with are no candidates.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InputException">There are no test ratings, options do not fit them, or the model was saved without its
    /// ratings.</exception>
    public RankingResult Rank(RatingData test, RankingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(test);
        RequireUsers();
        RatingMatrix train = Saved.Ratings
            ?? throw InputException.At("evaluation", "a model with its training interactions", "a model saved without", "they tell what is no candidate any more");
        return RankingEvaluator.Evaluate(Saved.Model, train, test.Over(Saved.Users, Saved.Items).Ratings, options);
    }

    // Pairs of features of a user with those of an item are no tables of users and items.
    private void RequireUsers()
    {
        if (Saved.Items.Count == 0)
        {
            throw InputException.At(
                Kind, "a model of users and items", "one that answers for rows of features alone", "ask the folder it is saved in, by distrec predict --rows");
        }
    }

    private Asker AskerOf(string user)
    {
        ArgumentNullException.ThrowIfNull(user);
        RequireUsers();
        return Asker.Of(_serving, user);
    }

    private Asker AskerOf(IEnumerable<(string Item, float Rating)> ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        RequireUsers();
        ItemRating[] all = [.. ratings.Select((rating, index) => new ItemRating(rating.Item, rating.Rating, $"ratings[{index}]"))];
        float least = _serving.FoldIn.MinRating;
        return Array.FindIndex(all, rating => !(rating.Rating >= least && rating.Rating <= RatingLimits.Magnitude)) is var wrong and >= 0
            ? throw InputException.At(all[wrong].Place, $"a rating of at least {least} for {Kind}", $"{all[wrong].Rating}", "correct it")
            : Asker.Of(_serving, null, all, "ratings");
    }
}
