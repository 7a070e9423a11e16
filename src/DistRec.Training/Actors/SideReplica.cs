using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Partitions;

namespace DistRec.Training.Actors;

/// <summary>
/// What this node's partitions need of the other side: of every block its owner's own table where that lives here, else a copy
/// that holds the needed rows. A row comes over the network once for all partitions of the node.
/// </summary>
/// <remarks>Thread-safe. The copies are filled in place with every version, so a version's tables are good until the next is pulled.</remarks>
internal sealed class SideReplica
{
    private readonly int[] _starts;
    private readonly int _rank;
    private readonly Source[] _sources;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, int Shard), Lazy<RowSet[]>> _readers = [];

    public SideReplica(IReadOnlyList<int> starts, int rank)
    {
        _starts = [.. starts];
        _rank = rank;
        _sources = [.. Enumerable.Range(0, starts.Count - 1).Select(_ => new Source())];
    }

    public bool HasShape(IReadOnlyList<int> starts, int rank) => rank == _rank && starts.SequenceEqual(_starts);

    /// <summary>Says which rows a partition of this node needs; worked out only when a block turns out to live elsewhere.</summary>
    /// <param name="reader">Names the partition.</param>
    /// <param name="rows">The rows of each block.</param>
    public void Register((string Kind, int Shard) reader, Lazy<RowSet[]> rows)
    {
        lock (_gate)
        {
            _readers[reader] = rows;
        }
    }

    /// <summary>Takes a partition's needs back: it is gone, or on its way to another node.</summary>
    public void Unregister((string Kind, int Shard) reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>Waits until a version is published and returns it, with the rows that the node's partitions need.</summary>
    /// <param name="exchange">The node's exchange.</param>
    /// <param name="version">Names the state of the tables.</param>
    /// <param name="ownerOf">The actor that publishes a block.</param>
    /// <param name="keyOf">The key it is published under.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ReplicaState> PullAsync(
        IBlockExchange exchange, long version, Func<int, ActorAddress> ownerOf, Func<int, BlockKey> keyOf, CancellationToken cancellationToken)
    {
        Traffic traffic = new();
        FactorBlock[] blocks = await Task.WhenAll(Enumerable.Range(0, _sources.Length).Select(
            source => PullAsync(exchange, version, source, ownerOf(source), keyOf(source), traffic, cancellationToken))).ConfigureAwait(false);
        PartitionedFactors tables = new(_starts, [.. blocks.Select(block => block.Factors)], [.. blocks.Select(block => block.Biases)]);
        return new ReplicaState(tables, traffic.Received, traffic.Needed);
    }

    private async Task<FactorBlock> PullAsync(
        IBlockExchange exchange, long version, int index, ActorAddress owner, BlockKey key, Traffic traffic, CancellationToken cancellationToken)
    {
        Source source = _sources[index];
        await source.Gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int rows = _starts[index + 1] - _starts[index];
            if (source.Version != version)
            {
                source.Version = version;
                source.Local = null;
                source.Fetched = RowSet.None(rows);
            }
            else if (source.Local is not null)
            {
                return source.Local;
            }

            if (source.Copy is not null && source.Fetched.Count > 0 && Missing(index, source.Fetched).Count == 0)
            {
                return source.Copy;
            }

            Reader reader = new(() => source.Copy ??= FactorBlock.Zeros(rows, _rank), () => Missing(index, source.Fetched));
            FactorBlock block = await exchange.PullAsync(owner, key, reader, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(block, source.Copy))
            {
                source.Fetched = source.Fetched.Union(reader.Rows);
                traffic.Add(reader.Received, (long)reader.Rows.Count * (_rank + 1) * sizeof(float));
            }
            else
            {
                source.Local = block;
            }

            return block;
        }
        finally
        {
            source.Gate.Leave();
        }
    }

    private RowSet Missing(int index, RowSet fetched)
    {
        Lazy<RowSet[]>[] readers;
        lock (_gate)
        {
            readers = [.. _readers.Values];
        }

        return readers.Aggregate(RowSet.None(fetched.Rows), (all, rows) => all.Union(rows.Value[index])).Except(fetched);
    }

    private sealed class Source
    {
        public AsyncGate Gate { get; } = new();

        public long Version { get; set; } = -1;

        /// <summary>The owner's table, where it lives on this node.</summary>
        public FactorBlock? Local { get; set; }

        public FactorBlock? Copy { get; set; }

        /// <summary>The rows of <see cref="Copy"/> that hold the version's values.</summary>
        public RowSet Fetched { get; set; } = RowSet.None(0);
    }

    private sealed class Traffic
    {
        private long _received;
        private long _needed;

        public long Received => Interlocked.Read(ref _received);

        public long Needed => Interlocked.Read(ref _needed);

        public void Add(long received, long needed)
        {
            Interlocked.Add(ref _received, received);
            Interlocked.Add(ref _needed, needed);
        }
    }

    // Asked for its selection only where the block lives on another node.
    private sealed class Reader(Func<FactorBlock> copy, Func<RowSet> missing) : IBlockReader<FactorBlock>
    {
        private RowSet? _rows;

        public RowSet Rows => _rows ??= missing();

        public long Received { get; private set; }

        public ReadOnlyMemory<byte> Selection => Rows.Bytes;

        public async ValueTask<FactorBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            Received += length + Rows.Bytes.Length;
            return await new FactorRowsReader(copy(), Rows).ReadAsync(stream, length, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A version of one side as this node has it.</summary>
/// <param name="Tables">The tables; of remote blocks only the needed rows hold values.</param>
/// <param name="ReceivedBytes">Bytes that came from other nodes for it.</param>
/// <param name="NeededBytes">The rows among them.</param>
internal sealed record ReplicaState(PartitionedFactors Tables, long ReceivedBytes, long NeededBytes);
