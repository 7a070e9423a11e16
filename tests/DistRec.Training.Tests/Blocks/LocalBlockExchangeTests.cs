using System.Runtime.CompilerServices;

namespace DistRec.Training.Tests.Blocks;

public sealed class LocalBlockExchangeTests
{
    [Fact]
    public void A_block_is_kept_until_its_round_or_job_is_dropped_or_it_is_replaced()
    {
        using LocalBlockExchange exchange = new();
        WeakReference first = Publish(exchange, round: 1);
        WeakReference second = Publish(exchange, round: 2);
        WeakReference replaced = Publish(exchange, round: 3);
        WeakReference third = Publish(exchange, round: 3);
        Alive(first, second, replaced, third).ShouldBe([true, true, false, true]);

        exchange.DropThrough("job", 1);
        Alive(first, second, third).ShouldBe([false, true, true]);
        exchange.DropThrough("job", 2);
        Alive(second, third).ShouldBe([false, true]);
        exchange.DropJob("job");
        Alive(third).ShouldBe([false]);
    }

    [Fact]
    public void A_block_that_comes_after_its_round_was_dropped_is_not_kept()
    {
        using LocalBlockExchange exchange = new();
        exchange.DropThrough("job", 5);

        WeakReference late = Publish(exchange, round: 5);
        WeakReference inTime = Publish(exchange, round: 6);

        Alive(late, inTime).ShouldBe([false, true]);
    }

    [Fact]
    public async Task A_pull_returns_the_very_reference_whatever_the_reader_selects()
    {
        using LocalBlockExchange exchange = new();
        BlockKey key = new("job", 1, "factors", 0, 1);
        BytesBlock block = new(1, 2, 3);
        exchange.Publish(key, block);

        (await exchange.PullAsync("", key, new BytesBlockReader(2, 1))).ShouldBeSameAs(block);
    }

    [Fact]
    public async Task A_block_comes_to_who_waits_on_after_others_gave_up()
    {
        using LocalBlockExchange exchange = new();
        using CancellationTokenSource cancellation = new();
        BlockKey key = new("job", 1, "factors", 0, 1);
        Task<IBlock> leaving = exchange.PublishedAsync(key, cancellation.Token).AsTask();
        Task<IBlock> staying = exchange.PublishedAsync(key, CancellationToken.None).AsTask();
        await cancellation.CancelAsync();
        await leaving.Soon().ShouldThrowAsync<OperationCanceledException>();
        Task<IBlock> late = exchange.PublishedAsync(key, CancellationToken.None).AsTask();

        EmptyBlock block = new();
        exchange.Publish(key, block);

        (await staying.Soon()).ShouldBeSameAs(block);
        (await late.Soon()).ShouldBeSameAs(block);
    }

    [Fact]
    public void A_block_without_parts_refuses_a_selection_by_name()
    {
        IBlock block = new EmptyBlock();

        Should.Throw<NotSupportedException>(() => block.Select(new byte[3])).Message.ShouldContain(nameof(EmptyBlock));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Publish(LocalBlockExchange exchange, long round)
    {
        BytesBlock block = new(1);
        exchange.Publish(new BlockKey("job", round, "factors", 0, 1), block);
        return new WeakReference(block);
    }

    private static bool[] Alive(params WeakReference[] blocks)
    {
        GC.Collect();
        return [.. blocks.Select(block => block.IsAlive)];
    }
}

/// <summary>Owner and puller in one process.</summary>
public sealed class LocalBlockExchangeContractTests : BlockExchangeContract
{
    protected override Task<ExchangeUnderTest> StartExchangeAsync()
    {
        LocalBlockExchange exchange = new();
        return Task.FromResult(new ExchangeUnderTest(exchange, exchange, "", () =>
        {
            exchange.Dispose();
            return ValueTask.CompletedTask;
        }));
    }
}
