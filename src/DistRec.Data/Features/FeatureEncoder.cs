namespace DistRec.Data;

/// <summary>
/// Makes the features of a factorization machine from ratings: named blocks, as in the example of Rendle, "Factorization machines", ICDM 2010, figure 1.
/// </summary>
/// <remarks>
/// The blocks are
/// <c>user</c> and <c>item</c>, indicators;
/// <c>other-items</c>, all items the user rated, weighted 1/|R(u)|;
/// <c>implicit-items</c>, the same weighted |R(u)|^-½, which makes <c>svd++</c> of <c>user</c> and <c>item</c>;
/// <c>implicit-users</c>, all users who rated the item, weighted |R(i)|^-½;
/// <c>time</c>, an indicator of the calendar month (UTC) of the rating, or of the nearest month of training ratings, the earlier of two;
/// <c>last-item</c>, the item that the user rated just before by (time, item), none for the first;
/// <c>gender</c>, <c>age</c> (in the seven classes of MovieLens 1M), <c>occupation</c>, <c>zip1</c> and <c>zip2</c> (the first one and two characters of
/// column <c>zip</c>), <c>genre</c> (each weighted 1 / their number), <c>year</c> (see <see cref="FeatureOptions.FrequentYear"/>);
/// and any other column of a side table by its name.
/// <c>flipped</c> stands for <c>user</c>, <c>item</c>, <c>implicit-items</c>, <c>implicit-users</c> and, where all ratings have times, <c>time</c>: SVD++ flipped and its
/// form with time (Rendle, Zhang, Koren, "On the difficulty of evaluating baselines", 2019, section 3).
/// Held-out rows are described by training ratings alone, beside their own user, item and time. Features that no training row has are left out,
/// so that a user without training ratings is told by what the side tables say.
/// Rows of all parts have the order of their ratings: by user, then item.
/// </remarks>
public static class FeatureEncoder
{
    /// <summary>The blocks that are made of ratings alone; every other one is a column of a side table.</summary>
    public static IReadOnlyList<string> BlocksOfRatings { get; } = ["user", "item", "other-items", "implicit-items", "implicit-users", "time", "last-item", Flipped];

    private const string Flipped = "flipped";

    /// <summary>Encodes the parts of a data set.</summary>
    /// <param name="split">The parts. Where possible their arrays become part of the features, so leave them as they are.</param>
    /// <param name="blocks">Names of blocks, each once: the groups of the feature space. The features of one entity (user, item, month, last item) are neighbours.</param>
    /// <param name="options">Side tables and the like.</param>
    /// <exception cref="InputException">A block is unknown, stands twice, or needs times or a side table that are not given; an option is out of range.</exception>
    public static FeatureData Encode(RatingSplit split, IReadOnlyList<string> blocks, FeatureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(blocks);
        options ??= new FeatureOptions();
        blocks = [.. blocks.SelectMany(name => name == Flipped ? FlippedBlocks(split) : [name])];
        Validate(split, blocks, options);
        RatingMatrix?[] parts = [split.Train, split.Validation, split.Test];
        int[] items = Items(split.Train);
        bool[] ratedItems = new bool[split.Train.ColumnCount];
        foreach (int item in items)
        {
            ratedItems[item] = true;
        }

        List<FeatureSource> ofUsers = [];
        List<FeatureSource> ofItems = [];
        List<EntitySource> contexts = [];
        foreach (string name in blocks)
        {
            switch (name)
            {
                case "user":
                    ofUsers.Add(IdsOf(name, split.Train.RowCount, options.Users));
                    break;
                case "item":
                    ofItems.Add(IdsOf(name, split.Train.ColumnCount, options.Items));
                    break;
                case "other-items":
                    ofUsers.Add(RatedItems(name, split.Train, rated => 1f / rated) with { Ids = options.Items });
                    break;
                case "implicit-items":
                    ofUsers.Add(RatedItems(name, split.Train, rated => 1 / MathF.Sqrt(rated)) with { Ids = options.Items });
                    break;
                case "implicit-users":
                    ofItems.Add(RatingUsers(name, split.Train) with { Ids = options.Users });
                    break;
                case "time":
                    contexts.Add(MonthContext.Of(split));
                    break;
                case "last-item":
                    contexts.Add(LastItemContext.Of(split, options.Items));
                    break;
                default:
                    (SideTable table, FeatureSource source) = SideBlocks.Make(name, options, ratedItems);
                    (table.Entity == RelationEntity.User ? ofUsers : ofItems).Add(source);
                    break;
            }
        }

        List<EntitySource> entities = [];
        if (ofUsers.Count > 0)
        {
            entities.Add(new EntitySource("user", RelationEntity.User, ofUsers, Users(split.Train), Map(split.Validation, Users), Map(split.Test, Users)));
        }

        if (ofItems.Count > 0)
        {
            entities.Add(new EntitySource("item", RelationEntity.Item, ofItems, items, Map(split.Validation, Items), Map(split.Test, Items)));
        }

        entities.AddRange(contexts);
        float[]?[] targets = [.. parts.Select(part => part is null ? null : Targets(part, options.PositiveFrom))];
        return FeatureAssembler.Assemble(entities, (targets[0]!, targets[1], targets[2]), options.HashBits) with
        {
            Runs = [.. split.Train.RowStarts.Select(start => (int)(start - split.Train.RowStarts[0]))],
            RankedBlock = entities.FindIndex(entity => entity.Entity == RelationEntity.Item),
        };
    }

