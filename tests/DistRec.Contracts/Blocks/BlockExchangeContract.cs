using DistRec.Training.Blocks;

namespace DistRec.Contracts;

/// <summary>The exchange of a block's owner and that of its puller; the same one when both live in one process.</summary>
/// <param name="Owner">Where blocks are published.</param>
/// <param name="Puller">Where they are pulled.</param>
/// <param name="OwnerEndpoint">Under which endpoint they are pulled.</param>
/// <param name="StopAsync">Stops both; called once, or more.</param>
/// <param name="WhenWaitingAsync">
/// Completes when a pull of that key has come to wait at the owner; null where a pull does so at once.
/// </param>
public sealed record ExchangeUnderTest(
    IBlockExchange Owner,
    IBlockExchange Puller,
    string OwnerEndpoint,
    Func<ValueTask> StopAsync,
    Func<BlockKey, Task>? WhenWaitingAsync = null);

/// <summary>What every block exchange promises.</summary>
public abstract class BlockExchangeContract : IAsyncLifetime
{
    private ExchangeUnderTest? _exchange;

    private ExchangeUnderTest Exchange => _exchange!;

    public async Task InitializeAsync() => _exchange = await StartExchangeAsync();

    public async Task DisposeAsync() => await Exchange.StopAsync();

    protected abstract Task<ExchangeUnderTest> StartExchangeAsync();

