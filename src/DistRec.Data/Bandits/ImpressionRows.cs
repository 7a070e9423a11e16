namespace DistRec.Data;

/// <summary>Lines that are an impression each, as in the Open Bandit Dataset.</summary>
/// <param name="header">The columns.</param>
/// <param name="name">The file, for messages.</param>
/// <param name="options">How the lines are read.</param>
/// <param name="items">All items; null to take those that come.</param>
/// <param name="itemsFile">Where the items are from.</param>
internal sealed class ImpressionRows(BanditHeader header, string name, BanditReadOptions options, IdTable? items, string? itemsFile)
    : IBanditRows
{
    private const string Position = "position";

    private readonly int _arm = header.Require(name, BanditHeader.ArmNames);
    private readonly int _reward = header.Require(name, BanditHeader.RewardNames);
    private readonly int _propensity = header.Require(name, BanditHeader.PropensityNames);
    private readonly int[] _context =
    [
        .. (options.Context ?? (header.Find(Position) >= 0 ? [Position] : [])).Select(column => header.Require(name, column)),
    ];

    private readonly IdTable _arms = items ?? new IdTable();
    private readonly IdTable _contexts = new();
    private readonly byte[] _scratch = new byte[IdTable.MaxTextLength];
    private readonly List<int> _chosen = [];
    private readonly List<int> _contextOf = [];
    private readonly List<double> _rewards = [];
    private readonly List<double> _propensities = [];

    public LineError? Add(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
    {
        ReadOnlySpan<byte> arm = FieldSplitter.Unquote(line[fields[_arm]]);
        ReadOnlySpan<byte> reward = FieldSplitter.Unquote(line[fields[_reward]]);
        LineError? error = BanditHeader.ReadPropensity(FieldSplitter.Unquote(line[fields[_propensity]]), out double propensity);
        if ((BanditHeader.WrongId("an item id", arm) ?? error) is { } wrong)
        {
            return wrong;
        }

        if (!BanditHeader.TryNumber(reward, out double value))
        {
            return new LineError(
                0, "a finite number as reward, such as 0 or 1", reward.IsEmpty ? "nothing" : FieldParser.Show(reward), "correct it");
        }

        int index = items is null ? _arms.GetOrAdd(arm) : _arms.Find(arm);
        if (index < 0)
        {
            return new LineError(
                0,
                $"an item of {Path.GetFileName(itemsFile)}",
                FieldParser.Show(arm),
                "add it there, or remove that file to take the items shown");
        }

        int context = ContextOf(line, fields);
        if (context < 0)
        {
            return new LineError(0, $"a context of at most {_scratch.Length:N0} bytes", "a longer one", "name fewer columns");
        }

        _chosen.Add(index);
        _contextOf.Add(context);
        _rewards.Add(value);
        _propensities.Add(propensity);
        return null;
    }

    public BanditLog ToLog(string path, string file)
    {
        if (_chosen.Count == 0)
        {
            throw InputException.At(file, "rows of impressions", "none", "check that the file was written to its end");
        }

        return new BanditLog
        {
            Name = path,
            Arms = TextsOf(_arms),
            Contexts = TextsOf(_contexts),
            Chosen = [.. _chosen],
            ContextOf = [.. _contextOf],
            Rewards = [.. _rewards],
            Propensities = [.. _propensities],
            Notes = items is null ? [$"no item_context.csv beside {file}: its {_arms.Count} items are taken for all there are"] : [],
        };
    }

    private static string[] TextsOf(IdTable ids) => [.. Enumerable.Range(0, ids.Count).Select(ids.Format)];

    // The values with commas between; none are one value, too.
    private int ContextOf(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields)
    {
        int length = 0;
        for (int at = 0; at < _context.Length; at++)
        {
            ReadOnlySpan<byte> value = FieldSplitter.Unquote(line[fields[_context[at]]]);
            if (length + value.Length + 1 > _scratch.Length)
            {
                return -1;
            }

            if (at > 0)
            {
                _scratch[length++] = (byte)',';
            }

            value.CopyTo(_scratch.AsSpan(length));
            length += value.Length;
        }

        return _contexts.GetOrAdd(_scratch.AsSpan(0, length));
    }
}
