using DistRec.Models.Queries;

namespace DistRec.Cli.Queries;

/// <summary>What an answer is and what it rests on, in words.</summary>
internal static class AnswerText
{
    /// <summary>What the model answers with.</summary>
    public static string NameOf(FactorModel model) =>
        IsProbability(model) ? "probability" : model.IsImplicit ? "preference" : "prediction";

    /// <summary>Several of them.</summary>
    public static string NamesOf(FactorModel model) =>
        IsProbability(model) ? "probabilities" : model.IsImplicit ? "preferences" : "ratings";

    /// <summary>Whether answers are probabilities of 1.</summary>
    public static bool IsProbability(FactorModel model) => model.Link is FmLink.Logistic or FmLink.Probit;

    /// <summary>An answer as people read it.</summary>
    public static string Show(FactorModel model, float value) => IsProbability(model) ? $"{value:0.000}" : $"{value:0.00}";

    /// <summary>What an answer rests on.</summary>
    /// <param name="answer">Which sides are cold.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="saved">The model.</param>
    /// <param name="item">Index of the item; −1 for one nobody knows.</param>
    public static string Describe(Answer answer, QueryUser asker, SavedModel saved, int item)
    {
        FactorModel model = saved.Model;
        saved.Users.TryGetIndex(asker.Id ?? "", out int user);
        bool userIsDescribed = ColdRows.IsDescribed(model, model.UserBiases, model.UserFactors, user);
        bool itemIsDescribed = ColdRows.IsDescribed(model, model.ItemBiases, model.ItemFactors, item);
        return answer switch
        {
            Answer.Known when asker.Basis is { } basis => basis,
            Answer.ColdItem when asker.Basis is { } basis => $"{basis}, the item has no training ratings: {(itemIsDescribed ? "told by its features" : "mean + user bias")}",
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
}
