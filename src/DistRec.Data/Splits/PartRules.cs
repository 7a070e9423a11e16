namespace DistRec.Data;

/// <summary>The part that a rating belongs to.</summary>
internal enum Part : byte
{
    Train = 0,
    Validation = 1,
    Test = 2,
}

/// <summary>Says of each rating which part it belongs to; the same answer every time it is asked.</summary>
internal interface IPartRule
{
    Part Of(int user, int position);
}

/// <summary>Parts by runs of the key order: ratings below the first boundary belong to the first part, and so on.</summary>
internal readonly struct KeyRunRule<TKey>(TKey keys, RankBoundary[] boundaries, Part[] parts) : IPartRule
    where TKey : struct, IRatingKey
{
    public Part Of(int user, int position)
    {
        ulong key = keys.Of(user, position);
        int run = 0;
        while (run < boundaries.Length && !boundaries[run].IsAbove(key, position))
        {
            run++;
        }

        return parts[run];
    }
}

/// <summary>The last ratings of each user by their keys, the later items first where keys are equal.</summary>
internal readonly struct LastOfUserRule<TKey> : IPartRule
    where TKey : struct, IRatingKey
{
    private readonly TKey _keys;

    // By user, the first rating of each part in the order of (key, position); a part without ratings starts after all.
    private readonly (ulong Key, int Position)[] _testStarts;
    private readonly (ulong Key, int Position)[] _validationStarts;

    public LastOfUserRule(RatingMatrix ratings, TKey keys, SplitOptions options)
    {
        var testStarts = new (ulong, int)[ratings.RowCount];
        var validationStarts = new (ulong, int)[ratings.RowCount];
        int[] cuts = Workers.CutRows(ratings.RowStarts, options.Threads);
        Workers.Run(options.Threads, thread =>
        {
            var order = new List<(ulong Key, int Position)>();
            for (int row = cuts[thread]; row < cuts[thread + 1]; row++)
            {
                order.Clear();
                for (int position = (int)ratings.RowStarts[row]; position < (int)ratings.RowStarts[row + 1]; position++)
                {
                    order.Add((keys.Of(row, position), position));
                }

                order.Sort();
                order.Add((ulong.MaxValue, int.MaxValue));
                int count = order.Count - 1;
                int kept = count - Math.Min(options.LastCount, Math.Max(0, count - 1));
                testStarts[row] = order[kept];
                validationStarts[row] = order[kept - (int)(options.ValidationRatio * kept)];
            }
        });
        _keys = keys;
        _testStarts = testStarts;
        _validationStarts = validationStarts;
    }

    public Part Of(int user, int position)
    {
        (ulong, int) rating = (_keys.Of(user, position), position);
        return rating.CompareTo(_testStarts[user]) >= 0 ? Part.Test
            : rating.CompareTo(_validationStarts[user]) >= 0 ? Part.Validation
            : Part.Train;
    }
}
