namespace DistRec.Data;

/// <summary>
/// Reads logs of choices, plain or gzipped, by the names in their first line:
/// <list type="bullet">
/// <item>The Open Bandit Dataset (Saito, Aihara, Matsutani, Narita, 2020): a row an impression with <c>item_id</c>, <c>click</c>,
/// <c>propensity_score</c>, <c>position</c> and what is known of the user. All items are those of <c>item_context.csv</c> beside it,
/// or else those that were shown. Other names for the same are understood.</item>
/// <item>Events as a server takes them (<c>kind,user,item,…,answer,experiment,arm,propensity</c>): an answer of an experiment is a
/// row, its arm the choice, and the reward 1 where an event of the goal's kind names it.</item>
/// </list>
/// </summary>
public static class BanditLogReader
{
    private const string ItemsFile = "item_context.csv";
    private const int BlockSize = 1 << 22;

    /// <summary>Reads a log.</summary>
    /// <param name="path">A file, or a folder with one beside <c>item_context.csv</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The path or a line is wrong, or there are no rows; up to five wrong lines are named.</exception>
    /// <exception cref="OperationCanceledException">Reading was cancelled.</exception>
    public static BanditLog Read(string path, BanditReadOptions options, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        string file = FindFile(path);
        IBanditRows? rows = null;
        ReadLines(file, (header, name) => rows = RowsOf(file, header, name, options), cancellation);
        return rows?.ToLog(path, Path.GetFileName(file))
            ?? throw InputException.At(
                Path.GetFileName(file), "a line of column names", "none", "check that the file was written to its end");
    }

    private static IBanditRows RowsOf(string file, BanditHeader header, string name, BanditReadOptions options)
    {
        if (header.Find("kind") >= 0)
        {
            return new EventRows(header, name, options);
        }

        if (options.Experiment is not null)
        {
            throw InputException.At(
                name, "events, of which an experiment is looked at", "a row an impression", "leave the experiment out");
        }

        string beside = Path.Combine(Path.GetDirectoryName(file)!, ItemsFile);
        string? items = new[] { beside, beside + ".gz" }.FirstOrDefault(File.Exists);
        return new ImpressionRows(header, name, options, items is null ? null : ReadItems(items), items);
    }

    private static IdTable ReadItems(string file)
    {
        ItemRows? rows = null;
        ReadLines(file, (header, name) => rows = new ItemRows(header, name), CancellationToken.None);
        return rows is { Items.Count: > 0 }
            ? rows.Items
            : throw InputException.At(
                Path.GetFileName(file), "a line for each item", "none", "restore the file, or remove it to take the items shown");
    }

    private static void ReadLines(string file, Func<BanditHeader, string, ILineSink> begin, CancellationToken cancellation)
    {
        using var reader = new BlockReader([file], headerLines: 0, BlockSize);
        byte[] buffer = new byte[reader.BufferLength];
        string name = Path.GetFileName(file);
        ILineSink? sink = null;
        Range[] fields = [];
        List<string> errors = [];
        long number = 0;
        while (reader.Read(buffer) is { } block)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> text = buffer.AsSpan(block.Text);
            while (!text.IsEmpty)
            {
                int end = text.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = text[..end].TrimEnd((byte)'\r');
                text = text[(end + 1)..];
                number++;
                if (line.Trim(" \t"u8).IsEmpty)
                {
                    continue;
                }

                if (sink is null)
                {
                    BanditHeader header = BanditHeader.Of(line, $"{name}:{number}");
                    sink = begin(header, name);
                    fields = new Range[header.Count];
                    continue;
                }

                int count = FieldSplitter.Split(line, Separator.Comma, fields);
                LineError? error = count == fields.Length
                    ? sink.Add(line, fields)
                    : new LineError(
                        0, $"{fields.Length} fields separated by commas", $"{count}", "mend the line, or quote fields that hold commas");
                if (error is { } wrong)
                {
                    errors.Add(InputException.At($"{name}:{number}", wrong.Expected, wrong.Found, wrong.Advice).Message);
                }
            }

            if (errors.Count > 0)
            {
                throw new InputException(
                    string.Join(Environment.NewLine, errors.Take(LineError.MaxReported)) + LineError.More(name, errors.Count));
            }
        }
    }

    private static string FindFile(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            return full;
        }

        string[] files =
        [
            .. Directory.EnumerateFiles(full).Where(IsCsv)
                .Where(file => !Path.GetFileName(file).StartsWith(ItemsFile, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
        return files.Length == 1
            ? files[0]
            : throw InputException.At(
                path,
                $"one file of comma-separated values beside {ItemsFile}",
                files.Length == 0 ? "none" : string.Join(", ", files.Take(5).Select(Path.GetFileName)) + (files.Length > 5 ? ", …" : ""),
                "give the path of the log itself");
    }

    private static bool IsCsv(string file) =>
        file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>The items of <c>item_context.csv</c>.</summary>
    private sealed class ItemRows(BanditHeader header, string name) : ILineSink
    {
        private readonly int _item = header.Require(name, BanditHeader.ArmNames);

        public IdTable Items { get; } = new();

        public LineError? Add(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
        {
            ReadOnlySpan<byte> item = FieldSplitter.Unquote(line[fields[_item]]);
            int before = Items.Count;
            return BanditHeader.WrongId("an item id", item) is { } wrong ? wrong
                : Items.GetOrAdd(item) == before ? null
                : new LineError(0, "each item once", $"{FieldParser.Show(item)} again", "remove one of the lines");
        }
    }
}
