namespace DistRec.Cluster.Tests.Blocks;

public sealed class UnreadableBlockTests : TwoNodes
{
    private static readonly BlockKey Key = new("job", 1, "user-factors", 0, 1);

    [Theory]
    [InlineData(0)]
    [InlineData(200_000)]
    public async Task A_block_that_its_owner_cannot_read_any_more_fails_the_pull_by_name(int readable)
    {
        Owner.Exchange.Publish(Key, new DamagedBlock(readable));

        BlockRefusedException refused = await Should.ThrowAsync<BlockRefusedException>(
            () => Puller.PullAsync(Owner.Endpoint, Key, new BytesBlockReader()).Soon());

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
