namespace DistRec.Training.Tests.Coordination;

public sealed class JobLayoutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(65)]
    [InlineData(4096)]
    public void A_job_has_as_many_partitions_of_each_side_as_it_asks_for(int partitions)
    {
        JobSpec spec = SmallJobs.Als(partitions);
        JobLayout.PartitionsOf(spec).ShouldBe(partitions);
        JobLayout.AllOf(spec).Distinct().Count().ShouldBe(2 * partitions);
        JobLayout.AllOf(spec).Max(id => id.Index).ShouldBe(partitions - 1);
    }

    [Fact]
    public void Users_live_in_one_region_and_items_in_that_of_the_scheme()
    {
        JobLayout.RegionOf(Side.User, SmallJobs.Als()).ShouldBe("user-factors");
        JobLayout.RegionOf(Side.Item, SmallJobs.Als()).ShouldBe("item-factors");
        JobLayout.RegionOf(Side.Item, SmallJobs.Mf()).ShouldBe("parameters");
        JobLayout.Regions.Select(JobLayout.SideOf).ShouldBe([Side.User, Side.Item, Side.Item]);
    }

    [Theory]
    [InlineData(RoundKind.Load, true, true)]
    [InlineData(RoundKind.SolveUsers, true, false)]
    [InlineData(RoundKind.SolveItems, false, true)]
    [InlineData(RoundKind.Validate, true, false)]
    [InlineData(RoundKind.Descend, true, false)]
    [InlineData(RoundKind.Reclaim, false, true)]
    [InlineData(RoundKind.Epoch, true, true)]
    public void Those_whom_a_round_concerns_take_part_in_it(RoundKind kind, bool users, bool items)
    {
        PartitionId[] participants = [.. JobLayout.ParticipantsOf(SmallJobs.Als(partitions: 3), new Round(1, kind, 1, 0, 0))];
        participants.Count(id => id.Side == Side.User).ShouldBe(users ? 3 : 0);
        participants.Count(id => id.Side == Side.Item).ShouldBe(items ? 3 : 0);
    }

    [Fact]
    public void A_round_of_a_repair_concerns_the_lost_ones_among_them_alone()
    {
        Round round = new(1, RoundKind.SolveUsers, 1, 0, 0) { Only = new HashSet<PartitionId> { SmallJobs.User(1), SmallJobs.Item(1) } };
        JobLayout.ParticipantsOf(SmallJobs.Als(partitions: 3), round).ShouldBe([SmallJobs.User(1)]);
    }

    [Fact]
    public void Item_blocks_that_are_lent_go_round_the_shards()
    {
        JobSpec spec = SmallJobs.Mf(partitions: 3, blocks: 7);
        JobLayout.StartsOf(Side.Item, spec).Count.ShouldBe(8);
        Enumerable.Range(0, 7).Select(block => JobLayout.OwnerOf(Side.Item, spec, block).Index).ShouldBe([0, 1, 2, 0, 1, 2, 0]);
    }

    [Fact]
    public void Jobs_that_are_cut_differently_have_different_layouts()
    {
        ulong layout = JobSpecs.LayoutOf(SmallJobs.Als(partitions: 2));
        JobSpecs.LayoutOf(SmallJobs.Als(partitions: 2, job: "k")).ShouldBe(layout);
        JobSpecs.LayoutOf(SmallJobs.Als(partitions: 3)).ShouldNotBe(layout);
        JobSpec moved = SmallJobs.Als(partitions: 2);
        moved.ItemStarts[1]++;
        JobSpecs.LayoutOf(moved).ShouldNotBe(layout);
    }
}
