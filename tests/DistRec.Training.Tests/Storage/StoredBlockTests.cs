using DistRec.Training.Tests.Partitions;

namespace DistRec.Training.Tests.Storage;

public sealed class StoredBlockTests
{
    private static readonly BlockKey Key = new("job", 1, "tables", 0, 0);
    private const string Owner = "";

    private readonly MemoryBlobStore _store = new();

    [Fact]
    public async Task A_pull_in_the_same_process_gives_the_block_that_was_stored()
    {
        FactorBlock block = Block();
        using LocalBlockExchange exchange = new();
        exchange.Publish(Key, await StoredBlock.PutAsync(_store, "a", block));

        FactorBlock pulled = await exchange.PullAsync(Owner, Key, FactorBlock.Reader.Instance);

        pulled.Biases.ShouldBe(block.Biases);
        pulled.Factors.Row(2).ToArray().ShouldBe(block.Factors.Row(2).ToArray());
        (await exchange.PullAsync(Owner, Key, FactorBlock.Reader.Instance)).Biases.ShouldBe(block.Biases);
    }

    [Fact]
    public async Task It_travels_with_the_bytes_of_the_block_itself()
    {
        FactorBlock block = Block();
        await StoredBlock.PutAsync(_store, "a", block);

        StoredBlock stored = await StoredBlock.OpenAsync(_store, "a");

        stored.ByteLength.ShouldBe(block.ByteLength);
        (await Wire.BytesOfAsync(stored)).ShouldBe(await Wire.BytesOfAsync(block));
    }

    [Fact]
    public async Task Damage_is_named_and_gives_no_block()
    {
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());
        Damage();

        UnreadableBlockException unreadable = await Should.ThrowAsync<UnreadableBlockException>(
            () => stored.ReadAsync(FactorBlock.Reader.Instance, CancellationToken.None).AsTask());

        unreadable.InnerException.ShouldBeOfType<BlobDamagedException>().Name.ShouldBe("a");
        unreadable.Message.ShouldContain("store it again");
    }

    [Fact]
    public async Task Damage_that_is_known_is_told_before_the_first_byte()
    {
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());
        Damage();
        await Should.ThrowAsync<UnreadableBlockException>(() => Wire.BytesOfAsync(stored));

        using MemoryStream nothing = new();
        await Should.ThrowAsync<UnreadableBlockException>(() => stored.WriteAsync(nothing, CancellationToken.None).AsTask());

        nothing.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_missing_blob_is_named_when_it_is_sought_and_when_it_goes_later()
    {
        (await Should.ThrowAsync<BlobNotFoundException>(() => StoredBlock.OpenAsync(_store, "none"))).Name.ShouldBe("none");
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());
        await _store.DeleteAsync("a");

        (await Should.ThrowAsync<UnreadableBlockException>(() => Wire.BytesOfAsync(stored))).InnerException.ShouldBeOfType<BlobNotFoundException>();
    }

    [Fact]
    public async Task A_blob_replaced_by_one_of_another_length_is_not_taken_for_it()
    {
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());
        await StoredBlock.PutAsync(_store, "a", FactorBlock.Zeros(1, 2));

        (await Should.ThrowAsync<UnreadableBlockException>(() => Wire.BytesOfAsync(stored))).Message.ShouldContain("the blob a");
    }

    [Fact]
    public async Task A_part_of_it_is_refused_by_name_near_and_far()
    {
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());
        RowSet rows = RowSet.All(3);

        (await Should.ThrowAsync<NotSupportedException>(
            () => stored.ReadAsync(new FactorRowsReader(FactorBlock.Zeros(3, 2), rows), CancellationToken.None).AsTask())).Message.ShouldContain("as a whole");
        Should.Throw<NotSupportedException>(() => ((IBlock)stored).Select(rows.Bytes));
    }

    [Fact]
    public async Task A_reader_that_leaves_bytes_has_not_read_the_block()
    {
        StoredBlock stored = await StoredBlock.PutAsync(_store, "a", Block());

        (await Should.ThrowAsync<InvalidDataException>(() => stored.ReadAsync(new HastyReader(), CancellationToken.None).AsTask()))
            .Message.ShouldContain($"of {stored.ByteLength} bytes, found one of 4");
    }

    [Fact]
    public async Task A_block_that_writes_other_than_it_says_is_not_stored()
    {
        (await Should.ThrowAsync<InvalidDataException>(() => StoredBlock.PutAsync(_store, "a", new BoastfulBlock())))
            .Message.ShouldContain("10 bytes it speaks of, found 3");

        (await _store.ExistsAsync("a")).ShouldBeFalse();
    }

    private void Damage() => _store.Damage("a", bytes =>
    {
        bytes[^20] ^= 1;
        return bytes;
    });

    private static FactorBlock Block() => Wire.Numbered(3, 2);

    private sealed class HastyReader : IBlockReader<FactorBlock>
    {
        public async ValueTask<FactorBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            await stream.ReadExactlyAsync(new byte[4], cancellationToken);
            return FactorBlock.Zeros(0, 0);
        }
    }

    private sealed class BoastfulBlock : IBlock
    {
        public long ByteLength => 10;

        public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(new byte[3], cancellationToken);
    }
}
