namespace DistRec.Data;

/// <summary>Some pairs of a file, in its order.</summary>
/// <param name="UserIds">Their users, [pairs].</param>
/// <param name="ItemIds">Their items, [pairs].</param>
/// <param name="Users">Indices of the users, [pairs]; −1 for ids that are not known.</param>
/// <param name="Items">Likewise of the items.</param>
/// <param name="Progress">How far reading is behind them.</param>
public sealed record PairBlock(string[] UserIds, string[] ItemIds, int[] Users, int[] Items, ReadProgress Progress)
{
    /// <summary>How many pairs.</summary>
    public int Count => Users.Length;
}

/// <summary>
/// Reads pairs of user and item in the order of the text and a block at a time, so that a file may be larger than the memory: lines of user and item, or
/// ratings in every layout that <see cref="RatingReader"/> reads, of which only the pairs are looked at.
/// </summary>
public static class PairReader
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Reads the pairs of a file or folder.</summary>
    /// <param name="users">The users that are known.</param>
    /// <param name="items">The items that are known.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">Of these the columns and the decimal comma count.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>The pairs, while they are read.</returns>
    /// <exception cref="InputException">The path or a line is wrong, or there are no pairs; up to five wrong lines near each other are named together.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static IEnumerable<PairBlock> Read(IdMap users, IdMap items, string path, ReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RatingFiles files = RatingFiles.Find(path);
        LineLayout layout = LayoutDetector.DetectPairs(files.Ratings[0], options);
        return ReadBlocks(files, layout, options with { KeepTimestamps = false, BlockSize = Math.Min(options.BlockSize, BlockBytes) }, users.Table, items.Table, cancellation);
    }

    private static IEnumerable<PairBlock> ReadBlocks(
        RatingFiles files, LineLayout layout, ReadOptions options, IdTable users, IdTable items, CancellationToken cancellation)
    {
        using var reader = new BlockReader(files.Ratings, layout.HeaderLines, options.BlockSize);
        var parser = new LineParser(layout, options);
        var parsed = new ParsedBlock();
        byte[] buffer = new byte[reader.BufferLength];
        string? openItem = null;
        long lines = 0, count = 0;
        while (reader.Read(buffer) is { } text)
        {
            cancellation.ThrowIfCancellationRequested();
            parsed.Clear();
            parser.Parse(buffer.AsSpan(text.Text), parsed, text.EndsUnterminated);
            (lines, openItem) = text.IsFileStart ? (text.SkippedLines, null) : (lines, openItem);
            if (parsed.Errors.Count > 0)
            {
                throw new InputException(string.Join(Environment.NewLine, parsed.Errors.Take(LineError.MaxReported)
                    .Select(error => InputException.At($"{text.FileName}:{lines + error.Line}", error.Expected, error.Found, error.Advice).Message)));
            }

            lines += parsed.LineCount;
            count += parsed.Count;
            PairBlock block = Resolve(parsed, users, items, openItem, files.Name, new ReadProgress(reader.BytesRead, reader.TotalBytes, count));
            openItem = parsed.OpenItem is { } opened ? System.Text.Encoding.UTF8.GetString(opened) : openItem;
            if (block.Count > 0)
            {
                yield return block;
            }
        }

        if (count == 0)
        {
            throw InputException.At(files.Name, "pairs of user and item", "none", "check that the file was written to its end");
        }
    }

    private static PairBlock Resolve(ParsedBlock parsed, IdTable users, IdTable items, string? openItem, string name, ReadProgress progress)
    {
        (string[] userIds, int[] userIndices) = Known(parsed.Users, users);
        (string[] itemIds, int[] itemIndices) = Known(parsed.Items, items);
        PairBlock block = new(new string[parsed.Count], new string[parsed.Count], new int[parsed.Count], new int[parsed.Count], progress);
        int openIndex = openItem is null ? -1 : items.Find(System.Text.Encoding.UTF8.GetBytes(openItem));
        for (int pair = 0; pair < parsed.Count; pair++)
        {
            (int user, int item) = (parsed.UserIndices[pair], parsed.ItemIndices[pair]);
            bool isInherited = item == ParsedBlock.InheritedItem;
            (block.UserIds[pair], block.Users[pair]) = (userIds[user], userIndices[user]);
            (block.ItemIds[pair], block.Items[pair]) = !isInherited ? (itemIds[item], itemIndices[item]) : (openItem ?? throw RatingIngest.NoHeading(name), openIndex);
        }

        return block;
    }

    private static (string[] Ids, int[] Indices) Known(IdTable ids, IdTable known)
    {
        string[] texts = new string[ids.Count];
        int[] indices = new int[ids.Count];
        byte[] text = new byte[IdTable.MaxTextLength];
        for (int index = 0; index < texts.Length; index++)
        {
            texts[index] = ids.Format(index);
            indices[index] = known.Find(text.AsSpan(0, ids.Format(index, text)));
        }

        return (texts, indices);
    }
}
