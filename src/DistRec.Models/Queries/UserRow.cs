using DistRec.Models.FoldIn;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>A user as answers need it: from the model's tables, or folded in.</summary>
/// <param name="IsCold">Whether it has no ratings.</param>
/// <param name="HasRow">Whether the other values mean anything: those of a cold user do where the model describes what is cold.</param>
/// <param name="Bias">b_u.</param>
/// <param name="Factors">p_u, [rank]; empty for a model without factors.</param>
/// <param name="Variances">Of the factors, for a sampled model.</param>
/// <param name="Items">Items that it was fitted to, ascending; empty where the training ratings are not at hand.</param>
/// <param name="Ratings">Their ratings.</param>
/// <param name="Seen">Items that it knows, ascending.</param>
/// <param name="Rated">The ratings as lists of neighbours are looked through for them; null for a model without such lists.</param>
internal readonly record struct UserRow(
    bool IsCold,
    bool HasRow,
    float Bias,
    ReadOnlyMemory<float> Factors,
    ReadOnlyMemory<float>? Variances,
    ReadOnlyMemory<int> Items,
    ReadOnlyMemory<float> Ratings,
    ReadOnlyMemory<int> Seen,
    RatedItems? Rated = null)
{
    /// <summary>A user that nothing is known of.</summary>
    public static UserRow Cold { get; } = new(true, false, 0, default, null, default, default, default);

    /// <summary>A row of the model; −1 stands for an unknown user.</summary>
    public static UserRow Of(SavedModel saved, int user) => Of(saved.Model, saved.Ratings, saved.Counts, user);

    /// <summary>Likewise of a model that is not saved.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ratings">Its training ratings; null where they are not at hand.</param>
    /// <param name="counts">How many of them each user and item has; likewise.</param>
    /// <param name="user">Index of the user; −1 for an unknown one.</param>
    public static UserRow Of(FactorModel model, RatingMatrix? ratings, InteractionCounts? counts, int user)
    {
        bool isCold = user < 0 || counts?.Users[user] == 0;
        if (user < 0 || (isCold && !ColdRows.IsDescribed(model, model.UserBiases, model.UserFactors, user)))
        {
            return Cold;
        }

        Range own = ratings is null ? ..0 : (int)ratings.RowStarts[user]..(int)ratings.RowStarts[user + 1];
        return new UserRow(
            isCold,
            true,
            model.UserBiases[user],
            model.UserFactors is { } factors ? factors.Memory.Slice(user * factors.Stride, factors.Rank) : default,
            model.Spread?.UserVariances is { } variances ? variances.Memory.Slice(user * variances.Stride, variances.Rank) : null,
            ratings?.Columns.AsMemory(own) ?? default,
            ratings?.Values.AsMemory(own) ?? default,
            ratings?.Columns.AsMemory(own) ?? default,
            ratings is null ? null : RatedItems.Of(model, ratings, user));
    }

    /// <summary>A user that was folded in.</summary>
    public static UserRow Of(FactorModel model, FoldedUser user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new UserRow(
            user.IsByFeatures, true, user.Bias, user.Factors, user.Variances, user.Fitted.Columns, user.Fitted.Values, user.Items,
            RatedItems.Of(model, user.Fitted.Columns, user.Fitted.Values, user.Bias));
    }
}
