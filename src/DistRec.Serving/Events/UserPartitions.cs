namespace DistRec.Serving.Events;

/// <summary>Deals users out among partitions by their ids, the same on every machine and in every version: stored events rest on it.</summary>
public static class UserPartitions
{
    /// <summary>How many there are where nobody says otherwise: enough for as many nodes, few enough to start at once.</summary>
    public const int DefaultCount = 64;

    /// <summary>The partition of a user.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="count">How many partitions there are, at least 1.</param>
    /// <returns>From 0 to <paramref name="count"/> − 1.</returns>
    public static int Of(string user, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return (int)Math.BigMul(IdHash.Of(user), (ulong)count, out _);
    }
}
