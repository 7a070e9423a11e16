using System.Numerics;
using DistRec.Numerics.Random;

namespace DistRec.Data;

/// <summary>A 64-bit key of each rating, computed when asked for; a split takes the smallest or the largest.</summary>
internal interface IRatingKey
{
    /// <param name="user">Row of the rating.</param>
    /// <param name="position">Its position in the matrix's arrays.</param>
    ulong Of(int user, int position);
}

/// <summary>A random key that depends on the seed and the two ids alone.</summary>
internal readonly struct RandomKey(ulong seed, RatingData data) : IRatingKey
{
    private readonly ulong[] _userHashes = Hashes(data.Users);
    private readonly ulong[] _itemHashes = Hashes(data.Items);
    private readonly int[] _columns = data.Ratings.Columns;

    public ulong Of(int user, int position)
    {
        // Rotated, so that user 1 with item 2 is not user 2 with item 1.
        ulong pair = _userHashes[user] + BitOperations.RotateLeft(_itemHashes[_columns[position]], 23);
        return new EntityRandom(seed, RandomPurpose.Split, (long)pair).NextUInt64();
    }

    private static ulong[] Hashes(IdMap ids)
    {
        ulong[] hashes = new ulong[ids.Count];
        for (int index = 0; index < hashes.Length; index++)
        {
            hashes[index] = ids.Table.StableHash(index);
        }

        return hashes;
    }
}

/// <summary>The timestamp, spread over the range of keys.</summary>
internal readonly struct TimeKey : IRatingKey
{
    private readonly long[] _timestamps;
    private readonly long _earliest;
    private readonly int _shift;

    public TimeKey(RatingMatrix ratings)
    {
        _timestamps = ratings.Timestamps!;
        ReadOnlySpan<long> used = _timestamps.AsSpan(0, (int)ratings.Count);
        long latest = long.MinValue;
        _earliest = long.MaxValue;
        foreach (long time in used)
        {
            _earliest = Math.Min(_earliest, time);
            latest = Math.Max(latest, time);
        }

        _shift = used.IsEmpty ? 0 : BitOperations.LeadingZeroCount((ulong)(latest - _earliest) | 1);
    }

    public ulong Of(int user, int position) => (ulong)(_timestamps[position] - _earliest) << _shift;
}
