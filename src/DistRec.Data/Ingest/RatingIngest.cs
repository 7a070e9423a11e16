using System.Diagnostics.CodeAnalysis;

namespace DistRec.Data;

/// <summary>
/// Reads files on several threads. A thread takes the next block of lines, parses it under indices of its own, waits for
/// the blocks before it and then gives its ids their final indices: so these are in order of first appearance in the input,
/// whatever the number of threads and however the text was cut.
/// </summary>
internal sealed class RatingIngest
{
    private const int MaxKindsShown = 10;

    private readonly RatingFiles _files;
    private readonly LineLayout _layout;
    private readonly ReadOptions _options;
    private readonly IdTable _users;
    private readonly IdTable _items;
    private readonly IProgress<ReadProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly bool _hasTimestamps;

    private readonly Lock _reading = new();
    private readonly object _turn = new();
    private readonly List<PackedRatings?> _packed = [];
    private readonly List<string> _errors = [];
    private readonly Dictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private int _nextTurn;
    private bool _stopped;
    private long _linesOfFile;
    private long _count;
    private long _errorCount;
    private long _commentCount;
    private byte[]? _openItem;

    private RatingIngest(
        RatingFiles files, LineLayout layout, ReadOptions options, IdTable users, IdTable items, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        _files = files;
        _layout = layout;
        _options = options;
        _users = users;
        _items = items;
        _progress = progress;
        _cancellation = cancellation;
        _hasTimestamps = layout.HasTimestamps && options.KeepTimestamps;
    }

    /// <summary>Reads all ratings of some files, adding their ids to the tables.</summary>
    /// <param name="files">The files.</param>
    /// <param name="layout">Of their lines.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="users">Gets the users.</param>
    /// <param name="items">Gets the items.</param>
    /// <param name="notes">Gets what was guessed and left out.</param>
    /// <param name="progress">Is told how far reading is.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>The ratings in the order of the input; the caller disposes of them.</returns>
    /// <exception cref="InputException">Lines are wrong, or there are none.</exception>
    public static List<PackedRatings> Read(
        RatingFiles files,
        LineLayout layout,
        ReadOptions options,
        IdTable users,
        IdTable items,
        List<string> notes,
        IProgress<ReadProgress>? progress,
        CancellationToken cancellation)
    {
        var ingest = new RatingIngest(files, layout, options, users, items, progress, cancellation);
        try
        {
            List<PackedRatings> blocks = ingest.Run();
            notes.AddRange(ingest.Notes().Select(note => $"{files.Name}: {note}"));
            return blocks;
        }
        catch
        {
            ingest._packed.ForEach(packed => packed?.Dispose());
            throw;
        }
    }

