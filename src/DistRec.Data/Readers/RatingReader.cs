namespace DistRec.Data;

/// <summary>
/// Reads ratings from the layouts they are published in, finding out which one it is: MovieLens 100K to 32M, MovieTweetings,
/// Netflix Prize and any text of user, item, rating and, where there is one, time, plain or gzipped.
/// </summary>
public static class RatingReader
{
    /// <summary>Reads the ratings of a folder or file.</summary>
    /// <exception cref="InputException">The path, a line or an option is wrong; up to five wrong lines are named together.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static RatingData Read(
        string path, ReadOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default) =>
        ReadOnto(path, new IdTable(), new IdTable(), options, progress, cancellation);

    /// <summary>All files that reading a folder or file would open: those of ratings, of titles, and of what describes users and items.</summary>
    /// <exception cref="InputException">There is nothing at the path, or nothing that could be ratings.</exception>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RatingFiles files = RatingFiles.Find(path);
        return [.. files.Ratings, .. new[] { files.Titles, files.Sides.Users, files.Sides.Items }.OfType<string>()];
    }

    /// <summary>
    /// Reads ratings over ids that are known already, such as a model's: these keep their indices, and ids that are new follow them.
    /// </summary>
    /// <exception cref="InputException">The path, a line or an option is wrong; up to five wrong lines are named together.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static RatingData ReadInto(
        IdMap users,
        IdMap items,
        string path,
        ReadOptions? options = null,
        IProgress<ReadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        return ReadOnto(path, users.Table.Copy(), items.Table.Copy(), options, progress, cancellation);
    }

    /// <summary>
    /// Reads training and test ratings that were given as two files. Ids of the training file come first, in its order; users
    /// and items that only the test file has follow and are counted as cold.
    /// </summary>
    /// <exception cref="InputException">A file is wrong, or both rate the same item by the same user.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static GivenSplit ReadPair(
        string trainPath,
        string testPath,
        ReadOptions? options = null,
        IProgress<ReadProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(trainPath);
        ArgumentException.ThrowIfNullOrEmpty(testPath);
        options ??= new ReadOptions();
        options.Validate();
        var users = new IdTable();
        var items = new IdTable();
        RatingFiles trainFiles = RatingFiles.Find(trainPath);
        RatingFiles testFiles = RatingFiles.Find(testPath);
        LineLayout trainLayout = LayoutDetector.Detect(trainFiles.Ratings[0], options);
        LineLayout testLayout = LayoutDetector.Detect(testFiles.Ratings[0], options);
        List<string> notes = [];
        List<PackedRatings> trainBlocks = RatingIngest.Read(trainFiles, trainLayout, options, users, items, notes, progress, cancellation);
        int warmUsers = users.Count;
        int warmItems = items.Count;
        List<PackedRatings> testBlocks;
        try
        {
            testBlocks = RatingIngest.Read(testFiles, testLayout, options, users, items, notes, progress, cancellation);
        }
        catch
        {
            trainBlocks.ForEach(block => block.Dispose());
            throw;
        }

        BuiltRatings train = Build(trainBlocks, users, items, options, trainFiles.Name);
        BuiltRatings test = Build(testBlocks, users, items, options, testFiles.Name);
        GivenSplit.RefuseOverlap(train.Ratings, test.Ratings, users, items, testFiles.Name);
        RatingData data = Describe(trainFiles, trainLayout, train, users, items, options, notes);
        data = data with
        {
            DuplicateCount = train.Duplicates + test.Duplicates,
            HasRatings = trainLayout.HasRatings && testLayout.HasRatings,
            Notes = [.. data.Notes, .. NotesOf(testFiles, testLayout, test, options)],
        };
        return new GivenSplit(data, new RatingSplit(train.Ratings, null, test.Ratings), users.Count - warmUsers, items.Count - warmItems);
    }

    private static RatingData ReadOnto(
        string path, IdTable users, IdTable items, ReadOptions? options, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ReadOptions();
        options.Validate();
        RatingFiles files = RatingFiles.Find(path);
        LineLayout layout = LayoutDetector.Detect(files.Ratings[0], options);
        List<string> notes = [];
        List<PackedRatings> blocks = RatingIngest.Read(files, layout, options, users, items, notes, progress, cancellation);
        if (options.Later.Count > 0)
        {
            AddLater(blocks, users, items, options);
        }

        BuiltRatings ratings = Build(blocks, users, items, options, files.Name);
        return Describe(files, layout, ratings, users, items, options, notes);
    }

    private static void AddLater(List<PackedRatings> blocks, IdTable users, IdTable items, ReadOptions options)
    {
        try
        {
            blocks.Add(LaterRatings.Pack(options.Later, users, items, options, blocks[0].HasTimestamps));
        }
        catch
        {
            blocks.ForEach(block => block.Dispose());
            throw;
        }
    }

    private static BuiltRatings Build(List<PackedRatings> blocks, IdTable users, IdTable items, ReadOptions options, string name)
    {
        try
        {
            return MatrixBuilder.Build(blocks, users, items, options, name);
        }
        finally
        {
            blocks.ForEach(block => block.Dispose());
        }
    }

    private static RatingData Describe(
        RatingFiles files, LineLayout layout, BuiltRatings ratings, IdTable users, IdTable items, ReadOptions options, IReadOnlyList<string> notes)
    {
        IReadOnlyList<string?> titles = options.ReadTitles && files.Titles is { } path ? TitleReader.Read(path, items) : [];
        IdMap itemIds = new(items);
        (ItemAttributes attributes, string? fault) = options.ReadTitles && files.Sides.Items is { } sides ? ReadAttributes(sides, itemIds) : (ItemAttributes.None, null);
        string format = layout.ItemHeadings ? "Netflix Prize" : files.Layout ?? "text";
        return RatingData.Create(files.Name, ratings.Ratings, new IdMap(users), itemIds, titles) with
        {
            Attributes = attributes,
            AttributesFault = fault,
            Format = $"{format}, {layout.Form}",
            DuplicateCount = ratings.Duplicates,
            HasRatings = layout.HasRatings,
            Notes = [.. notes, .. NotesOf(files, layout, ratings, options)],
        };
    }

    private static List<string> NotesOf(RatingFiles files, LineLayout layout, BuiltRatings ratings, ReadOptions options)
    {
        List<string> notes = [];
        if (!layout.HasRatings)
        {
            notes.Add("there is no column of ratings: every line counts 1");
            if (ratings.Duplicates > 0 && options.Duplicates != DuplicatePolicy.Sum)
            {
                notes.Add($"{ratings.Duplicates:N0} lines repeat a pair and count once with it; --duplicates sum counts every line");
            }
        }

        if (ratings.Zeros > 0)
        {
            notes.Add($"{ratings.Zeros:N0} ratings of 0 are left out: they tell of no preference");
        }

        return [.. notes.Select(note => $"{files.Name}: {note}")];
    }

    // Ratings can do without: a file that others wrote for other ends is no reason to refuse them.
    private static (ItemAttributes Attributes, string? Fault) ReadAttributes(string path, IdMap items)
    {
        try
        {
            return (ItemAttributes.Of(SideTable.ReadItems(path, items)), null);
        }
        catch (InputException exception)
        {
            return (ItemAttributes.None, exception.Message);
        }
    }
}
