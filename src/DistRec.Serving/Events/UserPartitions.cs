using System.Text;

namespace DistRec.Serving.Events;

/// <summary>Deals users out among partitions by their ids, the same on every machine and in every version: stored events rest on it.</summary>
public static class UserPartitions
{
    /// <summary>How many there are where nobody says otherwise: enough for as many nodes, few enough to start at once.</summary>
    public const int DefaultCount = 64;

    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The partition of a user: the FNV-1a hash of the id's UTF-8 (draft-eastlake-fnv), its bits mixed once more, in a range.</summary>
    /// <param name="user">The user's id.</param>
    /// <param name="count">How many partitions there are, at least 1.</param>
    /// <returns>From 0 to <paramref name="count"/> − 1.</returns>
    public static int Of(string user, int count)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Span<byte> buffer = stackalloc byte[256];
        int length = Encoding.UTF8.GetMaxByteCount(user.Length) <= buffer.Length ? Encoding.UTF8.GetBytes(user, buffer) : -1;
        ReadOnlySpan<byte> bytes = length < 0 ? Encoding.UTF8.GetBytes(user) : buffer[..length];
        uint hash = OffsetBasis;
        foreach (byte one in bytes)
        {
            hash = (hash ^ one) * Prime;
        }

        // Ids that differ in their last digit alone would else fill partitions unevenly.
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        return (int)(((ulong)hash * (uint)count) >> 32);
    }
}
