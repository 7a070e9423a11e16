using static DistRec.Training.Tests.Partitions.Wire;

namespace DistRec.Training.Tests.Partitions;

public sealed class FeatureBlockTests
{
    // Three users with an indicator and one more feature, four items with indicators; rows by user.
    private static readonly RelationBlock[] Blocks =
    [
        new("user", RelationEntity.User, new RatingMatrix(8, [0, 2, 4, 5], [0, 3, 1, 3, 2], [1, 0.5f, 1, 2, 1])),
        new("item", RelationEntity.Item, new RatingMatrix(8, [0, 1, 2, 3, 4], [4, 5, 6, 7], [1, 1, 1, 1])),
    ];

    private static readonly FeatureData Data = new(
        new FeatureSpace([new FeatureGroup("user", 0, 3), new FeatureGroup("age", 3, 1), new FeatureGroup("item", 4, 4)]),
        new FeatureRows([5, 4, 3, 2, 1], Blocks, [[0, 0, 1, 2, 2], [0, 2, 1, 2, 3]]),
        new FeatureRows([3, 2], Blocks, [[1, 2], [0, 0]]),
        null) { Runs = [0, 2, 3, 5], RankedBlock = 1 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_block_of_features_comes_back_from_its_bytes(bool whole)
    {
        FeatureBlock block = FeatureBlock.Of(Data, 2..5, 1..2, whole);

        FeatureBlock read = await ReadAsync(FeatureBlock.Reader.Instance, await BytesOfAsync(block));

        Text(read.Training).ShouldBe(Text(block.Training));
        Text(read.HeldOut!).ShouldBe(Text(block.HeldOut!));
        read.Runs.ShouldBe(block.Runs);
        read.RankedBlock.ShouldBe(1);
        read.Training.Blocks.Select(part => part.Entity).ShouldBe([RelationEntity.User, RelationEntity.Item]);
        ReferenceEquals(read.Training.Blocks, read.HeldOut!.Blocks).ShouldBeTrue();
    }

    [Fact]
    public async Task Neither_held_out_rows_nor_runs_need_be_there()
    {
        FeatureBlock block = FeatureBlock.Of(Data with { Validation = null, Runs = null, RankedBlock = -1 }, 0..5, 0..0, keepsBlocks: false);
        FeatureBlock read = await ReadAsync(FeatureBlock.Reader.Instance, await BytesOfAsync(block));
        read.HeldOut.ShouldBeNull();
        read.Runs.ShouldBeNull();
        Text(read.Training).ShouldBe(Text(Data.Train));
    }

    [Fact]
    public void A_cut_says_the_same_with_fewer_rows_of_blocks_and_keeps_what_is_ranked_whole()
    {
        FeatureBlock cut = FeatureBlock.Of(Data, 2..5, 1..2, keepsBlocks: false);
        Text(cut.Training).ShouldBe(Text(Data.Train.Slice(2, 5)));
        Text(cut.HeldOut!).ShouldBe(Text(Data.Validation!.Slice(1, 2)));
        cut.Training.Blocks[0].Rows.RowCount.ShouldBe(2);
        cut.Training.Blocks[1].Rows.RowCount.ShouldBe(4);
        cut.Runs.ShouldBe([0, 1, 3]);
        FeatureBlock.Of(Data with { RankedBlock = -1 }, 2..3, 0..0, keepsBlocks: false).Training.Blocks[1].Rows.RowCount.ShouldBe(1);
    }

    [Fact]
    public async Task Damaged_blocks_of_features_are_refused_saying_what_was_expected()
    {
        byte[] bytes = await BytesOfAsync(FeatureBlock.Of(Data, 0..5, 0..2, keepsBlocks: true));
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [1, 2, 3], "expected at least 12", "found 3");
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [0, .. bytes[1..]], "expected relation blocks", "found 0");
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [.. bytes[..4], 2, .. bytes[5..]], "ranked", "found 2, 2");
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [.. bytes[..8], 9, .. bytes[9..]], "0 to 7", "9");
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [.. bytes[..12], 9, .. bytes[13..]], "a number of 0 to 3", "found 9");
        await ShouldRefuseAsync(FeatureBlock.Reader.Instance, [.. bytes, 0], "expected", "found");
        for (int length = 0; length < bytes.Length; length++)
        {
            await ShouldRefuseAsync(FeatureBlock.Reader.Instance, bytes[..length], "expected", "found");
        }
    }

    [Fact]
    public async Task A_worker_without_rows_gets_none()
    {
        foreach (bool whole in new[] { true, false })
        {
            FeatureBlock block = FeatureBlock.Of(Data with { Runs = null, RankedBlock = -1 }, 3..3, 0..0, whole) with { Sharers = [.. new int[8]] };
            FeatureBlock read = await ReadAsync(FeatureBlock.Reader.Instance, await BytesOfAsync(block));
            read.Training.Count.ShouldBe(0);
            read.HeldOut!.Count.ShouldBe(0);
            read.Training.Blocks.Count.ShouldBe(2);
            read.Require(features: 8, rows: 0, isRanking: false).ShouldBeSameAs(read);
        }
    }

    [Fact]
    public void Rows_of_another_job_are_refused_by_name()
    {
        FeatureBlock block = FeatureBlock.Of(Data, 0..5, 0..2, keepsBlocks: true) with { Sharers = new int[8] };
        block.Require(8, 5, isRanking: true).ShouldBeSameAs(block);
        ShouldRefuse(block, 8, 4, true, "expected 4 training rows, found 5");
        ShouldRefuse(block, 7, 5, true, "expected at most 7 features, found 8");
        ShouldRefuse(block with { Sharers = new int[9] }, 8, 5, true, "expected sharers of 8 features, found 9");
        ShouldRefuse(block with { RankedBlock = -1 }, 8, 5, true, "expected runs of rows and a block to rank, found -1");
        ShouldRefuse(block with { Runs = [0, 3, 2, 5] }, 8, 5, true, "expected runs from 0 to 5, found 0 3 2 5");
        ShouldRefuse(block with { Runs = [0, 4] }, 8, 5, true, "expected runs from 0 to 5, found 0 4");

        static void ShouldRefuse(FeatureBlock block, int features, int rows, bool isRanking, string words) =>
            Should.Throw<InvalidDataException>(() => block.Require(features, rows, isRanking)).Message.ShouldContain(words);
    }

    [Fact]
    public async Task Sums_come_back_from_their_bytes()
    {
        double[] sums = [.. Enumerable.Range(0, 50_000).Select(number => Math.Sqrt(number) - 7)];
        (await ReadAsync(SumsBlock.Reader.Instance, await BytesOfAsync(new SumsBlock(sums)))).Values.ShouldBe(sums);
        await ShouldRefuseAsync(SumsBlock.Reader.Instance, [1, 2, 3]);
    }

    // Rows of the design matrix, as text.
    private static string[] Text(FeatureRows rows) =>
    [
        .. Enumerable.Range(0, rows.Count).Select(row => $"{rows.Targets[row]}: " + string.Join(' ', rows.Blocks.Select((block, index) =>
        {
            int entity = rows.BlockRows[index][row];
            float[] values = block.Rows.RowValues(entity).ToArray();
            return string.Join(' ', block.Rows.RowColumns(entity).ToArray().Select((feature, place) => $"{feature}={values[place]}"));
        }))),
    ];
}
