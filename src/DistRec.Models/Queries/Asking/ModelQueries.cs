using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Queries.Asking;

/// <summary>
/// Answers questions with one version of a model, in the form that the command line prints and the API sends: whoever asks, and wherever,
/// gets the same answer. Safe for any number of threads.
/// </summary>
public static class ModelQueries
{
    /// <summary>What would this user rate this item?</summary>
    public static PredictAnswer Predict(ServingModel model, Asker asker, string item)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(asker);
        SavedModel saved = model.Saved;
        saved.Items.TryGetIndex(item, out int index);
        NewItem? newItem = model.NewItems.Find(item);
        Prediction prediction = (asker.Folded, newItem) switch
        {
            ({ } user, { } one) => model.Predictor.Predict(user, one.Row),
            ({ } user, null) => model.Predictor.Predict(user, index),
            (null, { } one) => model.Predictor.Predict(asker.User, one.Row),
            _ => model.Predictor.Predict(asker.User, index),
        };
        return new PredictAnswer(
            asker.Id,
            item,
            TitleOf(model, item, index),
            prediction.Value,
            AnswerText.NameOf(saved.Model),
            prediction.Deviation,
            prediction.Answer,
            AnswerText.Describe(prediction.Answer, asker, saved, index, newItem),
            asker.Note,
            Attributes: asker.Attributes);
    }

    /// <summary>What should this user see?</summary>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    public static RecommendAnswer Recommend(ServingModel model, Asker asker, RecommendQuery query)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(asker);
        ArgumentNullException.ThrowIfNull(query);
        SavedModel saved = model.Saved;
        query = query with { AlsoSeen = asker.OtherItems };
        RecommendedList found = asker.Folded is { } folded ? model.Lists.Make(folded, query, model.NewItems) : model.Lists.Make(asker.Id!, query, model.NewItems);
        RecommendedItem[] items =
        [
            .. found.Items.Select(item => new RecommendedItem(
                item.Rank, item.ItemId, item.Title, item.Prediction, item.Score, item.Deviation, item.FoldedInBy is { } ratings ? AnswerText.DescribeNewItem(ratings) : null)),
        ];
        return new RecommendAnswer(
            asker.Id,
            found.RankedBy,
            AnswerText.Describe(found.RankedBy, query, asker, model),
            AnswerText.NameOf(saved.Model),
            items,
            found.UnknownIds,
            asker.Note,
            found.Diversity,
            found.Shortage,
            found.Next?.ToString(),
            Attributes: asker.Attributes);
    }

    /// <summary>Which items are like this one?</summary>
    /// <exception cref="InputException">The model has no factors, or <paramref name="n"/> is below 1.</exception>
    public static SimilarItemsAnswer SimilarItems(ServingModel model, string item, int n)
    {
        ArgumentNullException.ThrowIfNull(model);
        SavedModel saved = model.Saved;

        // An item that nobody rated has no direction: nothing is like it, which is an answer and no mistake.
        NewItem? newItem = model.NewItems.Find(item);
        saved.Items.TryGetIndex(item, out int index);
        bool isCold = newItem is null && model.SimilarItems.IsCold(index);
        IReadOnlyList<SimilarRow> found = isCold ? [] : model.SimilarItems.Find(item, n, model.NewItems);
        return new SimilarItemsAnswer(
            item,
            TitleOf(model, item, index),
            isCold,
            isCold ? "the item has no training ratings: nothing is known to be like it"
                : newItem is null ? "by the cosine of the item factors" : $"{AnswerText.DescribeNewItem(newItem.Ratings)}: by the cosine of the item factors",
            [.. found.Select((one, rank) => new SimilarItemAnswer(rank + 1, one.Id, TitleOf(model, one.Id, one.Row), one.Similarity))]);
    }

    /// <summary>Which users are like this one?</summary>
    /// <exception cref="InputException">The model has no factors, or <paramref name="n"/> is below 1.</exception>
    public static SimilarUsersAnswer SimilarUsers(ServingModel model, Asker asker, int n)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(asker);
        SimilarRows users = model.SimilarUsers;
        bool isCold = asker.Folded is null && users.IsCold(asker.User);
        IReadOnlyList<SimilarRow> found = asker.Folded is { } folded ? users.Find(folded, asker.User, n) : isCold ? [] : users.Find(asker.Id!, n);
        return new SimilarUsersAnswer(
            asker.Id,
            isCold,
            isCold ? "the user has no training ratings: nobody is known to be like it"
                : asker.Basis is { } basis ? $"{basis}: by the cosine of the user factors" : "by the cosine of the user factors",
            [.. found.Select((one, rank) => new SimilarUserAnswer(rank + 1, one.Id, one.Similarity))],
            asker.Note,
            Attributes: asker.Attributes);
    }

    /// <summary>Why is the user predicted to rate the item so?</summary>
    /// <exception cref="InputException"><paramref name="n"/> is negative.</exception>
    public static ExplainAnswer Explain(ServingModel model, Asker asker, string item, int n)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(asker);
        SavedModel saved = model.Saved;
        saved.Items.TryGetIndex(item, out int index);
        Explanation why = asker.Folded is { } folded
            ? model.Explainer.Explain(folded, item, n, model.NewItems)
            : model.Explainer.Explain(asker.Id!, item, n, model.NewItems);
        return new ExplainAnswer(
            asker.Id,
            item,
            TitleOf(model, item, index),
            saved.Model.Kind,
            why.Prediction.Value,
            AnswerText.NameOf(saved.Model),
            why.Prediction.Answer,
            AnswerText.Describe(why.Prediction.Answer, asker, saved, index, model.NewItems.Find(item)),
            why.Unclipped,
            why.GlobalMean,
            why.UserBias,
            why.ItemBias,
            why.FactorPart,
            why.Method,
            [.. why.Contributions.Select(one => new ContributionAnswer(one.ItemId, one.Title, one.Rating, one.Weight, one.Value))],
            why.OtherContributions,
            why.Residual,
            asker.Note,
            Attributes: asker.Attributes);
    }

    /// <summary>The title of an item of the version, or of one that came after training; null where none is known.</summary>
    /// <param name="model">The version.</param>
    /// <param name="item">Id of the item.</param>
    /// <param name="index">Its index; −1, or beyond the model's, for one that the model does not know.</param>
    internal static string? TitleOf(ServingModel model, string item, int index) =>
        index >= 0 && index < model.Saved.Items.Count ? model.Saved.TitleOf(index) : model.NewItems.Find(item)?.Title;
}
