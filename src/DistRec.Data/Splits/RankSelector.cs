namespace DistRec.Data;

/// <summary>The place in the order of (key, position) below which exactly a given number of ratings lie.</summary>
internal readonly record struct RankBoundary(ulong Key, int Position)
{
    public bool IsAbove(ulong key, int position) => key < Key || (key == Key && position < Position);
}

/// <summary>
/// Finds the r-th smallest key of all ratings by counting keys by their leading 16 bits, then by the next 16 among
/// those that share them, and so on. Keys are computed again in each pass instead of being held: eight bytes a rating less.
/// </summary>
internal sealed class RankSelector<TKey>(RatingMatrix ratings, TKey keys, int threads)
    where TKey : struct, IRatingKey
{
    private const int DigitBits = 16;
    private const int FewEnough = 1 << 16;

    private readonly int[] _cuts = Workers.CutRows(ratings.RowStarts, threads);

    /// <summary>The boundary below which <paramref name="rank"/> ratings lie.</summary>
    public RankBoundary Find(long rank)
    {
        if (rank >= ratings.Count)
        {
            return new RankBoundary(ulong.MaxValue, int.MaxValue);
        }

        ulong prefix = 0;
        for (int known = 0; known < 64; known += DigitBits)
        {
            long[] counts = Count(prefix, known);
            int digit = 0;
            while (counts[digit] <= rank)
            {
                rank -= counts[digit++];
            }

            prefix = (prefix << DigitBits) | (uint)digit;
            if (counts[digit] <= FewEnough)
            {
                return Nth(prefix, known + DigitBits, (int)rank);
            }
        }

        // Very many ratings share this key, so their positions decide.
        return new RankBoundary(prefix, NthPosition(prefix, rank));
    }

    private long[] Count(ulong prefix, int known)
    {
        long[] total = new long[1 << DigitBits];
        Workers.Run(threads, thread =>
        {
            TKey key = keys;
            long[] counts = new long[1 << DigitBits];
            for (int row = _cuts[thread]; row < _cuts[thread + 1]; row++)
            {
                int end = (int)ratings.RowStarts[row + 1];
                for (int position = (int)ratings.RowStarts[row]; position < end; position++)
                {
                    ulong value = key.Of(row, position);
                    if (known == 0 || value >> (64 - known) == prefix)
                    {
                        counts[(value >> (64 - known - DigitBits)) & ((1 << DigitBits) - 1)]++;
                    }
                }
            }

            lock (total)
            {
                for (int digit = 0; digit < total.Length; digit++)
                {
                    total[digit] += counts[digit];
                }
            }
        });
        return total;
    }

    private RankBoundary Nth(ulong prefix, int known, int rank)
    {
        var found = new List<(ulong Key, int Position)>();
        Workers.Run(threads, thread =>
        {
            TKey key = keys;
            var own = new List<(ulong, int)>();
            for (int row = _cuts[thread]; row < _cuts[thread + 1]; row++)
            {
                int end = (int)ratings.RowStarts[row + 1];
                for (int position = (int)ratings.RowStarts[row]; position < end; position++)
                {
                    ulong value = key.Of(row, position);
                    if (value >> (64 - known) == prefix)
                    {
                        own.Add((value, position));
                    }
                }
            }

            lock (found)
            {
                found.AddRange(own);
            }
        });
        found.Sort();
        return new RankBoundary(found[rank].Key, found[rank].Position);
    }

    private int NthPosition(ulong wanted, long rank)
    {
        for (int row = 0; row < ratings.RowCount; row++)
        {
            for (int position = (int)ratings.RowStarts[row]; position < (int)ratings.RowStarts[row + 1]; position++)
            {
                if (keys.Of(row, position) == wanted && rank-- == 0)
                {
                    return position;
                }
            }
        }

        throw new InvalidOperationException("keys must not change between passes");
    }
}
