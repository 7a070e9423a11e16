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
    /// <param name="duplicates">How many ratings were dropped because another one has the same user and item.</param>
    /// <exception cref="InputException">There are duplicates and the options refuse them.</exception>
    public static RatingMatrix Build(
        IReadOnlyList<PackedRatings> blocks, IdTable users, IdTable items, ReadOptions options, string name, out long duplicates)
    {
        long[] rowStarts = CountRows(blocks, users.Count);
        int count = (int)rowStarts[^1];
        int[] columns = GC.AllocateUninitializedArray<int>(count);
        float[] values = GC.AllocateUninitializedArray<float>(count);
        long[]? timestamps = blocks[0].HasTimestamps ? GC.AllocateUninitializedArray<long>(count) : null;
        Scatter(blocks, rowStarts, columns, values, timestamps, Math.Min(options.Threads, MaxScatterThreads));

        var rows = new RowSorter(columns, values, timestamps, rowStarts, options.Duplicates);
        rows.SortAll(options.Threads);
        duplicates = rows.DroppedCount;
        if (duplicates > 0 && options.Duplicates == DuplicatePolicy.Error)
        {
            (int user, int item) = rows.FirstDuplicate;
            throw InputException.At(
                name,
                "each user to rate an item once",
                $"user \"{users.Format(user)}\" and item \"{items.Format(item)}\" again, and {duplicates:N0} such ratings in all",
                "choose which to keep with --duplicates last, first or mean");
        }

        return new RatingMatrix(items.Count, rows.Compact(), columns, values, timestamps);
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
