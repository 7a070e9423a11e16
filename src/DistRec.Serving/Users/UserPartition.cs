using System.Collections.Concurrent;

namespace DistRec.Serving.Users;

/// <summary>
/// The users of one partition who have rated something since training. Written by the partition's actor alone, and read by any thread of its
/// node while it is: readers see each user's history as a whole.
/// </summary>
/// <param name="index">Which partition.</param>
public sealed class UserPartition(int index)
{
    private readonly ConcurrentDictionary<string, UserHistory> _users = new(StringComparer.Ordinal);

    /// <summary>Which partition.</summary>
    public int Index { get; } = index;

    /// <summary>How many users have rated something since training.</summary>
    public int Count => _users.Count;

    /// <summary>How many items its users have rated since training.</summary>
    public long CountRatings()
    {
        long count = 0;
        foreach (KeyValuePair<string, UserHistory> user in _users)
        {
            count += user.Value.Ratings.Count;
        }

        return count;
    }

    /// <summary>A user's history; null for one that has rated nothing since training.</summary>
    public UserHistory? Find(string user) => _users.GetValueOrDefault(user);

    /// <summary>Adds ratings, of any users of the partition.</summary>
    public void Apply(IEnumerable<UserRating> ratings)
    {
        foreach (IGrouping<string, UserRating> user in ratings.GroupBy(rating => rating.User, StringComparer.Ordinal))
        {
            _users[user.Key] = (Find(user.Key) ?? UserHistory.Empty(user.Key)).With(user);
        }
    }

    /// <summary>Users whose ids begin so, in ordinal order.</summary>
    public IEnumerable<string> Search(string prefix) =>
        _users.Keys.Where(user => user.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
