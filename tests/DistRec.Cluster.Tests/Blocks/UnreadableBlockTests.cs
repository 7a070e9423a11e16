using DistRec.Cluster.Blocks;
using DistRec.Contracts;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Tests.Blocks;

public sealed class UnreadableBlockTests : IAsyncLifetime
{
    private static readonly BlockKey Key = new("job", 1, "user-factors", 0, 1);

    private readonly TestCluster _cluster = TestCluster.Create();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(200_000)]
    public async Task A_block_that_its_owner_cannot_read_any_more_fails_the_pull_by_name(int readable)
    {
        TestNode owner = await _cluster.StartNodeAsync();
        TestNode puller = await _cluster.StartNodeAsync();
        owner.Exchange.Publish(Key, new DamagedBlock(readable));

        BlockRefusedException refused = await Should.ThrowAsync<BlockRefusedException>(
            () => puller.PullAsync(owner.Endpoint, Key, new BytesBlockReader()).Soon());

        refused.Message.ShouldContain("the disk is broken");
    }

    /// <summary>Turns out to be damaged after some bytes, and says so at once from then on.</summary>
    private sealed class DamagedBlock(int readable) : IUnreadBlock
    {
        private bool _isKnown = readable == 0;

        public long ByteLength => 300_000;

        public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
        {
            if (!_isKnown)
            {
                await stream.WriteAsync(new byte[readable], cancellationToken);
                _isKnown = true;
            }

            throw new UnreadableBlockException("the disk is broken", new IOException());
        }

        public ValueTask<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, CancellationToken cancellationToken)
            where TBlock : IBlock =>
            throw new UnreadableBlockException("the disk is broken", new IOException());
    }
}
