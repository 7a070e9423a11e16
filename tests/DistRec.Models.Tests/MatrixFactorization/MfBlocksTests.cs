using DistRec.Models.MatrixFactorization;

namespace DistRec.Models.Tests.MatrixFactorization;

public sealed class MfBlocksTests
{
    [Fact]
    public void Segments_cover_every_rating_exactly_once_and_hold_only_their_block()
    {
        for (ulong seed = 1; seed <= 60; seed++)
        {
            EntityRandom random = new(seed, RandomPurpose.Split, 0);
            int users = random.NextInt(20), items = 1 + random.NextInt(25);
            RatingMatrix all = RatingLists.Noise(users, items, random.NextDouble(), seed).ToMatrix(users, items);
            int from = random.NextInt(users + 1);
            RatingMatrix ratings = all.Rows(from, from + random.NextInt(users - from + 1));
            int[] starts = [0, .. Enumerable.Range(0, random.NextInt(6)).Select(_ => random.NextInt(items + 1)).Order(), items];
            MfBlocks blocks = new(ratings, starts);
            int[] visits = new int[all.Values.Length];
            long[] counts = new long[blocks.Count];
            for (int row = 0; row < ratings.RowCount; row++)
            {
                for (int block = 0; block < blocks.Count; block++)
                {
                    int start = blocks.Bounds[(row * blocks.Count) + block];
                    int end = blocks.Bounds[(row * blocks.Count) + block + 1];
                    for (int position = start; position < end; position++)
                    {
                        visits[position]++;
                        counts[block]++;
                        ratings.Columns[position].ShouldBeInRange(starts[block], starts[block + 1] - 1);
                        position.ShouldBeInRange((int)ratings.RowStarts[row], (int)ratings.RowStarts[row + 1] - 1);
                    }
                }
            }

            int[] expected = new int[visits.Length];
            expected.AsSpan((int)ratings.RowStarts[0], (int)ratings.Count).Fill(1);
            visits.ShouldBe(expected);
            counts.ShouldBe([.. Enumerable.Range(0, blocks.Count).Select(blocks.CountOf)]);
        }
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 1, 5 })]
    [InlineData(new[] { 0, 4 })]
    public void Blocks_that_leave_items_out_are_refused(int[] starts) =>
        Should.Throw<ArgumentException>(() => new MfBlocks(RatingLists.Noise(3, 5, 0.5).ToMatrix(3, 5), starts))
            .Message.ShouldContain("expected the starts of one or more blocks from 0 to 5");
}