    [Fact]
    public async Task A_published_block_is_pulled_with_its_bytes_as_often_as_wanted()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(position => (byte)(position * 31))];
        Exchange.Owner.Publish(Key(1), new BytesBlock(bytes));

        for (int pull = 0; pull < 3; pull++)
        {
            (await PullAsync(Key(1)).Soon()).Bytes.ToArray().ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task An_empty_block_is_a_block()
    {
        Exchange.Owner.Publish(Key(1), new BytesBlock());

        (await PullAsync(Key(1)).Soon()).ByteLength.ShouldBe(0);
    }

    [Fact]
    public async Task A_block_that_its_owner_has_not_read_is_read_by_the_pull()
    {
        Task<BytesBlock> waiting = PullAsync(Key(1));
        Exchange.Owner.Publish(Key(1), new UnreadBytesBlock(1, 2, 3));

        (await waiting.Soon()).Bytes.ToArray().ShouldBe([1, 2, 3]);
        (await PullAsync(Key(1)).Soon()).Bytes.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Pulls_wait_until_the_block_is_published()
    {
        Task<BytesBlock>[] pulls = [.. Enumerable.Range(0, 5).Select(_ => PullAsync(Key(1)))];
        pulls.ShouldAllBe(pull => !pull.IsCompleted);

        Exchange.Owner.Publish(Key(1), new BytesBlock(7));

        foreach (BytesBlock block in await Task.WhenAll(pulls).Soon())
        {
            block.Bytes.ToArray().ShouldBe([7]);
        }
    }

    [Fact]
    public async Task Every_part_of_the_key_tells_blocks_apart()
    {
        BlockKey[] keys =
        [
            Key(1),
            Key(1) with { Job = "other" },
            Key(2),
            Key(1) with { Name = "item-factors" },
            Key(1) with { From = 9 },
            Key(1) with { To = 9 },
            Key(1) with { Step = 9 },
        ];
        for (int number = 0; number < keys.Length; number++)
        {
            Exchange.Owner.Publish(keys[number], new BytesBlock((byte)number));
        }

        for (int number = 0; number < keys.Length; number++)
        {
            (await PullAsync(keys[number]).Soon()).Bytes.ToArray().ShouldBe([(byte)number]);
        }
    }

    [Fact]
    public async Task A_block_published_again_replaces_the_first()
    {
        Exchange.Owner.Publish(Key(1), new BytesBlock(1));
        Exchange.Owner.Publish(Key(1), new BytesBlock(2));

        (await PullAsync(Key(1)).Soon()).Bytes.ToArray().ShouldBe([2]);
    }

    [Fact]
    public async Task A_pull_of_another_type_fails_by_name()
    {
        Exchange.Owner.Publish(Key(1), new EmptyBlock());

        BlockTypeException failure = await PullAsync(Key(1)).Soon().ShouldThrowAsync<BlockTypeException>();

        failure.Key.ShouldBe(Key(1));
        failure.Message.ShouldContain(nameof(EmptyBlock));
        failure.Message.ShouldContain(nameof(BytesBlock));
    }

    [Fact]
    public async Task A_waiting_pull_of_another_type_fails_by_name()
    {
        Task<BytesBlock> pull = PullAsync(Key(1));

        Exchange.Owner.Publish(Key(1), new EmptyBlock());

        await pull.Soon().ShouldThrowAsync<BlockTypeException>();
    }

    [Fact]
    public async Task Dropping_a_round_drops_the_older_ones_too_and_nothing_else()
    {
        foreach (BlockKey key in new[] { Key(1), Key(2), Key(3), Key(2) with { Job = "other" } })
        {
            Exchange.Owner.Publish(key, new BytesBlock(1));
        }

        Exchange.Owner.DropThrough("job", 2);

        (await PullAsync(Key(1)).Soon().ShouldThrowAsync<BlockDroppedException>()).Key.ShouldBe(Key(1));
        await PullAsync(Key(2)).Soon().ShouldThrowAsync<BlockDroppedException>();
        await PullAsync(Key(3)).Soon();
        await PullAsync(Key(2) with { Job = "other" }).Soon();
    }

    [Fact]
    public async Task Dropping_a_round_fails_the_pulls_that_wait_for_it_and_no_others()
    {
        Task<BytesBlock> dropped = PullAsync(Key(2));
        Task<BytesBlock> kept = PullAsync(Key(3));

        Exchange.Owner.DropThrough("job", 2);

        (await dropped.Soon().ShouldThrowAsync<BlockDroppedException>()).Key.ShouldBe(Key(2));
        kept.IsCompleted.ShouldBeFalse();
        Exchange.Owner.Publish(Key(3), new BytesBlock(3));
        (await kept.Soon()).Bytes.ToArray().ShouldBe([3]);
    }

    [Fact]
    public async Task A_round_once_dropped_stays_dropped()
    {
        Exchange.Owner.DropThrough("job", 5);
        Exchange.Owner.DropThrough("job", 2);
        Exchange.Owner.Publish(Key(4), new BytesBlock(4));

        await PullAsync(Key(4)).Soon().ShouldThrowAsync<BlockDroppedException>();
    }

    [Fact]
    public async Task Dropping_a_job_fails_its_pulls_and_lets_its_name_begin_again()
    {
        Exchange.Owner.DropThrough("job", 5);
        Exchange.Owner.Publish(Key(6), new BytesBlock(6));
        Task<BytesBlock> waiting = PullAsync(Key(7));
        Task<BytesBlock> other = PullAsync(Key(7) with { Job = "other" });
        await WaitingAtOwnerAsync(Key(7));

        Exchange.Owner.DropJob("job");

        await waiting.Soon().ShouldThrowAsync<BlockDroppedException>();
        Task<BytesBlock> gone = PullAsync(Key(6));
        Task<BytesBlock> again = PullAsync(Key(1));
        gone.IsCompleted.ShouldBeFalse();
        other.IsCompleted.ShouldBeFalse();
        Exchange.Owner.Publish(Key(1), new BytesBlock(1));
        (await again.Soon()).Bytes.ToArray().ShouldBe([1]);
    }

    [Fact]
    public async Task Cancelling_a_pull_ends_it_alone()
    {
        using CancellationTokenSource cancellation = new();
        Task<BytesBlock> cancelled = PullAsync(Key(1), cancellation.Token);
        Task<BytesBlock> kept = PullAsync(Key(1));

        await cancellation.CancelAsync();

        await cancelled.Soon().ShouldThrowAsync<OperationCanceledException>();
        Exchange.Owner.Publish(Key(1), new BytesBlock(1));
        await kept.Soon();
    }

    [Fact]
    public async Task Stopping_fails_the_pulls_that_wait_and_all_later_calls()
    {
        Task<BytesBlock> waiting = PullAsync(Key(1));

        await Exchange.StopAsync();

        await waiting.Soon().ShouldThrowAsync<BlockExchangeStoppedException>();
        await Should.ThrowAsync<BlockExchangeStoppedException>(() => PullAsync(Key(1)));
        Should.Throw<BlockExchangeStoppedException>(() => Exchange.Owner.Publish(Key(1), new BytesBlock(1)));
    }

    private Task WaitingAtOwnerAsync(BlockKey key) =>
        (Exchange.WhenWaitingAsync?.Invoke(key) ?? Task.CompletedTask).Soon($"a pull of {key} at its owner");

    private static BlockKey Key(long round) => new("job", round, "user-factors", 0, 1);

    private async Task<BytesBlock> PullAsync(BlockKey key, CancellationToken cancellationToken = default) =>
        await Exchange.Puller.PullAsync(Exchange.OwnerEndpoint, key, new BytesBlockReader(), cancellationToken);
}
