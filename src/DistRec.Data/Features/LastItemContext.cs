namespace DistRec.Data;

/// <summary>The item of the user's training rating that is just before a rating in the order of (time, item).</summary>
internal static class LastItemContext
{
    public static EntitySource Of(RatingSplit split, IdMap? ids)
    {
        int none = split.Train.ColumnCount;
        FeatureSource source = FeatureSource.Indicator("last-item", none, without: 1) with { Kind = FeatureKind.Rated, Ids = ids };
        int[] present = new int[split.Train.RowCount];
        int[] train = Before(split.Train, split.Train, present);
        return new EntitySource(
            "last-item",
            RelationEntity.Context,
            [source],
            train,
            split.Validation is { } validation ? Before(split.Train, validation, null) : null,
            split.Test is { } test ? Before(split.Train, test, null) : null)
        {
            Present = present,
        };
    }

    // The last item before each rating of a part; the last of all of each user's where asked for.
    private static int[] Before(RatingMatrix train, RatingMatrix part, int[]? present)
    {
        int none = train.ColumnCount;
        int[] before = new int[part.Count];
        List<(long Time, int Item)> known = [];
        List<(long Time, int Item, int Row)> asked = [];
        for (int user = 0; user < train.RowCount; user++)
        {
            known.Clear();
            asked.Clear();
            for (int position = (int)train.RowStarts[user]; position < (int)train.RowStarts[user + 1]; position++)
            {
                known.Add((train.Timestamps![position], train.Columns[position]));
            }

            for (int position = (int)part.RowStarts[user]; position < (int)part.RowStarts[user + 1]; position++)
            {
                asked.Add((part.Timestamps![position], part.Columns[position], position - (int)part.RowStarts[0]));
            }

            known.Sort();
            asked.Sort();
            int next = 0;
            foreach ((long time, int item, int row) in asked)
            {
                while (next < known.Count && known[next].CompareTo((time, item)) < 0)
                {
                    next++;
                }

                before[row] = next == 0 ? none : known[next - 1].Item;
            }

            if (present is not null)
            {
                present[user] = known.Count == 0 ? none : known[^1].Item;
            }
        }

        return before;
    }
}
