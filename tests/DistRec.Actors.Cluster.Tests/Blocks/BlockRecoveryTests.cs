using DistRec.Actors.Cluster.Blocks;
using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Blocks;

/// <summary>Harm on the way, and actors that move: pulls get their block all the same.</summary>
public sealed class BlockRecoveryTests : IAsyncLifetime
{
    private const int BlockBytes = 1_000_000;

    private static readonly BlockKey Key = new("job", 1, "factors", 0, 1);
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, BlockBytes).Select(position => (byte)(position * 31))];

    private readonly TestCluster _cluster = TestCluster.Create();
    private TestNode? _owner;
    private TestNode? _puller;

    private TestNode Owner => _owner!;

    private TestNode Puller => _puller!;

    public async Task InitializeAsync()
    {
        _owner = await _cluster.StartNodeAsync();
        _puller = await _cluster.StartNodeAsync();
        _cluster.Place(TestCluster.Owner, Owner.Address);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(500_000)]
    [InlineData(BlockBytes + 100)] // among the last bytes: the headers are longer than this
    public async Task A_damaged_block_is_pulled_again(long position)
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Flip, position);
        SetBetween(Puller, proxy);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        (await PullAsync().Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        BlockTraffic traffic = Puller.Exchange.Traffic.Single();
        traffic.Retries.ShouldBe(1);
        traffic.ReceivedBytes.ShouldBe(2 * (BlockBytes + 4));
    }

    [Fact]
    public async Task Damage_that_a_reader_stumbles_over_is_told_from_a_block_it_cannot_read()
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Flip, 500_000);
        SetBetween(Puller, proxy);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        BytesBlock block = await Puller.Exchange.PullAsync(TestCluster.Owner, Key, new ParticularReader(Bytes)).Soon();

        block.Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();
        Puller.Exchange.Traffic.Single().Retries.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(500_000)]
    public async Task A_connection_cut_in_the_middle_is_made_again(long position)
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Cut, position, times: 3);
        SetBetween(Puller, proxy);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        (await PullAsync().Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        proxy.Connections.ShouldBe(4);
        Puller.Exchange.Traffic.Single().Retries.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000)]
    public async Task A_peer_that_freezes_is_asked_again(long position)
    {
        TestNode puller = await _cluster.StartNodeAsync(
            TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(300), IdleTimeout = TimeSpan.FromMilliseconds(300) });
        await using FaultyProxy proxy = new(Owner.Address, Fault.Freeze, position);
        SetBetween(puller, proxy);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));

        (await puller.Exchange.PullAsync(TestCluster.Owner, Key, new BytesBlockReader()).Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();

        proxy.Left.ShouldBe(0);
        puller.Exchange.Traffic.Single().Retries.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_node_that_does_not_host_the_owner_sends_the_pull_to_look_again()
    {
        TestNode stranger = await _cluster.StartNodeAsync();
        stranger.Exchange.Publish(Key, new BytesBlock(9));
        Owner.Exchange.Publish(Key, new BytesBlock(1));
        int looks = 0;
        Puller.Directory.Finds = _ => new ActorHost(++looks < 4 ? stranger.Address : Owner.Address, CancellationToken.None);

        (await PullAsync().Soon()).Bytes.ToArray().ShouldBe([1]);

        looks.ShouldBe(4);
        Puller.Exchange.Traffic.Single().Retries.ShouldBe(3);
    }

    [Fact]
    public async Task A_pull_that_waits_follows_the_actor_to_its_new_host()
    {
        TestNode second = await _cluster.StartNodeAsync();
        Task<BytesBlock> pull = PullAsync();
        await Owner.Waiting.WhenAsync(Key);

        _cluster.Place(TestCluster.Owner, second.Address);
        await second.Waiting.WhenAsync(Key);
        second.Exchange.Publish(Key, new BytesBlock(2));

        (await pull.Soon()).Bytes.ToArray().ShouldBe([2]);
    }

    [Fact]
    public async Task A_pull_that_waits_on_its_own_node_follows_the_actor_away_and_back()
    {
        _cluster.Place(TestCluster.Owner, Puller.Address);
        Task<BytesBlock> pull = PullAsync();

        _cluster.Place(TestCluster.Owner, Owner.Address);
        await Owner.Waiting.WhenAsync(Key);
        _cluster.Place(TestCluster.Owner, Puller.Address);
        BytesBlock block = new(3);
        Puller.Exchange.Publish(Key, block);

        (await pull.Soon()).ShouldBeSameAs(block);
    }

    [Fact]
    public async Task A_host_that_freezes_in_the_middle_of_a_block_is_left_when_its_actors_move()
    {
        await using FaultyProxy proxy = new(Owner.Address, Fault.Freeze, 500_000);
        SetBetween(Puller, proxy);
        Owner.Exchange.Publish(Key, new BytesBlock(Bytes));
        CancellationTokenSource moved = new();
        CountingReader reader = new(halfBytes: 400_000);
        Puller.Directory.Finds = _ => moved.IsCancellationRequested ? _cluster.HostOf(TestCluster.Owner) : new ActorHost(proxy.Address, moved.Token);
        TestNode second = await _cluster.StartNodeAsync();
        second.Exchange.Publish(Key, new BytesBlock(Bytes));
        Task<BytesBlock> pull = Puller.Exchange.PullAsync(TestCluster.Owner, Key, reader).AsTask();
        await reader.Half.Task.Soon("the first half");

        _cluster.Place(TestCluster.Owner, second.Address);
        await moved.CancelAsync();

        (await pull.Soon()).Bytes.Span.SequenceEqual(Bytes).ShouldBeTrue();
        moved.Dispose();
    }

    [Fact]
    public async Task A_directory_that_keeps_naming_a_host_it_knows_to_be_gone_is_not_asked_without_a_pause()
    {
        int looks = 0;
        Puller.Directory.Finds = _ => ++looks < 6 ? new ActorHost(Owner.Address, new CancellationToken(canceled: true)) : _cluster.HostOf(TestCluster.Owner);
        Owner.Exchange.Publish(Key, new BytesBlock(1));
        long began = TimeProvider.System.GetTimestamp();

        await PullAsync().Soon();

        // After the first turn at once, then 2, 4, 8 and 16 ms.
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(25));
    }

    [Fact]
    public async Task A_pull_from_a_node_that_starts_only_later_succeeds_then()
    {
        Uri nowhere = new("http://127.0.0.1:1/");
        TaskCompletionSource lookedTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int looks = 0;
        bool isUp = false;
        Puller.Directory.Finds = _ =>
        {
            if (++looks == 2)
            {
                lookedTwice.SetResult();
            }

            return new ActorHost(Volatile.Read(ref isUp) ? Owner.Address : nowhere, CancellationToken.None);
        };
        Owner.Exchange.Publish(Key, new BytesBlock(4));
        Task<BytesBlock> pull = PullAsync();
        await lookedTwice.Task.Soon("the second attempt");

        Volatile.Write(ref isUp, true);

        (await pull.Soon()).Bytes.ToArray().ShouldBe([4]);
    }

    /// <summary>A worker behind a firewall, or with a wrong address, is a member that nobody can call; pulls from it went on for ever.</summary>
    [Fact]
    public async Task A_member_that_cannot_be_called_ends_the_pull_by_name_after_a_while()
    {
        TestNode puller = await _cluster.StartNodeAsync(TestCluster.Quick with { UnreachableTimeout = TimeSpan.FromMilliseconds(200) });
        _cluster.Place(TestCluster.Owner, new Uri("http://127.0.0.1:1/"));

        BlockUnreachableException unreachable = await Should.ThrowAsync<BlockUnreachableException>(
            () => puller.Exchange.PullAsync(TestCluster.Owner, Key, new BytesBlockReader()).AsTask().Soon());

        unreachable.Message.ShouldContain("http://127.0.0.1:1/");
        unreachable.Message.ShouldContain("for 0.2 s (at last: ");
        unreachable.Message.ShouldContain("check that address");
        puller.Exchange.Traffic.Single().Retries.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_member_that_answers_not_yet_is_waited_for_longer_than_one_that_cannot_be_called()
    {
        TestNode puller = await _cluster.StartNodeAsync(TestCluster.Quick with { UnreachableTimeout = TimeSpan.FromTicks(1) });
        TestNode owner = await _cluster.StartNodeAsync(TestCluster.Quick with { PollTimeout = TimeSpan.FromMilliseconds(1) });
        _cluster.Place(TestCluster.Owner, owner.Address);
        int looks = 0;
        puller.Directory.Finds = address =>
        {
            if (++looks == 4)
            {
                owner.Exchange.Publish(Key, new BytesBlock(5));
            }

            return _cluster.HostOf(address);
        };

        (await puller.Exchange.PullAsync(TestCluster.Owner, Key, new BytesBlockReader()).AsTask().Soon()).Bytes.ToArray().ShouldBe([5]);
    }

    [Fact]
    public async Task An_owners_exchange_that_stops_leaves_its_pulls_to_the_next_host()
    {
        TestNode second = await _cluster.StartNodeAsync();
        Task<BytesBlock> pull = PullAsync();
        await Owner.Waiting.WhenAsync(Key);

        Owner.Exchange.Dispose();
        second.Exchange.Publish(Key, new BytesBlock(6));
        _cluster.Place(TestCluster.Owner, second.Address);

        (await pull.Soon()).Bytes.ToArray().ShouldBe([6]);
    }

    private void SetBetween(TestNode puller, FaultyProxy proxy) =>
        puller.Directory.Finds = address => _cluster.HostOf(address) with { Address = proxy.Address };

    private Task<BytesBlock> PullAsync() => Puller.Exchange.PullAsync(TestCluster.Owner, Key, new BytesBlockReader()).AsTask();

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
