namespace DistRec.Training.Tests.Coordination;

public sealed class ShardRangesTests
{
    private readonly ShardRanges _ranges = new();

    [Fact]
    public void Jobs_that_run_at_once_are_in_shards_of_their_own_and_one_that_follows_is_where_one_has_ended()
    {
        FirstOf("a", 1).ShouldBe(0);
        FirstOf("b", 1).ShouldBe(1);
        FirstOf("c", 3).ShouldBe(2);

        _ranges.Free("a");
        FirstOf("d", 2).ShouldBe(5, "there is room for one only below");
        FirstOf("e", 1).ShouldBe(0);
        _ranges.Free("c");
        FirstOf("f", 3).ShouldBe(2);
    }

    [Fact]
    public void A_job_that_was_placed_before_stays_where_it_is()
    {
        JobSpec spec = SmallJobs.Als(job: "taken up");
        spec.FirstShard = 1;
        _ranges.Place(spec).FirstShard.ShouldBe(1);

        FirstOf("a", 1).ShouldBe(0);
        FirstOf("b", 1).ShouldBe(2);
    }

    [Fact]
    public void What_is_placed_is_a_copy()
    {
        JobSpec spec = SmallJobs.Als();
        _ranges.Place(spec).HasFirstShard.ShouldBeTrue();
        spec.HasFirstShard.ShouldBeFalse();
    }

    [Fact]
    public void There_is_an_end_to_shards_but_not_to_partitions()
    {
        FirstOf("wide", ShardRanges.Limit + 1).ShouldBe(0);
        FirstOf("next", 1).ShouldBe(0, "it shares one");
    }

    private int FirstOf(string job, int partitions) => _ranges.Place(SmallJobs.Als(partitions, job: job)).FirstShard;
}
