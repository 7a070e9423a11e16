using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Events;

/// <summary>Where the ratings that users gave since training are kept. Safe for any number of threads.</summary>
internal interface IRatingLog
{
    /// <summary>All ratings of a partition's users, in the order in which they were given.</summary>
    /// <exception cref="RatingLogException">They cannot be read.</exception>
    Task<IReadOnlyList<UserRating>> ReadAsync(int partition, CancellationToken cancellationToken);

    /// <summary>Keeps ratings of a user; they are durable when this returns.</summary>
    /// <returns>What became of them; refusals are answers.</returns>
    /// <exception cref="RatingLogException">They cannot be kept.</exception>
    Task<ItemsRated> AppendAsync(int partition, RateItems rate, CancellationToken cancellationToken);
}

/// <summary>Ratings cannot be read or kept. The message names the place, what was found, and what to do.</summary>
internal sealed class RatingLogException(string message, Exception? innerException = null) : Exception(message, innerException);
