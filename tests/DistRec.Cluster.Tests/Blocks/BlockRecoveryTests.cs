namespace DistRec.Cluster.Tests.Blocks;

/// <summary>Harm on the way, and nodes that fail or come late: pulls get their block all the same, or end by name.</summary>
public sealed class BlockRecoveryTests : TwoNodes
{
    private const int BlockBytes = 1_000_000;

    private static readonly BlockKey Key = new("job", 1, "factors", 0, 1);
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, BlockBytes).Select(position => (byte)(position * 31))];

    [Theory]
    [InlineData(500_000)]
    [InlineData(BlockBytes + 100)] // among the last bytes: the headers are longer than this
    public async Task A_damaged_block_is_pulled_again(long position)
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Flip, position);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        (await PullAsync(proxy.Address).Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        NodeTraffic traffic = Puller.Exchange.TotalTraffic;
        traffic.Retries.ShouldBe(1);
        traffic.ReceivedBytes.ShouldBe(2 * (BlockBytes + 4));
    }

    [Fact]
    public async Task Damage_that_a_reader_stumbles_over_is_told_from_a_block_it_cannot_read()
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Flip, 500_000);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        BytesBlock block = await Puller.PullAsync(proxy.Address.ToString(), Key, new ParticularReader(Bytes)).Soon();

        block.Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();
        Puller.Exchange.TotalTraffic.Retries.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(500_000)]
    public async Task A_connection_cut_in_the_middle_is_made_again(long position)
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Cut, position, times: 3);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        (await PullAsync(proxy.Address).Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        proxy.Connections.ShouldBe(4);
        Puller.Exchange.TotalTraffic.Retries.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000)]
    public async Task A_peer_that_freezes_is_asked_again(long position)
    {
        TestNode puller = await Cluster.StartNodeAsync(
            TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(300), IdleTimeout = TimeSpan.FromMilliseconds(300) });
        await using FaultyProxy proxy = new(Owner.Address, Fault.Freeze, position);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        BytesBlock block = await puller.PullAsync(proxy.Address.ToString(), Key, new BytesBlockReader()).Soon();

        block.Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        puller.Exchange.TotalTraffic.Retries.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_pull_from_a_node_that_freezes_in_the_middle_of_a_block_ends_when_its_caller_gives_it_up()
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Freeze, 500_000);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));
        CountingReader reader = new(halfBytes: 400_000);
        using CancellationTokenSource giveUp = new();
        Task<BytesBlock> pull = Puller.PullAsync(proxy.Address.ToString(), Key, reader, giveUp.Token);
        await reader.Half.Task.Soon("the first half");

        await giveUp.CancelAsync();

        await pull.Soon().ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task A_pull_from_a_node_that_starts_only_later_succeeds_then()
    {
        int port = FreePort.Find();
        ManualTime time = new();
        TestNode puller = await Cluster.StartNodeAsync(TestCluster.Quick with { Time = time });
        Task<BytesBlock> pull = puller.PullAsync($"http://127.0.0.1:{port}/", Key, new BytesBlockReader());
        await time.WhenArmedAsync(TestCluster.Quick.FirstBackoff).Soon("the wait after the first failure");

        TestNode owner = await Cluster.StartNodeAsync(port: port);
        owner.Exchange.Publish(Key, new BytesBlock(4));
        time.Advance(TestCluster.Quick.FirstBackoff);

        (await pull.Soon()).Bytes.ToArray().ShouldBe([4]);
    }

    [Fact]
    public async Task A_pull_that_waits_at_a_node_gets_its_block_from_the_process_that_takes_the_nodes_place()
    {
        Task<BytesBlock> pull = PullAsync(Owner.Address);
        await Owner.Waiting.WhenAsync(Key);

        await Owner.DisposeAsync();
        TestNode again = await Cluster.StartNodeAsync(port: Owner.Address.Port);
        await again.Waiting.WhenAsync(Key);
        again.Exchange.Publish(Key, new BytesBlock(6));

        (await pull.Soon()).Bytes.ToArray().ShouldBe([6]);
    }

    /// <summary>
    /// A worker behind a firewall, or with a wrong address, is a member that nobody can call; pulls from it went on for ever.
    /// </summary>
    [Fact]
    public async Task A_member_that_cannot_be_called_ends_the_pull_by_name_after_a_while()
    {
        TestNode puller = await Cluster.StartNodeAsync(TestCluster.Quick with { UnreachableTimeout = TimeSpan.FromMilliseconds(200) });

        BlockUnreachableException unreachable = await Should.ThrowAsync<BlockUnreachableException>(
            () => puller.PullAsync("http://127.0.0.1:1/", Key, new BytesBlockReader()).Soon());

        unreachable.Message.ShouldContain($"expected {puller.Exchange.Endpoint} to get it from http://127.0.0.1:1/, found");
        unreachable.Message.ShouldContain("for 0.2 s (at last: ");
        unreachable.Message.ShouldContain("check that address");
        puller.Exchange.TotalTraffic.Retries.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_member_that_answers_not_yet_is_waited_for_longer_than_one_that_cannot_be_called()
    {
        TestNode puller = await Cluster.StartNodeAsync(TestCluster.Quick with { UnreachableTimeout = TimeSpan.FromTicks(1) });
        TestNode owner = await Cluster.StartNodeAsync(TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(1) });
        int polls = 0;
        owner.Exchange.Server.Waiting = key =>
        {
            if (++polls == 4)
            {
                owner.Exchange.Publish(key, new BytesBlock(5));
            }
        };

        (await puller.PullAsync(owner.Endpoint, Key, new BytesBlockReader()).Soon()).Bytes.ToArray().ShouldBe([5]);

        puller.Exchange.TotalTraffic.Retries.ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_not_yet_begins_the_time_anew_after_which_a_member_cannot_be_called()
    {
        int port = FreePort.Find();
        ManualTime time = new();
        TestNode puller = await Cluster.StartNodeAsync(
            TestCluster.Quick with { UnreachableTimeout = TimeSpan.FromMinutes(1), Time = time });
        Task<BytesBlock> pull = puller.PullAsync($"http://127.0.0.1:{port}/", Key, new BytesBlockReader());
        await time.WhenArmedAsync(TestCluster.Quick.FirstBackoff).Soon("the wait after the first failure");
        TestNode owner = await Cluster.StartNodeAsync(TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(1) }, port: port);
        await AdvanceAsync(time, TestCluster.Quick.FirstBackoff, owner);

        await AdvanceAsync(time, TimeSpan.FromMinutes(2), owner);
        await owner.DisposeAsync();
        await time.WhenArmedAsync(TestCluster.Quick.FirstBackoff).Soon("the wait after the next failure");
        TestNode again = await Cluster.StartNodeAsync(port: port);
        again.Exchange.Publish(Key, new BytesBlock(8));
        time.Advance(TestCluster.Quick.FirstBackoff);

        (await pull.Soon()).Bytes.ToArray().ShouldBe([8]);
    }

    /// <summary>Moves the clock, and waits until a pull that polls the owner has been answered and has asked again after that.</summary>
    private static async Task AdvanceAsync(ManualTime time, TimeSpan by, TestNode owner)
    {
        TaskCompletionSource polled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int polls = 0;
        time.Advance(by);
        owner.Exchange.Server.Waiting = _ =>
        {
            if (++polls == 3)
            {
                polled.SetResult();
            }
        };
        await polled.Task.Soon("the requests after the clock was moved");
    }

    private Task<BytesBlock> PullAsync(Uri from) => Puller.PullAsync(from.ToString(), Key, new BytesBlockReader());

    /// <summary>Fails at the first byte that is not the expected one, as a reader of headers would.</summary>
    private sealed class ParticularReader(byte[] expected) : IBlockReader<BytesBlock>
    {
        public async ValueTask<BytesBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            byte[] bytes = new byte[length];
            for (int read = 0; read < length;)
            {
                int piece = await stream.ReadAsync(bytes.AsMemory(read), cancellationToken);
                if (!bytes.AsSpan(read, piece).SequenceEqual(expected.AsSpan(read, piece)))
                {
                    throw new InvalidDataException("that is not what was expected");
                }

                read += piece;
            }

            return new BytesBlock(bytes);
        }
    }

    /// <summary>Tells when it has read so many bytes.</summary>
    private sealed class CountingReader(int halfBytes) : IBlockReader<BytesBlock>
    {
        public TaskCompletionSource Half { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<BytesBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            byte[] bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes.AsMemory(0, halfBytes), cancellationToken);
            Half.TrySetResult();
            await stream.ReadExactlyAsync(bytes.AsMemory(halfBytes), cancellationToken);
            return new BytesBlock(bytes);
        }
    }
}
