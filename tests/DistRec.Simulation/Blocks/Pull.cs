using DistRec.Actors;
using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Blocks;

/// <summary>A wait for a block of whatever type.</summary>
internal interface IPull
{
    BlockKey Key { get; }

    /// <summary>Names the block and its owner.</summary>
    string Describe();

    /// <summary>Ends the wait.</summary>
    void Fail(ActorException failure);
}

/// <summary>
/// One wait for a block, however often it has to be asked for: from the node where its owner lives now, and again when that
/// node is lost, when the owner has moved, or when something was lost on its way.
/// </summary>
internal sealed class Pull<TBlock>(
    NodeLife life, ActorAddress owner, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
    : TaskCompletionSource<TBlock>, IPull
    where TBlock : IBlock
{
    private int _attempt;
    private NodeLife? _asked;
    private bool _isLost;

    public BlockKey Key => key;

    public string Describe() => $"the block {key} of {owner}";

    public void Fail(ActorException failure) => TrySetException(failure);

    /// <summary>Asks the node where the owner lives now.</summary>
    internal void Ask()
    {
        int attempt = ++_attempt;
        _isLost = false;
        _asked = life.Blocks.HostOf(owner);
        if (_asked == life)
        {
            life.Blocks.Store.Subscribe(key, (block, failure) => life.Soon("a block", () => _ = TakeLocalAsync(attempt, block, failure)));
        }
        else if (_asked is { } host)
        {
            byte[] selection = reader.Selection.ToArray();
            Carry(life, host, "pull", () => host.Blocks.Store.Subscribe(
                key, (block, failure) => _ = AnswerAsync(host, attempt, selection, block, failure)));
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

        NodeLife? host = life.Blocks.HostOf(owner);
        if (host is not null && (_isLost || host != _asked))
        {
            Ask();
            return;
        }

        // A block that is not published yet is waited for where it was asked for.
        LookAfterLater(attempt);
    }

    private async Task TakeLocalAsync(int attempt, IBlock? block, ActorException? failure)
    {
        if (attempt != _attempt || Task.IsCompleted)
        {
            return;
        }

        if (failure is not null)
        {
            TrySetException(failure);
            return;
        }

        switch (block)
        {
            case TBlock expected:
                TrySetResult(expected);
                break;
            case IUnreadBlock unread:
                await TakeAsync(unread.ReadAsync(reader, cancellationToken).AsTask()).ConfigureAwait(false);
                break;
            default:
                TrySetException(WrongType(block!));
                break;
        }
    }

    // Runs at the owner's node.
    private async Task AnswerAsync(NodeLife host, int attempt, byte[] selection, IBlock? block, ActorException? failure)
    {
        if (failure is BlockExchangeStoppedException)
        {
            // The owner's node stops, not the puller's: the owner comes up elsewhere.
            _isLost |= attempt == _attempt;
            return;
        }

        byte[] bytes = [];
        Exception? refusal = failure ?? (block is TBlock or IUnreadBlock ? null : WrongType(block!));
        if (refusal is null)
        {
            try
            {
                bytes = await BlockWire.WriteAsync(key, block!, selection).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                refusal = exception;
            }
        }

        if (life.Cluster.IsOnThread($"the block {key} was written there", inside: false))
        {
            Carry(host, life, "block", () => _ = TakeRemoteAsync(attempt, bytes, refusal));
        }
    }

    private async Task TakeRemoteAsync(int attempt, byte[] bytes, Exception? refusal)
    {
        if (attempt != _attempt || Task.IsCompleted)
        {
            return;
        }

        if (refusal is not null)
        {
            TrySetException(refusal);
            return;
        }

        await TakeAsync(BlockWire.ReadAsync(bytes, reader, cancellationToken)).ConfigureAwait(false);
    }

    private async Task TakeAsync(Task<TBlock> reading)
    {
        try
        {
            TBlock block = await reading.ConfigureAwait(false);
            if (life.Cluster.IsOnThread($"the block {key} was read there", inside: false))
            {
                TrySetResult(block);
            }
        }
        catch (Exception exception)
        {
            TrySetException(exception);
        }
    }

    private void Carry(NodeLife from, NodeLife to, string what, Action arrive) =>
        life.Cluster.Network.Carry(new Network.Parcel(from, to, what, arrive)
        {
            About = owner,
            Detail = key.ToString(),
            IsBulk = true,
            Lost = () => _isLost = true,
        });

    private BlockTypeException WrongType(IBlock block) => new(key, typeof(TBlock).Name, block.GetType().Name);
}
