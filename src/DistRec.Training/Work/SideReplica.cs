using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// What this node's partitions need of the other side: of every block its owner's own table where that lives here, else a copy
/// that holds the needed rows. A row comes over the network once for all partitions of the node.
/// </summary>
/// <remarks>Thread-safe. A copy is filled in place with the next version once nobody reads it any more: while partitions are repaired,
/// one of them may read an older version beside another that still computes from a newer one.</remarks>
internal sealed class SideReplica
{
    private readonly int[] _starts;
    private readonly int _rank;
    private readonly Source[] _sources;
    private readonly Lock _gate = new();
    private readonly Dictionary<PartitionId, Lazy<RowSet[]>> _readers = [];

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
    public void Register(PartitionId reader, Lazy<RowSet[]> rows)
    {
        lock (_gate)
        {
            _readers[reader] = rows;
        }
    }

    /// <summary>A partition of this node is about to load anew: what it needed, and where that was known from, is forgotten.</summary>
    public void Forget(PartitionId reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    /// <summary>
    /// Waits until a version is published and returns it, with the rows that the node's partitions need. Its tables are good until
    /// it is disposed of.
    /// </summary>
    /// <param name="exchange">The node's exchange.</param>
    /// <param name="version">Names the state of the tables.</param>
    /// <param name="endpointOf">The exchange that a block is published in.</param>
    /// <param name="keyOf">The key it is published under.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ReplicaState> PullAsync(
        IBlockExchange exchange, long version, Func<int, string> endpointOf, Func<int, BlockKey> keyOf, CancellationToken cancellationToken)
    {
        Traffic traffic = new();
        List<SharedCopy> entered = [];
        SharedCopy[] copies;
        try
        {
            copies = await Concurrently.RunAsync(
                _sources.Length,
                async (source, token) =>
                {
                    SharedCopy copy = await PullAsync(exchange, version, source, endpointOf(source), keyOf(source), traffic, token).ConfigureAwait(false);
                    lock (entered)
                    {
                        entered.Add(copy);
                    }

                    return copy;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nobody is going to read what has come, or a copy would count as read for ever.
            entered.ForEach(copy => copy.Leave());
            throw;
        }

        PartitionedFactors tables = FactorBlock.SideOf(_starts, [.. copies.Select(copy => copy.Block)]);
        return new ReplicaState(tables, traffic.Received, traffic.Needed, copies);
    }

    private async Task<SharedCopy> PullAsync(
        IBlockExchange exchange, long version, int index, string endpoint, BlockKey key, Traffic traffic, CancellationToken cancellationToken)
    {
        Source source = _sources[index];
        await source.Gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int rows = _starts[index + 1] - _starts[index];
            if (source.Version != version)
            {
                source.Version = version;
                source.Fetched = RowSet.None(rows);
                if (source.Copy is { IsRead: true })
                {
                    source.Copy = null;
                }
            }

            if (source.Copy is not null && source.Fetched.Count > 0 && Missing(index, source.Fetched).Count == 0)
            {
                return source.Copy.Enter();
            }

            Reader reader = new(
                () => (source.Copy ??= new SharedCopy(FactorBlock.Zeros(rows, _rank))).Block, () => Missing(index, source.Fetched));
            FactorBlock block = await exchange.PullAsync(endpoint, key, reader, cancellationToken).ConfigureAwait(false);
            if (source.Copy is { } copy && ReferenceEquals(block, copy.Block))
            {
                source.Fetched = source.Fetched.Union(reader.Rows);
                traffic.Add(reader.Received, (long)reader.Rows.Count * (_rank + 1) * sizeof(float));
                return copy.Enter();
            }

            // The owner's table, which lives on this node.
            return new SharedCopy(block);
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

        public SharedCopy? Copy { get; set; }

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

/// <summary>Tables that several partitions read at a time.</summary>
internal sealed class SharedCopy(FactorBlock block)
{
    private int _readers;

    public FactorBlock Block => block;

    public bool IsRead => Volatile.Read(ref _readers) > 0;

    public SharedCopy Enter()
    {
        Interlocked.Increment(ref _readers);
        return this;
    }

    public void Leave() => Interlocked.Decrement(ref _readers);
}

/// <summary>A version of one side as this node has it, until it is disposed of.</summary>
/// <param name="Tables">The tables; of remote blocks only the needed rows hold values.</param>
/// <param name="ReceivedBytes">Bytes that came from other nodes for it.</param>
/// <param name="NeededBytes">The rows among them.</param>
/// <param name="Copies">What is read.</param>
internal sealed record ReplicaState(PartitionedFactors Tables, long ReceivedBytes, long NeededBytes, IReadOnlyList<SharedCopy> Copies) : IDisposable
{
    /// <summary>What was computed from these tables, with the bytes that they took.</summary>
    public RoundSums WithTraffic(RoundSums sums) => sums with { ReceivedBytes = ReceivedBytes, NeededBytes = NeededBytes };

    public void Dispose()
    {
        foreach (SharedCopy copy in Copies)
        {
            copy.Leave();
        }
    }
}
