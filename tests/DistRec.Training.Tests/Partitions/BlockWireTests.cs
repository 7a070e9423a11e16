using DistRec.Numerics.Linear;
using static DistRec.Training.Tests.Partitions.Wire;

namespace DistRec.Training.Tests.Partitions;

public sealed class BlockWireTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(5, 17)]
    [InlineData(3, 0)]
    [InlineData(40_000, 3)]
    [InlineData(3000, 32)]
    [InlineData(2, 100_000)]
    public async Task A_block_of_factors_comes_back_from_its_bytes(int rows, int rank)
    {
        FactorBlock block = Numbered(rows, rank);

        FactorBlock read = await ReadAsync(FactorBlock.Reader.Instance, await BytesOfAsync(block));

        ShouldBeSame(read, block);
    }

    [Theory]
    [InlineData(1000, 16)]
    [InlineData(1000, 5)]
    [InlineData(20_000, 64)]
    [InlineData(20_000, 48)]
    [InlineData(50, 0)]
    public async Task Chosen_rows_go_to_their_places_and_no_others_change(int rows, int rank)
    {
        // Short runs, single rows and a run that is long enough to skip the chunk.
        RowSet chosen = RowSet.FromSorted(
            rows, [.. Enumerable.Range(0, rows).Where(row => row < rows / 2 || row % 7 is 0 or 1)]);
        FactorBlock block = Numbered(rows, rank);
        FactorBlock target = FactorBlock.Zeros(rows, rank);
        target.Factors.Values.Fill(-1);
        target.Biases.AsSpan().Fill(-2);
        IBlock part = block.Select(chosen.Bytes);
        part.ByteLength.ShouldBe(FactorBlockHeader.Bytes + (long)chosen.Count * (rank + 1) * sizeof(float));

        FactorBlock read = await ReadAsync(new FactorRowsReader(target, chosen), await BytesOfAsync(part));

        read.ShouldBeSameAs(target);
        for (int row = 0; row < rows; row++)
        {
            bool isChosen = chosen.Contains(row);
            target.Biases[row].ShouldBe(isChosen ? block.Biases[row] : -2);
            target.Factors.Row(row).SequenceEqual(block.Factors.Row(row)).ShouldBe(isChosen || rank == 0);
            if (!isChosen)
            {
                target.Factors.Row(row).ContainsAnyExcept(-1f).ShouldBeFalse();
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(5)]
    public async Task Streams_see_calls_for_chunks_and_never_for_rows(int rank)
    {
        const int Rows = 30_000;
        FactorBlock block = Numbered(Rows, rank);
        RowSet chosen = RowSet.FromSorted(Rows, [.. Enumerable.Range(0, Rows / 2).Select(row => 2 * row)]);
        using CountingStream written = new();
        await block.Select(chosen.Bytes).WriteAsync(written, CancellationToken.None);
        using PiecesStream pieces = new(written.ToArray(), int.MaxValue);
        await new FactorRowsReader(FactorBlock.Zeros(Rows, rank), chosen).ReadAsync(pieces, written.Length, CancellationToken.None);

        int chunks = (int)(written.Length / (128 * 1024)) + 2;
        written.Calls.ShouldBeLessThanOrEqualTo(chunks);
        pieces.Calls.ShouldBeLessThanOrEqualTo(chunks);
    }

    [Fact]
    public async Task A_selection_that_is_not_of_the_block_is_refused_by_name()
    {
        FactorBlock block = Numbered(100, 4);
        Should.Throw<InvalidDataException>(() => block.Select(RowSet.All(10).Bytes)).Message.ShouldContain("expected 16 bytes, found 8");

        byte[] other = await BytesOfAsync(block.Select(RowSet.FromSorted(100, [1, 2]).Bytes));
        FactorRowsReader reader = new(FactorBlock.Zeros(100, 4), RowSet.FromSorted(100, [1, 3]));
        (await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(reader, other))).Message.ShouldContain("expected");
        await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(FactorBlock.Reader.Instance, other));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_block_of_ratings_comes_back_from_its_bytes(bool withHeldOut, bool withFeedback)
    {
        RatingMatrix whole = new(9, [0, 2, 2, 5, 6], [1, 8, 0, 3, 4, 7], [1f, 2f, 3f, 4f, 5f, 0.5f]);
        RatingBlock block = new(whole.Rows(1, 4), withHeldOut ? whole.Rows(0, 3) : null, withFeedback ? whole.Rows(1, 4) : null);

        RatingBlock read = await ReadAsync(RatingBlock.Reader.Instance, await BytesOfAsync(block));

        ShouldBeSame(read.Training, block.Training);
        (read.HeldOut is not null).ShouldBe(withHeldOut);
        if (withHeldOut)
        {
            ShouldBeSame(read.HeldOut!, block.HeldOut!);
        }

        (read.Feedback is not null).ShouldBe(withFeedback);
        if (withFeedback)
        {
            ShouldBeSame(read.Feedback!, block.Feedback!);
        }
    }

    [Fact]
    public async Task Many_ratings_come_back_from_their_bytes()
    {
        RatingMatrix ratings = Planted.Make(100_000, 5000, 300, 0).Train;

        RatingBlock read = await ReadAsync(RatingBlock.Reader.Instance, await BytesOfAsync(new RatingBlock(ratings, null)), 70_001);

        ShouldBeSame(read.Training, ratings);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 100)]
    [InlineData(40, 3)]
    public async Task Sums_over_factors_come_back_from_their_bytes(int rank, int rows)
    {
        FactorBlock factors = Numbered(rows, rank);
        MomentSums sums = new(rank);
        sums.Add(factors.Factors, 0, rows);

        MomentSums read = (await ReadAsync(new MomentBlock.Reader(rank), await BytesOfAsync(new MomentBlock(sums)))).Moments;

        read.Rank.ShouldBe(rank);
        read.Count.ShouldBe(rows);
        read.Values.Span.SequenceEqual(sums.Values.Span).ShouldBeTrue();
        read.Product(0, rank - 1).ShouldBe(Enumerable.Range(0, rows).Sum(row => (double)factors.Factors.Row(row)[0] * factors.Factors.Row(row)[rank - 1]), 1e-6);
    }

    [Fact]
    public async Task More_rows_than_an_int_counts_come_back_and_sums_of_another_rank_are_refused()
    {
        MomentSums sums = new(2);
        sums.Merge(new double[MomentSums.LengthFor(2)], 5_000_000_000);
        byte[] bytes = await BytesOfAsync(new MomentBlock(sums));

        (await ReadAsync(new MomentBlock.Reader(2), bytes)).Moments.Count.ShouldBe(5_000_000_000);
        await ShouldRefuseAsync(new MomentBlock.Reader(40), bytes, "for rank 40", $"found {bytes.Length}");
        await ShouldRefuseAsync(new MomentBlock.Reader(2), [3, .. bytes[1..]], "expected rank 2", "found 3");
        await ShouldRefuseAsync(new MomentBlock.Reader(2), [.. bytes[..11], 255, .. bytes[12..]], "a number of rows");
        await ShouldRefuseAsync(new MomentBlock.Reader(2), bytes[..^1], "expected", "found");
    }

    [Fact]
    public async Task Damaged_blocks_are_refused_saying_what_was_expected()
    {
        byte[] factors = await BytesOfAsync(Numbered(3, 4));
        await ShouldRefuseAsync(FactorBlock.Reader.Instance, factors[..^1], "expected 76 bytes", "found 75");
        await ShouldRefuseAsync(FactorBlock.Reader.Instance, [1, 2, 3], "expected at least 16", "found 3");
        await ShouldRefuseAsync(FactorBlock.Reader.Instance, [.. factors[..4], 255, 255, 255, 255, .. factors[8..]], "expected counts", "-1");
        await ShouldRefuseAsync(FactorBlock.Reader.Instance, [255, 255, 255, 127, .. factors[4..]], "expected all 2147483647 rows", "found 3");

        byte[] ratings = await BytesOfAsync(new RatingBlock(new RatingMatrix(9, [0, 2], [1, 8], [1f, 2f]), null));
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [1, 2, 3], "expected at least 4", "found 3");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [7, .. ratings[1..]], "expected 0 to 3", "found 7");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [.. ratings[..4], 255, 255, 255, 63, .. ratings[8..]], "expected counts");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [.. ratings[..12], 255, 255, 255, 127, .. ratings[16..]], "expected", "found 16");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [.. ratings[..20], 9, .. ratings[21..]], "columns below 9", "found 9");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, [.. ratings, 0], "expected 32 bytes", "found 33");
        await ShouldRefuseAsync(RatingBlock.Reader.Instance, ratings[..^1], "expected", "found");
    }

    private static void ShouldBeSame(FactorBlock actual, FactorBlock expected)
    {
        actual.Biases.ShouldBe(expected.Biases);
        actual.Factors.Rank.ShouldBe(expected.Factors.Rank);
        actual.Factors.Values.SequenceEqual(expected.Factors.Values).ShouldBeTrue();
    }

    private static void ShouldBeSame(RatingMatrix actual, RatingMatrix expected)
    {
        actual.RowCount.ShouldBe(expected.RowCount);
        actual.ColumnCount.ShouldBe(expected.ColumnCount);
        for (int row = 0; row < expected.RowCount; row++)
        {
            actual.RowColumns(row).SequenceEqual(expected.RowColumns(row)).ShouldBeTrue();
            actual.RowValues(row).SequenceEqual(expected.RowValues(row)).ShouldBeTrue();
        }
    }
}
