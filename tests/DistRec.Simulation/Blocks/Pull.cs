using DistRec.Simulation.Hosting;
using DistRec.Training.Blocks;

namespace DistRec.Simulation.Blocks;

/// <summary>A wait for a block of whatever type.</summary>
internal interface IPull
{
    BlockKey Key { get; }

    /// <summary>Names the block and where it is to come from.</summary>
    string Describe();

    /// <summary>Ends the wait.</summary>
    void Fail(BlockException failure);
}

/// <summary>
/// One wait for a block, however often it has to be asked for: the node at the endpoint is asked again when it has come back without
/// memory, or when something was lost on its way, and counts as out of reach when it was that for long. Between nodes only the bytes are
/// shared, as they were when they were sent.
/// </summary>
internal sealed class Pull<TBlock>(
    NodeLife life, string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
    : TaskCompletionSource<TBlock>, IPull
    where TBlock : IBlock
{
    private int _attempt;
    private NodeLife? _asked;
    private bool _isLost;
    private long? _failingSince;

    public BlockKey Key => key;

    public string Describe() => $"the block {key} of {endpoint}";

    public void Fail(BlockException failure) => TrySetException(failure);

    /// <summary>Asks the node.</summary>
    internal void Ask()
    {
        int attempt = ++_attempt;
        _isLost = false;
        _failingSince ??= life.Cluster.Scheduler.Now;
        if (endpoint == life.Blocks.Endpoint)
        {
            life.Blocks.Subscribe(
                key, (block, failure) => life.Soon("a block", () => _ = TakeAsync(attempt, () => ReadHereAsync(block, failure))));
            return;
        }

        _asked = life.Cluster.LifeAt(endpoint);
        if (_asked is { } host)
        {
            byte[] selection = reader.Selection.ToArray();
            Carry(life, host, "pull", attempt, () =>
            {
                _failingSince = null;
                host.Blocks.Subscribe(key, (block, failure) => _ = AnswerAsync(host, attempt, selection, block, failure));
            });
        }

        LookAfterLater(attempt);
    }

    private void LookAfterLater(int attempt) =>
        life.Cluster.Scheduler.After(life.Cluster.Options.PullRetryInterval, life, () => LookAfter(attempt));

    private void LookAfter(int attempt)
    {
        if (Task.IsCompleted || attempt != _attempt)
        {
            return;
        }

        if (!_isLost && _asked is not null && _asked == life.Cluster.LifeAt(endpoint))
        {
            // A block that is not published yet is waited for where it was asked for.
            LookAfterLater(attempt);
            return;
        }

        TimeSpan limit = life.Cluster.Options.UnreachableTimeout;
        _failingSince ??= life.Cluster.Scheduler.Now;
        if (life.Cluster.Scheduler.Now - _failingSince < limit.Ticks)
        {
            Ask();
        }
        else
        {
            TrySetException(new BlockUnreachableException(key, new Uri(life.Blocks.Endpoint), new Uri(endpoint), limit, "nobody answers"));
        }
    }

    private async Task<TBlock> ReadHereAsync(IBlock? block, BlockException? failure) => block switch
    {
        null => throw failure!,
        TBlock expected => expected,
        IUnreadBlock unread => await unread.ReadAsync(reader, cancellationToken).ConfigureAwait(false),
        _ => throw WrongType(block),
    };

    // Runs at the owner's node.
    private async Task AnswerAsync(NodeLife host, int attempt, byte[] selection, IBlock? block, BlockException? failure)
    {
        if (failure is BlockExchangeStoppedException)
        {
            // The owner's node stops, not the puller's.
            _isLost |= attempt == _attempt;
            return;
        }

        Func<Task<TBlock>> read;
        try
        {
            byte[] bytes = await WriteAsync(block ?? throw failure!, selection).ConfigureAwait(false);
            read = () => ReadAsync(bytes);
        }
        catch (Exception refusal)
        {
            read = () => System.Threading.Tasks.Task.FromException<TBlock>(refusal);
        }

        Carry(host, life, "block", attempt, () => _ = TakeAsync(attempt, read));
    }

    private async Task<byte[]> WriteAsync(IBlock block, byte[] selection)
    {
        if (block is not (TBlock or IUnreadBlock))
        {
            throw WrongType(block);
        }

        IBlock part = selection.Length == 0 ? block : block.Select(selection);
        using MemoryStream stream = new(checked((int)part.ByteLength));
        await part.WriteAsync(stream, CancellationToken.None).ConfigureAwait(false);
        return stream.Length == part.ByteLength
            ? stream.ToArray()
            : throw new InvalidDataException($"the block {key}: expected its {part.ByteLength} bytes, found {stream.Length} written");
    }

    private async Task<TBlock> ReadAsync(byte[] bytes)
    {
        using MemoryStream stream = new(bytes, writable: false);
        return await reader.ReadAsync(stream, bytes.Length, cancellationToken).ConfigureAwait(false);
    }

    private async Task TakeAsync(int attempt, Func<Task<TBlock>> read)
    {
        if (attempt != _attempt || Task.IsCompleted)
        {
            return;
        }

        try
        {
            TrySetResult(await read().ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            TrySetException(exception);
        }
    }

    private void Carry(NodeLife from, NodeLife to, string what, int attempt, Action arrive) =>
        life.Cluster.Network.Carry(from, to, what, key.ToString(), arrive, () => _isLost |= attempt == _attempt);

    private BlockTypeException WrongType(IBlock block) => new(key, typeof(TBlock).Name, block.GetType().Name);
}