    private List<PackedRatings> Run()
    {
        using var reader = new BlockReader(_files.Ratings, _layout.HeaderLines, _options.BlockSize);
        int threads = (int)Math.Clamp(reader.TotalBytes / _options.BlockSize + 1, 1, _options.Threads);
        Workers.Run(threads, _ => Work(reader));
        _cancellation.ThrowIfCancellationRequested();
        if (_errors.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, _errors) + LineError.More(_files.Name, _errorCount));
        }

        RequireOneKind();
        return _count > 0
            ? [.. _packed.Select(packed => packed!)]
            : throw InputException.At(_files.Name, "ratings", "none", "check that the file was written to its end");
    }

    private void Work(BlockReader reader)
    {
        var parser = new LineParser(_layout, _options);
        var block = new ParsedBlock();
        byte[] buffer = new byte[reader.BufferLength];
        int[] userMap = [];
        int[] itemMap = [];
        try
        {
            while (TryRead(reader, buffer, out TextBlock? text))
            {
                block.Clear();
                parser.Parse(buffer.AsSpan(text.Text), block, text.EndsUnterminated);
                if (!TryTakeTurn(text, block, ref userMap, ref itemMap, out int inheritedItem))
                {
                    return;
                }

                // Table sizes only grow, so reading them late costs at most a bit.
                PackedRatings packed = PackedRatings.Pack(block, userMap, itemMap, inheritedItem, _users.Count, _items.Count, _hasTimestamps);
                lock (_turn)
                {
                    _packed[text.Sequence] = packed;
                }
            }
        }
        catch
        {
            Stop();
            throw;
        }
    }

    private bool TryRead(BlockReader reader, byte[] buffer, [NotNullWhen(true)] out TextBlock? text)
    {
        lock (_reading)
        {
            text = Volatile.Read(ref _stopped) || _cancellation.IsCancellationRequested ? null : reader.Read(buffer);
            _progress?.Report(new ReadProgress(reader.BytesRead, reader.TotalBytes, Volatile.Read(ref _count)));
        }

        return text is not null;
    }

    private bool TryTakeTurn(TextBlock text, ParsedBlock block, ref int[] userMap, ref int[] itemMap, out int inheritedItem)
    {
        lock (_turn)
        {
            while (_nextTurn != text.Sequence && !_stopped)
            {
                Monitor.Wait(_turn);
            }

            inheritedItem = -1;
            if (_stopped)
            {
                return false;
            }

            if (text.IsFileStart)
            {
                _linesOfFile = text.SkippedLines;
                _openItem = null;
            }

            inheritedItem = InheritedItem(block);
            userMap = Merge(block.Users, _users, userMap);
            itemMap = Merge(block.Items, _items, itemMap);
            _openItem = block.OpenItem ?? _openItem;
            Report(text, block);
            for (int kind = 0; kind < block.Kinds.Count; kind++)
            {
                string name = block.Kinds.Format(kind);
                _kinds[name] = _kinds.GetValueOrDefault(name) + block.KindCounts[kind];
            }

            _linesOfFile += block.LineCount;
            _count += block.Count;
            _errorCount += block.ErrorCount;
            _commentCount += block.CommentCount;
            if (_count > Array.MaxLength)
            {
                throw InputException.At(_files.Name, $"at most {Array.MaxLength:N0} ratings", "more", "cut the data set into parts");
            }

            _packed.Add(null);
            _nextTurn++;
            Monitor.PulseAll(_turn);
            return true;
        }
    }

    private int InheritedItem(ParsedBlock block)
    {
        if (!_layout.ItemHeadings || block.Count == 0 || block.ItemIndices[0] != ParsedBlock.InheritedItem)
        {
            return -1;
        }

        return _openItem is not null
            ? _items.GetOrAdd(_openItem)
            : throw NoHeading(_files.Name);
    }

    /// <summary>What is wrong with a file that has item headings, but none above its first line.</summary>
    public static InputException NoHeading(string name) =>
        InputException.At(name, "a line such as 1: that opens an item before the first rating", "ratings at once", "get a complete copy of the file");

    private void Report(TextBlock text, ParsedBlock block)
    {
        foreach (LineError error in block.Errors)
        {
            if (_errors.Count < LineError.MaxReported)
            {
                _errors.Add(InputException.At($"{text.FileName}:{_linesOfFile + error.Line}", error.Expected, error.Found, error.Advice).Message);
            }
        }
    }

    private IEnumerable<string> Notes()
    {
        long comments = _commentCount + _layout.CommentsAbove;
        if (comments > 0)
        {
            yield return $"{comments:N0} lines that begin with # or % are comments and left out";
        }

        if (_hasTimestamps && _layout.TimeForm != TimeForm.Seconds)
        {
            yield return $"times are read as {TimeForms.Name(_layout.TimeForm)}";
        }

        if (_kinds.Count > 0)
        {
            IReadOnlyList<string> chosen = _options.FeedbackTypes;
            long others = _kinds.Where(kind => chosen.Count > 0 && !chosen.Contains(kind.Key)).Sum(kind => kind.Value);
            string left = others > 0 ? $"; {others:N0} lines of other kinds are left out" : "";
            yield return $"the kind of feedback is {string.Join(", ", chosen.Count > 0 ? chosen : _kinds.Keys)}{left}";
        }
    }

    // Feedback of several kinds is never mixed unasked: a view is not a purchase.
    private void RequireOneKind()
    {
        IReadOnlyList<string> chosen = _options.FeedbackTypes;
        IEnumerable<string> most = _kinds.OrderByDescending(kind => kind.Value).Take(MaxKindsShown).Select(kind => $"{kind.Key} ({kind.Value:N0} lines)");
        string found = string.Join(", ", most) + (_kinds.Count > MaxKindsShown ? ", …" : "");
        if (chosen.Count == 0 ? _kinds.Count > 1 : chosen.Any(kind => !_kinds.ContainsKey(kind)))
        {
            throw InputException.At(
                _files.Name,
                chosen.Count == 0 ? "one kind of feedback" : $"feedback of the kind {chosen.First(kind => !_kinds.ContainsKey(kind))}",
                found,
                "name those to learn from with --feedback-type, several with commas between them");
        }
    }

    private void Stop()
    {
        lock (_turn)
        {
            _stopped = true;
            Monitor.PulseAll(_turn);
        }
    }

    /// <summary>Adds the ids of a table to another one.</summary>
    /// <param name="from">The ids.</param>
    /// <param name="into">Takes them.</param>
    /// <param name="map">Used again where it is long enough.</param>
    /// <returns>[ids of <paramref name="from"/> or more], their indices in <paramref name="into"/>.</returns>
    internal static int[] Merge(IdTable from, IdTable into, int[] map)
    {
        if (map.Length < from.Count)
        {
            map = new int[Math.Max(from.Count, 2 * map.Length)];
        }

        for (int index = 0; index < from.Count; index++)
        {
            map[index] = into.GetOrAddFrom(from, index);
        }

        return map;
    }
}
