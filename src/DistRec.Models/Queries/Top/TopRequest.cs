using DistRec.Models.Persistence;

namespace DistRec.Models.Queries.Top;

/// <summary>Asks for the best items for a user.</summary>
public readonly record struct TopRequest
{
    /// <param name="user">The user.</param>
    /// <param name="n">How many items, at least 0.</param>
    /// <param name="filter">Which items to choose from; null for all.</param>
    /// <param name="leaveOut">Items to leave out besides, ascending.</param>
    internal TopRequest(UserRow user, int n, ItemFilter? filter, ReadOnlyMemory<int> leaveOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        (User, N, Filter, LeaveOut) = (user, n, filter, leaveOut);
    }

    /// <summary>How many items.</summary>
    public int N { get; }

    /// <summary>Which items to choose from; null for all.</summary>
    public ItemFilter? Filter { get; }

    /// <summary>Items to leave out besides, ascending.</summary>
    public ReadOnlyMemory<int> LeaveOut { get; }

    internal UserRow User { get; }

    /// <summary>A request for a user of the model's tables.</summary>
    /// <param name="saved">The model.</param>
    /// <param name="user">Index of the user; −1 for one nobody knows, to whom items are ranked by μ + b_i.</param>
    /// <param name="n">How many items, at least 0; fewer come back where there are no more.</param>
    /// <param name="filter">Which items to choose from; null for all.</param>
    /// <param name="includeSeen">Whether items that the user rated in training may be among them.</param>
    public static TopRequest For(SavedModel saved, int user, int n, ItemFilter? filter = null, bool includeSeen = false)
    {
        ArgumentNullException.ThrowIfNull(saved);
        return For(UserRow.Of(saved, user), n, filter, includeSeen);
    }

    /// <summary>A request for a user of a model that is not saved, for items without training interactions with the user.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Its training interactions.</param>
    /// <param name="user">Index of the user.</param>
    /// <param name="n">How many items, at least 0; fewer come back where there are no more.</param>
    public static TopRequest For(FactorModel model, InteractionCounts training, int user, int n)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        return For(UserRow.Of(model, training.Ratings, training, user), n, null, includeSeen: false);
    }

    internal static TopRequest For(in UserRow user, int n, ItemFilter? filter, bool includeSeen) =>
        new(user, n, filter, includeSeen ? default : user.Seen);
}
