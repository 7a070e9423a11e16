using DistRec.Training.Blocks;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// A shard's table while workers pull rows of it and push changes: rows are read and changes added one at a time, so that
/// nobody sees half of a change. Unlike other blocks it changes after it was published; when it may is decided by
/// <see cref="Coordination.ClockLedger"/>.
/// </summary>
public sealed class ParameterTable : IBlock
{
    private readonly Lock _gate = new();
    private readonly FactorBlock _table;
    private readonly RowSet? _rows;

    private readonly int _width;

    /// <param name="table">The whole table.</param>
    public ParameterTable(FactorBlock table)
        : this(table, (table ?? throw new ArgumentNullException(nameof(table))).Factors.Rank)
    {
    }

    /// <param name="table">The whole table.</param>
    /// <param name="width">How many factors of a row are seen, from the first on; the others are the shard's own.</param>
    public ParameterTable(FactorBlock table, int width) => (_table, _width) = (table, width);

    private ParameterTable(FactorBlock table, RowSet rows)
        : this(table) => _rows = rows;

    /// <inheritdoc/>
    public long ByteLength => _table.ByteLength;

    /// <summary>Copies rows as they are now.</summary>
    /// <param name="rows">Which; of a table that came from another node those that were asked for.</param>
    /// <param name="places">Receives each row in its place.</param>
    /// <param name="placeOf">The place of a row of the shard; neighbouring rows have neighbouring places.</param>
    /// <param name="side">Receives them side by side.</param>
    public void CopyRows(RowSet rows, FactorBlock places, Func<int, int> placeOf, FactorBlock side)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(placeOf);
        lock (_gate)
        {
            int next = 0;
            for (int from = 0; rows.TryNextRun(from, out int first, out int end); from = end)
            {
                int source = _rows is null ? first : next;
                Copy(_table, source, places, placeOf(first), end - first);
                Copy(_table, source, side, next, end - first);
                next += end - first;
            }
        }
    }

    /// <summary>Copies rows as they are now, one after the other.</summary>
    /// <param name="rows">Which; of a table that came from another node those that were asked for.</param>
    /// <param name="places">Receives them, as many factors of each as are seen.</param>
    /// <param name="first">Where the first of them goes.</param>
    public void CopyRows(RowSet rows, FactorBlock places, int first)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(places);
        lock (_gate)
        {
            int next = 0;
            for (int from = 0; rows.TryNextRun(from, out int start, out int end); from = end)
            {
                for (int row = start; row < end; row++, next++)
                {
                    int source = _rows is null ? row : next;
                    _table.Factors.Row(source)[.._width].CopyTo(places.Factors.Row(first + next));
                    places.Biases[first + next] = _table.Biases[source];
                }
            }
        }
    }

    /// <summary>Changes rows, so that nobody sees half of it.</summary>
    /// <param name="changes">What to do, one after the other.</param>
    public void Change(params ReadOnlySpan<Action<FactorBlock>> changes)
    {
        lock (_gate)
        {
            foreach (Action<FactorBlock> change in changes)
            {
                change(_table);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        Select(RowSet.All(_table.Biases.Length).Bytes).WriteAsync(stream, cancellationToken);

    /// <summary>The rows that a bitmap names, as they are when they are written.</summary>
    public IBlock Select(ReadOnlyMemory<byte> selection) => new SelectedRows(this, RowSet.FromBytes(_table.Biases.Length, selection.Span));

    /// <summary>Copies neighbouring rows from one table to another of its width.</summary>
    internal static void Copy(FactorBlock from, int source, FactorBlock to, int target, int count)
    {
        int stride = from.Factors.Stride;
        from.Factors.Values.Slice(source * stride, count * stride).CopyTo(to.Factors.Values[(target * stride)..]);
        from.Biases.AsSpan(source, count).CopyTo(to.Biases.AsSpan(target));
    }

    private FactorBlock Take(RowSet rows)
    {
        FactorBlock taken = FactorBlock.Zeros(rows.Count, _width);
        CopyRows(rows, taken, 0);
        return taken;
    }

    private sealed class SelectedRows(ParameterTable table, RowSet rows) : IBlock
    {
        public long ByteLength => new FactorBlockHeader(rows.Count, table._width, rows.Count, 0).ByteLength;

        public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => table.Take(rows).WriteAsync(stream, cancellationToken);
    }

    /// <summary>Pulls some rows.</summary>
    /// <param name="rows">Which.</param>
    public sealed class Reader(RowSet rows) : IBlockReader<ParameterTable>
    {
        /// <inheritdoc/>
        public ReadOnlyMemory<byte> Selection => rows.Bytes;

        /// <inheritdoc/>
        public async ValueTask<ParameterTable> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            FactorBlock taken = await FactorBlock.Reader.Instance.ReadAsync(stream, length, cancellationToken).ConfigureAwait(false);
            return taken.Biases.Length == rows.Count
                ? new ParameterTable(taken, rows)
                : throw new InvalidDataException($"rows of a table: expected {rows.Count}, found {taken.Biases.Length}");
        }
    }
}
