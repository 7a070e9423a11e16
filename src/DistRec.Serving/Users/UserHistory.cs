using DistRec.Serving.Queries;

namespace DistRec.Serving.Users;

/// <summary>
/// What a user has rated since training, as of one moment: the newest rating of each item. Immutable; the user's row is fitted to it, by the
/// solver of training, when a version of the model is first asked about the user, and kept.
/// </summary>
public sealed class UserHistory
{
    private readonly ItemRating[] _ratings;

    // Of the versions that were asked last: a request that began before a swap still has the old one.
    private volatile Fit[] _fits = [];

    private UserHistory(string user, ItemRating[] ratings, long sequence)
    {
        User = user;
        _ratings = ratings;
        Sequence = sequence;
    }

    /// <summary>The user's id.</summary>
    public string User { get; }

    /// <summary>Number of the newest event in it.</summary>
    public long Sequence { get; }

    /// <summary>The newest rating of each item, in ordinal order of the items' ids.</summary>
    public IReadOnlyList<ItemRating> Ratings => _ratings;

    /// <summary>A history that begins.</summary>
    public static UserHistory Empty(string user) => new(user, [], 0);

    /// <summary>The history with more ratings, which replace those of the same items.</summary>
    /// <param name="ratings">In the order in which they were given.</param>
    /// <param name="sequence">Number of the newest event.</param>
    public UserHistory With(IEnumerable<ItemRating> ratings, long sequence)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        SortedDictionary<string, ItemRating> newest = new(StringComparer.Ordinal);
        foreach (ItemRating rating in _ratings.Concat(ratings))
        {
            newest[rating.Item] = rating;
        }

        return new UserHistory(User, [.. newest.Values], Math.Max(Sequence, sequence));
    }

    /// <summary>The user as a version of the model sees it: folded in by all that it can use of the history.</summary>
    public Asker AskerOf(ServingModel model)
    {
        foreach (Fit fit in _fits)
        {
            if (ReferenceEquals(fit.Model, model))
            {
                return fit.Asker;
            }
        }

        // Two threads may do this at once; they come to the same bits.
        Asker asker = FitTo(model);
        _fits = [new Fit(model, asker), .. _fits.Take(1)];
        return asker;
    }

    private Asker FitTo(ServingModel model)
    {
        IReadOnlyList<ItemRating> usable = model.Usable(_ratings);
        return model.CanFoldIn(usable) ? Asker.Of(model, User, usable, $"ratings of user \"{User}\"") : Asker.Of(model, User);
    }

    private sealed record Fit(ServingModel Model, Asker Asker);
}
