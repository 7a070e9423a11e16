namespace DistRec.Data;

/// <summary>Pairs of users and items that had to do with each other, beside ratings.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Pairs">[users, items] of the ratings, values of 0.</param>
/// <param name="UnknownUsers">Users of the file whom the ratings do not have; their pairs are left out.</param>
/// <param name="UnknownItems">Likewise items.</param>
public sealed record FeedbackPairs(string Name, RatingMatrix Pairs, int UnknownUsers, int UnknownItems);

/// <summary>Reads pairs of user and item from any delimited text, plain or gzipped, with or without a line of names above. Other columns are not read.</summary>
public static class FeedbackReader
{
    /// <summary>Reads the pairs of a file whose ids ratings have. A pair that stands several times counts once.</summary>
    /// <param name="users">Users of the ratings.</param>
    /// <param name="items">Items of the ratings.</param>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads that parse.</param>
    /// <param name="progress">Is told how far reading is.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The file or a line is wrong; up to five wrong lines are named together.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static FeedbackPairs Read(
        IdMap users, IdMap items, string path, int threads, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReadOptions options = new() { Threads = threads, KeepTimestamps = false, ReadTitles = false };
        options.Validate();
        string full = Path.GetFullPath(path);
        RatingFiles files = new(Path.GetFileName(full), null, [full], null);
        LineLayout layout = LayoutDetector.DetectPairs(full, options);
        IdTable allUsers = users.Table.Copy(), allItems = items.Table.Copy();
        List<PackedRatings> blocks = RatingIngest.Read(files, layout, options, allUsers, allItems, [], progress, cancellation);
        try
        {
            RatingMatrix all = MatrixBuilder.Build(blocks, allUsers, allItems, options, files.Name).Ratings;
            return new FeedbackPairs(files.Name, Cut(all, users.Count, items.Count), allUsers.Count - users.Count, allItems.Count - items.Count);
        }
        finally
        {
            blocks.ForEach(block => block.Dispose());
        }
    }

    // Ids of the ratings come first, so that they are the first rows and the first columns of each row.
    private static RatingMatrix Cut(RatingMatrix all, int users, int items)
    {
        long[] starts = new long[users + 1];
        List<int> columns = [];
        for (int user = 0; user < users; user++)
        {
            foreach (int item in all.RowColumns(user))
            {
                if (item >= items)
                {
                    break;
                }

                columns.Add(item);
            }

            starts[user + 1] = columns.Count;
        }

        return new RatingMatrix(items, starts, [.. columns], new float[columns.Count]);
    }
}
