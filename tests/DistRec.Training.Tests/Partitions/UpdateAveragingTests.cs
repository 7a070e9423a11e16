namespace DistRec.Training.Tests.Partitions;

public sealed class UpdateAveragingTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(100)]
    public void Few_steps_add_up_and_many_are_averaged(int workers)
    {
        UpdateAveraging.Share(workers, 0).ShouldBe(1);
        UpdateAveraging.Share(workers, 1e-9).ShouldBe(1);
        UpdateAveraging.Share(workers, 1e-5).ShouldBe(1, 1e-3);
        UpdateAveraging.Share(workers, 50).ShouldBe(1f / workers, 1e-6);
        UpdateAveraging.Share(workers, 1e9).ShouldBe(1f / workers, 1e-6);
    }

    [Fact]
    public void The_share_falls_with_every_step_and_every_worker()
    {
        foreach (int workers in new[] { 2, 3, 10, 64 })
        {
            float last = 1;
            for (double way = 1e-3; way < 10; way *= 1.3)
            {
                float share = UpdateAveraging.Share(workers, way);
                share.ShouldBeLessThan(last, $"{workers} workers, {way}");
                share.ShouldBeGreaterThan(1f / workers);
                UpdateAveraging.Share(workers + 1, way).ShouldBeLessThan(share);
                last = share;
            }
        }
    }

    [Fact]
    public void Together_workers_come_to_where_they_would_have_come_one_after_the_other()
    {
        // Each goes from 1 towards 0 by n steps of γ: (1 − γ)ⁿ is left of it.
        const double Rate = 0.001;
        foreach ((int workers, int steps) in new[] { (2, 1), (4, 300), (8, 1000), (50, 5000) })
        {
            double left = Math.Exp(steps * Math.Log(1 - Rate));
            double together = 1 - (workers * UpdateAveraging.Share(workers, steps * Rate) * (1 - left));
            together.ShouldBe(Math.Pow(left, workers), 1e-3);
        }
    }

    [Fact]
    public void What_one_worker_alone_has_is_pushed_whole_and_x_counts_by_its_square()
    {
        // Rows of a clock each: feature 0 in both with x = 1, feature 1 in the second with x = 3; place 2 is the intercept.
        RelationBlock[] blocks = [new("row", RelationEntity.Row, new RatingMatrix(2, [0, 1, 3], [0, 0, 1], [1, 1, 3]))];
        UpdateAveraging crowding = new(new FeatureRows([1, 2], blocks, [[0, 1]]), [0, 1, 2], [4, 4, 4]);
        UpdateAveraging alone = new(new FeatureRows([1, 2], blocks, [[0, 1]]), [0, 1, 2], [1, 1, 1]);

        crowding.ShareOf(0, 0, 0.1).ShouldBe(UpdateAveraging.Share(4, 0.1));
        crowding.ShareOf(0, 1, 0.1).ShouldBe(1, "the first clock does not move it");
        crowding.ShareOf(1, 1, 0.1).ShouldBe(UpdateAveraging.Share(4, 0.9), 1e-6);
        crowding.ShareOf(1, 2, 0.1).ShouldBe(UpdateAveraging.Share(4, 0.1));
        alone.ShareOf(1, 1, 0.1).ShouldBe(1);
    }
}
