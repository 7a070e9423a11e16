using System.Collections.Concurrent;
using DistRec.Evaluation.Bandits;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Users;

/// <summary>
/// The users of one partition who have rated something since training, and the arms of those whom an experiment gave one. Histories are written by
/// the partition's actor alone, and all is read by any thread of its node while it is: readers see each user's history as a whole.
/// </summary>
/// <param name="index">Which partition.</param>
public sealed class UserPartition(int index)
{
    private readonly ConcurrentDictionary<string, UserHistory> _users = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Experiment, string User), ArmChoice> _arms = new();

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

    /// <summary>The arm that a user was given in an experiment that learns; null for one who was given none.</summary>
    public ArmChoice? FindArm(string experiment, string user) => _arms.TryGetValue((experiment, user), out ArmChoice choice) ? choice : null;

    /// <summary>Notes the arm that a user was given.</summary>
    public void Keep(KeptArm arm) => _arms[(arm.Experiment, arm.User)] = arm.Choice;

    /// <summary>Forgets the arms of experiments that are over.</summary>
    /// <param name="open">Names of those that are not.</param>
    public void ForgetArms(IReadOnlySet<string> open)
    {
        foreach ((string Experiment, string User) key in _arms.Keys.Where(key => !open.Contains(key.Experiment)))
        {
            _arms.TryRemove(key, out _);
        }
    }

    /// <summary>Users whose ids begin so, in ordinal order.</summary>
    public IEnumerable<string> Search(string prefix) =>
        _users.Keys.Where(user => user.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
