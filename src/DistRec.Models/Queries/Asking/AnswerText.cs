using System.Globalization;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Queries.Asking;

/// <summary>What an answer is and what it rests on, in words.</summary>
public static class AnswerText
{
    /// <summary>What a model of two classes answers with.</summary>
    public const string Probability = "probability";

    /// <summary>What the model answers with.</summary>
    public static string NameOf(FactorModel model) =>
        IsProbability(model) ? Probability : model.IsImplicit ? "preference" : "prediction";

    /// <summary>Several of them.</summary>
    public static string NamesOf(FactorModel model) =>
        IsProbability(model) ? "probabilities" : model.IsImplicit ? "preferences" : "ratings";

    /// <summary>Whether answers are probabilities of 1.</summary>
    public static bool IsProbability(FactorModel model) => model.Link is FmLink.Logistic or FmLink.Probit;

    /// <summary>An answer as people read it.</summary>
    /// <param name="meaning">What kind of number it is; see <see cref="NameOf"/>.</param>
    /// <param name="value">The answer.</param>
    public static string Show(string meaning, float value) => meaning == Probability ? $"{value:0.000}" : $"{value:0.00}";

    /// <summary>What an answer rests on.</summary>
    /// <param name="answer">Which sides are cold.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="saved">The model.</param>
    /// <param name="item">Index of the item; −1 for one nobody knows.</param>
    /// <param name="newItem">The item where it was folded in; else null.</param>
    public static string Describe(Answer answer, Asker asker, SavedModel saved, int item, NewItem? newItem = null)
    {
        ArgumentNullException.ThrowIfNull(asker);
        ArgumentNullException.ThrowIfNull(saved);
        FactorModel model = saved.Model;
        bool userIsDescribed = ColdRows.IsDescribed(model, model.UserBiases, model.UserFactors, asker.User);
        bool itemIsDescribed = ColdRows.IsDescribed(model, model.ItemBiases, model.ItemFactors, item);
        return answer switch
        {
            _ when newItem is not null => answer is Answer.ColdUser or Answer.ColdBoth && asker.Basis is null
                ? $"{DescribeNewItem(newItem.Ratings)}, the user has no training ratings: {(userIsDescribed ? "told by its features" : "mean + item bias")}"
                : $"{asker.Basis ?? "the user was trained"}, {DescribeNewItem(newItem.Ratings)}",
            Answer.Known or Answer.ColdUser when asker.Basis is { } basis => basis,
            Answer.ColdItem or Answer.ColdBoth when asker.Basis is { } basis =>
                $"{basis}, the item has no training ratings: {(itemIsDescribed ? "told by its features" : "mean + user bias")}",
            Answer.Known => "user and item were trained",
            Answer.ColdUser => $"the user has no training ratings: {(userIsDescribed ? "told by its features" : "mean + item bias")}",
            Answer.ColdItem => $"the item has no training ratings: {(itemIsDescribed ? "told by its features" : "mean + user bias")}",
            _ => (userIsDescribed, itemIsDescribed) switch
            {
                (true, true) => "neither user nor item has training ratings: told by the features of both",
                (true, false) => "neither user nor item has training ratings: told by the user's features",
                (false, true) => "neither user nor item has training ratings: told by the item's features",
                _ => "neither user nor item has training ratings: the mean",
            },
        };
    }

    /// <summary>What an item rests on that the model was not trained on.</summary>
    /// <param name="ratings">By how many it was folded in; 0 where its features tell of it.</param>
    public static string DescribeNewItem(int ratings) => ratings == 0
        ? "the item came after training and is told by its features"
        : $"the item came after training and was folded in by {(ratings == 1 ? "1 rating" : $"{ratings} ratings")}";

    /// <summary>How a list was ranked.</summary>
    /// <param name="rankedBy">How the model ranked.</param>
    /// <param name="query">What was asked for.</param>
    /// <param name="asker">Who asked.</param>
    /// <param name="model">What answered.</param>
    public static string Describe(RankedBy rankedBy, RecommendQuery query, Asker asker, ServingModel model)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(asker);
        ArgumentNullException.ThrowIfNull(model);
        string who = asker.Basis is { } folding ? $"{folding}: "
            : model.Predictor.IsColdUser(asker.User) ? "the user has no training ratings and is told by its features: " : "";
        string ranking = rankedBy switch
        {
            RankedBy.Prediction => $"{who}ranked by the user's predicted {NamesOf(model.Saved.Model)}",
            RankedBy.UpperBound => string.Create(
                CultureInfo.InvariantCulture,
                $"{who}ranked by the user's predicted ratings and {query.Explore} standard deviation{(query.Explore == 1 ? "" : "s")} more"),
            RankedBy.Popularity => "the user has no training interactions: ranked by how many each item has",
            _ => "the user has no training ratings: ranked by the items' damped mean ratings",
        };
        return query.Diversity > 0 ? string.Create(CultureInfo.InvariantCulture, $"{ranking}, then chosen to differ (diversity {query.Diversity})") : ranking;
    }
}
