using System.Text;

namespace DistRec.Data;

/// <summary>Ratings that come from memory, and not from text.</summary>
internal static class MemoryRatings
{
    /// <summary>Ratings with ids in the order of their first appearance.</summary>
    /// <exception cref="InputException">A rating is out of range, or there are duplicates and they are refused.</exception>
    public static RatingData Build(IReadOnlyList<LaterRating> ratings, bool hasTimestamps, string name, DuplicatePolicy duplicates)
    {
        if (ratings.Count == 0)
        {
            throw InputException.At(name, "at least one rating", "none", "give ratings");
        }

        ReadOptions options = new() { Duplicates = duplicates };
        IdTable users = new(), items = new();
        using PackedRatings packed = LaterRatings.Pack(ratings, users, items, options, hasTimestamps);
        BuiltRatings built = MatrixBuilder.Build([packed], users, items, options, name);
        return RatingData.Create(name, built.Ratings, new IdMap(users), new IdMap(items)) with { DuplicateCount = built.Duplicates };
    }

    /// <summary>See <see cref="RatingData.Over"/>.</summary>
    public static RatingData Over(RatingData data, IdMap users, IdMap items)
    {
        if (ReferenceEquals(data.Users, users) && ReferenceEquals(data.Items, items))
        {
            return data;
        }

        (IdMap allUsers, int[] rows) = Joined(users, data.Users);
        (IdMap allItems, int[] columns) = Joined(items, data.Items);
        RatingMatrix from = data.Ratings;
        long[] starts = new long[allUsers.Count + 1];
        for (int row = 0; row < from.RowCount; row++)
        {
            starts[rows[row] + 1] = from.RowLength(row);
        }

        for (int row = 0; row < allUsers.Count; row++)
        {
            starts[row + 1] += starts[row];
        }

        int[] found = new int[from.Count];
        float[] values = new float[from.Count];
        long[]? times = from.Timestamps is null ? null : new long[from.Count];
        for (int row = 0; row < from.RowCount; row++)
        {
            int length = from.RowLength(row), to = (int)starts[rows[row]], at = (int)from.RowStarts[row];
            int[] order = [.. Enumerable.Range(0, length).OrderBy(t => columns[from.Columns[at + t]])];
            for (int t = 0; t < length; t++)
            {
                (found[to + t], values[to + t]) = (columns[from.Columns[at + order[t]]], from.Values[at + order[t]]);
                times?[to + t] = from.Timestamps![at + order[t]];
            }
        }

        RatingData over = RatingData.Create(data.Name, new RatingMatrix(allItems.Count, starts, found, values, times), allUsers, allItems);
        return over with { Format = data.Format, HasRatings = data.HasRatings, Notes = data.Notes, DuplicateCount = data.DuplicateCount };
    }

    /// <summary>A matrix of the ratings other than 0; the same one where there are no others.</summary>
    public static RatingMatrix WithoutZeros(RatingMatrix all)
    {
        if (Enumerable.Range(0, all.RowCount).All(row => !all.RowValues(row).Contains(0)))
        {
            return all;
        }

        return MatrixBuilder.DropZeros(new RatingMatrix(all.ColumnCount, all.RowStarts, [.. all.Columns], [.. all.Values], all.Timestamps?.ToArray()));
    }

    // Known ids with others behind them, and where each of the others is.
    private static (IdMap All, int[] Places) Joined(IdMap known, IdMap others)
    {
        IdTable all = known.Table.Copy();
        int[] places = [.. others.Ids.Select(id => all.GetOrAdd(Encoding.UTF8.GetBytes(id)))];
        return (new IdMap(all), places);
    }
}