    private static void Validate(RatingSplit split, IReadOnlyList<string> blocks, FeatureOptions options)
    {
        if (blocks.Count == 0)
        {
            throw InputException.At("features", "names of blocks, such as user and item", "none", $"choose among {SideBlocks.Offer(options.Sides)}");
        }

        if (split.Train.Count == 0)
        {
            throw InputException.At("features", "training ratings", "none", "keep some out of the other parts");
        }

        if (blocks.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice)
        {
            throw InputException.At("features", "each block once", $"\"{twice}\" again", "leave it out");
        }

        if (options.HashBits is { } bits and not (>= FeatureOptions.FewestHashBits and <= FeatureOptions.MaxHashBits))
        {
            throw InputException.At("hash-bits", $"{FeatureOptions.FewestHashBits} to {FeatureOptions.MaxHashBits}", $"{bits}", "for instance 20: a million buckets");
        }

        string? timed = blocks.FirstOrDefault(name => name is "time" or "last-item");
        if (timed is not null && new[] { split.Train, split.Validation, split.Test }.Any(part => part is { Timestamps: null }))
        {
            throw InputException.At("features", $"ratings with times for \"{timed}\"", "none", "leave the block out, or read data that has times");
        }

        foreach (SideTable table in options.Sides)
        {
            int expected = table.Entity == RelationEntity.User ? split.Train.RowCount : split.Train.ColumnCount;
            if (table.Columns.FirstOrDefault(column => column.Values.RowCount != expected) is { } column)
            {
                throw new ArgumentException($"{table.Name}: expected {expected} entities, found {column.Values.RowCount} in column {column.Name}", nameof(options));
            }
        }
    }

    private static FeatureSource IdsOf(string name, int count, IdMap? ids) =>
        FeatureSource.Indicator(name, count) with { Kind = FeatureKind.Rated, Ids = ids };

    private static FeatureSource RatedItems(string name, RatingMatrix train, Func<int, float> weight)
    {
        float[] values = new float[train.Columns.Length];
        for (int user = 0; user < train.RowCount; user++)
        {
            values.AsSpan((int)train.RowStarts[user], train.RowLength(user)).Fill(weight(train.RowLength(user)));
        }

        RatingMatrix rows = new(train.ColumnCount, train.RowStarts, train.Columns, values);
        return new FeatureSource(name, null, rows) { Kind = FeatureKind.Rated };
    }

    private static FeatureSource RatingUsers(string name, RatingMatrix train)
    {
        int[] items = Items(train), users = Users(train);
        long[] starts = new long[train.ColumnCount + 1];
        foreach (int item in items)
        {
            starts[item + 1]++;
        }

        for (int item = 0; item < train.ColumnCount; item++)
        {
            starts[item + 1] += starts[item];
        }

        long[] next = [.. starts];
        int[] columns = new int[items.Length];
        float[] values = new float[items.Length];
        for (int rating = 0; rating < items.Length; rating++)
        {
            int item = items[rating];
            long place = next[item]++;
            columns[place] = users[rating];
            values[place] = 1 / MathF.Sqrt(starts[item + 1] - starts[item]);
        }

        return new FeatureSource(name, null, new RatingMatrix(train.RowCount, starts, columns, values)) { Kind = FeatureKind.Rated };
    }

    private static string[] FlippedBlocks(RatingSplit split)
    {
        bool hasTimes = new[] { split.Train, split.Validation, split.Test }.All(part => part is null or { Timestamps: not null });
        return ["user", "implicit-items", "item", "implicit-users", .. hasTimes ? ["time"] : Array.Empty<string>()];
    }

    private static int[]? Map(RatingMatrix? part, Func<RatingMatrix, int[]> entities) => part is null ? null : entities(part);

    private static int[] Users(RatingMatrix part)
    {
        int[] users = new int[part.Count];
        for (int user = 0; user < part.RowCount; user++)
        {
            users.AsSpan((int)(part.RowStarts[user] - part.RowStarts[0]), part.RowLength(user)).Fill(user);
        }

        return users;
    }

    private static int[] Items(RatingMatrix part) => Whole(part, part.Columns);

    private static float[] Targets(RatingMatrix part, float? positiveFrom)
    {
        float[] ratings = Whole(part, part.Values);
        return positiveFrom is { } least ? Array.ConvertAll(ratings, rating => rating >= least ? 1f : 0f) : ratings;
    }

    // The array itself where it holds nothing else.
    private static T[] Whole<T>(RatingMatrix part, T[] array) =>
        part.RowStarts[0] == 0 && part.Count == array.Length ? array : array[(int)part.RowStarts[0]..(int)part.RowStarts[^1]];
}
