namespace DistRec.Data;

/// <summary>Turns packed ratings into a matrix: a counting sort by user, then a stable sort of each row by item.</summary>
internal static class MatrixBuilder
{
    private const int MaxScatterThreads = 4; // every thread walks all ratings, so more of them would only read more

    /// <summary>Builds the matrix and disposes of the packed ratings as it goes.</summary>
    /// <param name="blocks">Ratings in the order of the input.</param>
    /// <param name="users">User ids; their number is the number of rows.</param>
    /// <param name="items">Item ids; their number is the number of columns.</param>
    /// <param name="options">How duplicates are treated and how many threads there are.</param>
    /// <param name="name">What the data set is called in a message.</param>
    /// <exception cref="InputException">There are duplicates and the options refuse them, or their sum is no rating.</exception>
    public static BuiltRatings Build(IReadOnlyList<PackedRatings> blocks, IdTable users, IdTable items, ReadOptions options, string name)
    {
        long[] rowStarts = CountRows(blocks, users.Count);
        int count = (int)rowStarts[^1];
        int[] columns = GC.AllocateUninitializedArray<int>(count);
        float[] values = GC.AllocateUninitializedArray<float>(count);
        long[]? timestamps = blocks[0].HasTimestamps ? GC.AllocateUninitializedArray<long>(count) : null;
        Scatter(blocks, rowStarts, columns, values, timestamps, Math.Min(options.Threads, MaxScatterThreads));

        var rows = new RowSorter(columns, values, timestamps, rowStarts, options.Duplicates);
        rows.SortAll(options.Threads);
        long duplicates = rows.DroppedCount;
        if (duplicates > 0 && options.Duplicates == DuplicatePolicy.Error)
        {
            (int user, int item) = rows.FirstDuplicate;
            throw InputException.At(
                name,
                "each user to rate an item once",
                $"user \"{users.Format(user)}\" and item \"{items.Format(item)}\" again, and {duplicates:N0} such ratings in all",
                "choose which to keep with --duplicates last, first, mean or sum");
        }

        RatingMatrix ratings = new(items.Count, rows.Compact(), columns, values, timestamps);
        if (options.Duplicates == DuplicatePolicy.Sum)
        {
            RequireSums(ratings, users, items, name);
        }

        RatingMatrix kept = options.DropZeros && values.AsSpan(0, (int)ratings.Count).Contains(0) ? DropZeros(ratings) : ratings;
        return new BuiltRatings(kept, duplicates, ratings.Count - kept.Count);
    }

    private static void RequireSums(RatingMatrix ratings, IdTable users, IdTable items, string name)
    {
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<float> sums = ratings.RowValues(user);
            for (int t = 0; t < sums.Length; t++)
            {
                if (Math.Abs(sums[t]) > RatingLimits.Magnitude)
                {
                    throw InputException.At(
                        name,
                        $"sums between {-RatingLimits.Magnitude:#,0} and {RatingLimits.Magnitude:#,0}",
                        $"{sums[t]:#,0} for user \"{users.Format(user)}\" and item \"{items.Format(ratings.RowColumns(user)[t])}\"",
                        "count in larger units, or take --duplicates mean");
                }
            }
        }
    }

    /// <summary>The ratings other than 0, within the same arrays, which hold nothing else afterwards.</summary>
    public static RatingMatrix DropZeros(RatingMatrix all)
    {
        long[] starts = new long[all.RowCount + 1];
        int kept = 0;
        for (int row = 0; row < all.RowCount; row++)
        {
            for (int t = (int)all.RowStarts[row]; t < all.RowStarts[row + 1]; t++)
            {
                if (all.Values[t] == 0)
                {
                    continue;
                }

                (all.Columns[kept], all.Values[kept]) = (all.Columns[t], all.Values[t]);
                if (all.Timestamps is { } times)
                {
                    times[kept] = times[t];
                }

                kept++;
            }

            starts[row + 1] = kept;
        }

        return new RatingMatrix(all.ColumnCount, starts, all.Columns, all.Values, all.Timestamps);
    }

    private static long[] CountRows(IReadOnlyList<PackedRatings> blocks, int userCount)
    {
        long[] rowStarts = new long[userCount + 1];
        foreach (PackedRatings block in blocks)
        {
            for (int index = 0; index < block.Count; index++)
            {
                rowStarts[block.User(index) + 1]++;
            }
        }

        for (int row = 0; row < userCount; row++)
        {
            rowStarts[row + 1] += rowStarts[row];
        }

        return rowStarts;
    }

    private static void Scatter(
        IReadOnlyList<PackedRatings> blocks, long[] rowStarts, int[] columns, float[] values, long[]? timestamps, int threads)
    {
        int[] next = Array.ConvertAll(rowStarts, start => (int)start);
        int[] cuts = Workers.CutRows(rowStarts, threads);
        int[] threadsAhead = new int[blocks.Count];
        Array.Fill(threadsAhead, threads);
        Workers.Run(threads, thread =>
        {
            // Each thread fills its own rows, so a row's ratings keep the order of the input.
            uint firstRow = (uint)cuts[thread];
            uint rowCount = (uint)cuts[thread + 1] - firstRow;
            for (int number = 0; number < blocks.Count; number++)
            {
                PackedRatings block = blocks[number];
                for (int index = 0; index < block.Count; index++)
                {
                    int user = block.User(index);
                    if ((uint)user - firstRow >= rowCount)
                    {
                        continue;
                    }

                    int place = next[user]++;
                    columns[place] = block.Item(index);
                    values[place] = block.Value(index);
                    if (timestamps is not null)
                    {
                        timestamps[place] = block.Timestamp(index);
                    }
                }

                if (Interlocked.Decrement(ref threadsAhead[number]) == 0)
                {
                    block.Dispose();
                }
            }
        });
    }
}

/// <summary>Ratings as they were read, and what became of lines.</summary>
/// <param name="Ratings">[users, items].</param>
/// <param name="Duplicates">Ratings that another one of the same user and item took the place of, or was added to.</param>
/// <param name="Zeros">Ratings of 0 that were left out because <see cref="ReadOptions.DropZeros"/> asked for it.</param>
internal sealed record BuiltRatings(RatingMatrix Ratings, long Duplicates, long Zeros);
