namespace DistRec.Data;

/// <summary>Cuts a matrix into its parts: counts, copies the held-out ratings, then keeps or copies those for training.</summary>
internal static class MatrixParter
{
    public static RatingSplit Cut<TRule>(RatingMatrix ratings, TRule rule, SplitOptions options)
        where TRule : struct, IPartRule
    {
        int[] cuts = Workers.CutRows(ratings.RowStarts, options.Threads);
        long[][] starts = CountRows(ratings, rule, cuts);
        RatingMatrix? validation = CopyWhereAny(ratings, rule, Part.Validation, starts, cuts);
        RatingMatrix? test = CopyWhereAny(ratings, rule, Part.Test, starts, cuts);
        RatingMatrix train = options.ReuseArrays
            ? KeepInPlace(ratings, rule, starts[(int)Part.Train])
            : Copy(ratings, rule, Part.Train, starts[(int)Part.Train], cuts);
        return new RatingSplit(train, validation, test);
    }

    /// <returns>[3][rows + 1]: where each row of each part starts.</returns>
    private static long[][] CountRows<TRule>(RatingMatrix ratings, TRule rule, int[] cuts)
        where TRule : struct, IPartRule
    {
        long[][] starts = [new long[ratings.RowCount + 1], new long[ratings.RowCount + 1], new long[ratings.RowCount + 1]];
        Workers.Run(cuts.Length - 1, thread =>
        {
            TRule parts = rule;
            for (int row = cuts[thread]; row < cuts[thread + 1]; row++)
            {
                for (int position = (int)ratings.RowStarts[row]; position < (int)ratings.RowStarts[row + 1]; position++)
                {
                    starts[(int)parts.Of(row, position)][row + 1]++;
                }
            }
        });
        foreach (long[] part in starts)
        {
            for (int row = 0; row < ratings.RowCount; row++)
            {
                part[row + 1] += part[row];
            }
        }

        return starts;
    }

    private static RatingMatrix? CopyWhereAny<TRule>(RatingMatrix ratings, TRule rule, Part part, long[][] starts, int[] cuts)
        where TRule : struct, IPartRule =>
        starts[(int)part][^1] == 0 ? null : Copy(ratings, rule, part, starts[(int)part], cuts);

    private static RatingMatrix Copy<TRule>(RatingMatrix ratings, TRule rule, Part part, long[] starts, int[] cuts)
        where TRule : struct, IPartRule
    {
        int[] columns = new int[starts[^1]];
        float[] values = new float[starts[^1]];
        long[]? timestamps = ratings.Timestamps is null ? null : new long[starts[^1]];
        Workers.Run(cuts.Length - 1, thread =>
        {
            TRule parts = rule;
            Move(ratings, parts, part, cuts[thread], cuts[thread + 1], starts, columns, values, timestamps);
        });
        return new RatingMatrix(ratings.ColumnCount, starts, columns, values, timestamps);
    }

    private static RatingMatrix KeepInPlace<TRule>(RatingMatrix ratings, TRule rule, long[] starts)
        where TRule : struct, IPartRule
    {
        // Ratings only move towards the front, behind what has been read; a rule reads nothing in front of its position.
        Move(ratings, rule, Part.Train, 0, ratings.RowCount, starts, ratings.Columns, ratings.Values, ratings.Timestamps);
        return new RatingMatrix(ratings.ColumnCount, starts, ratings.Columns, ratings.Values, ratings.Timestamps);
    }

    private static void Move<TRule>(
        RatingMatrix ratings, TRule rule, Part part, int firstRow, int endRow, long[] starts, int[] columns, float[] values, long[]? timestamps)
        where TRule : struct, IPartRule
    {
        int to = (int)starts[firstRow];
        for (int row = firstRow; row < endRow; row++)
        {
            for (int position = (int)ratings.RowStarts[row]; position < (int)ratings.RowStarts[row + 1]; position++)
            {
                if (rule.Of(row, position) != part)
                {
                    continue;
                }

                columns[to] = ratings.Columns[position];
                values[to] = ratings.Values[position];
                if (timestamps is not null)
                {
                    timestamps[to] = ratings.Timestamps![position];
                }

                to++;
            }
        }
    }
}
