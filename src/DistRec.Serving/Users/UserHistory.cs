using DistRec.Models.Queries.Asking;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Users;

/// <summary>A rating that a user gave since training.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Item">Id of the item.</param>
/// <param name="Rating">The rating.</param>
/// <param name="Sequence">Number of its event; a later one counts more.</param>
public readonly record struct UserRating(string User, string Item, float Rating, long Sequence);

/// <summary>
/// What a user has rated since training, as of one moment: the newest rating of each item. Immutable; the user's row is fitted to it, by the
/// solver of training, when a version of the model is first asked about the user, and kept.
/// </summary>
public sealed class UserHistory
{
    private readonly UserRating[] _ratings;

    // Of the versions that were asked last: a request that began before a swap still has the old one.
    private volatile Fit[] _fits = [];

    private UserHistory(string user, UserRating[] ratings)
    {
        User = user;
        _ratings = ratings;
    }

    /// <summary>The user's id.</summary>
    public string User { get; }

    /// <summary>The newest rating of each item, in ordinal order of the items' ids.</summary>
    public IReadOnlyList<UserRating> Ratings => _ratings;

    /// <summary>A history that begins.</summary>
    public static UserHistory Empty(string user) => new(user, []);

    /// <summary>The history with more ratings; of two of one item the later one counts, and of two of one event the one that stands later.</summary>
    public UserHistory With(IEnumerable<UserRating> ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        SortedDictionary<string, UserRating> newest = new(StringComparer.Ordinal);
        foreach (UserRating rating in _ratings.Concat(ratings))
        {
            if (!newest.TryGetValue(rating.Item, out UserRating known) || known.Sequence <= rating.Sequence)
            {
                newest[rating.Item] = rating;
            }
        }

        return new UserHistory(User, [.. newest.Values]);
    }

    /// <summary>The user as a version of the model sees it: folded in by all that it can use of the history.</summary>
    public Asker AskerOf(ServingModel model)
    {
        foreach (Fit fit in _fits)
        {
            if (ReferenceEquals(fit.Model, model.Saved))
            {
                return fit.Asker;
            }
        }

        // Two threads may do this at once; they come to the same bits.
        Asker asker = Asker.OfUsable(model, User, [.. _ratings.Select(rating => new ItemRating(rating.Item, rating.Rating, ""))]);
        ServingTelemetry.Asked(asker);
        _fits = [new Fit(model.Saved, asker), .. _fits.Take(1)];
        return asker;
    }

    private sealed record Fit(SavedModel Model, Asker Asker);
}
