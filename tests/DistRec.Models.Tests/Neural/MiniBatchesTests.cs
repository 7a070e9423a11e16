using DistRec.Models.Neural;

namespace DistRec.Models.Tests.Neural;

public sealed class MiniBatchesTests
{
    private static readonly RatingMatrix Ratings = RatingLists.Draw(40, 30, 0.5, (_, _) => 3).ToMatrix(40, 30);

    [Fact]
    public void Every_rating_is_in_one_batch_of_an_epoch_and_batches_are_of_about_one_size()
    {
        MiniBatches batches = new(Ratings, 0, 6, seed: 1);
        batches.Deal(1);
        int[][] dealt = [.. Enumerable.Range(0, 6).Select(batch => batches.Of(batch).ToArray())];

        dealt.SelectMany(batch => batch).Order().ShouldBe(Enumerable.Range(0, (int)Ratings.Count));
        dealt.ShouldAllBe(batch => Math.Abs(batch.Length - (Ratings.Count / 6.0)) < Ratings.Count / 30.0);
        batches.Deal(2);
        batches.Of(0).ToArray().ShouldNotBe(dealt[0]);
        batches.Deal(1);
        batches.Of(0).ToArray().ShouldBe(dealt[0]);
    }

    [Fact]
    public void Partitions_deal_as_one_does_that_has_all_users()
    {
        MiniBatches all = new(Ratings, 0, 5, seed: 1), first = new(Ratings.Rows(0, 13), 0, 5, seed: 1), second = new(Ratings.Rows(13, 40), 13, 5, seed: 1);
        int before = (int)Ratings.RowStarts[13];
        foreach (int epoch in new[] { 1, 4 })
        {
            all.Deal(epoch);
            first.Deal(epoch);
            second.Deal(epoch);
            for (int batch = 0; batch < 5; batch++)
            {
                all.Of(batch).ToArray().ShouldBe([.. first.Of(batch), .. second.Of(batch).ToArray().Select(rating => before + rating)]);
            }
        }
    }

    [Fact]
    public void A_user_with_as_many_ratings_as_there_are_batches_has_one_in_each()
    {
        RatingMatrix one = new(8, [0, 8], [.. Enumerable.Range(0, 8)], new float[8]);
        MiniBatches batches = new(one, 3, 8, seed: 1);
        batches.Deal(1);

        Enumerable.Range(0, 8).Select(batch => batches.Of(batch).Length).ShouldAllBe(length => length == 1);
    }

    [Theory]
    [InlineData(1000, 512, 2)]
    [InlineData(100, 512, 1)]
    [InlineData(10, 1, 10)]
    public void There_are_so_many_batches_that_each_is_about_of_the_size(long ratings, int size, int expected) =>
        MiniBatches.CountFor(ratings, size).ShouldBe(expected);
}
