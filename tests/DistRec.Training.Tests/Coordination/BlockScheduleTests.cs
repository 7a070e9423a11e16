using DistRec.Numerics.Random;

namespace DistRec.Training.Tests.Coordination;

public sealed class BlockScheduleTests
{
    public static TheoryData<int, int, string> Grids { get; } = new()
    {
        { 1, 1, "bsp" }, { 1, 5, "asp" }, { 2, 2, "bsp" }, { 2, 14, "bsp" }, { 3, 7, "bsp" }, { 7, 7, "bsp" }, { 7, 23, "bsp" },
        { 2, 14, "asp" }, { 5, 9, "asp" }, { 3, 7, "ssp:0" }, { 3, 7, "ssp:1" }, { 7, 23, "ssp:3" },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void Every_worker_visits_every_block_once_and_no_block_is_with_two(int workers, int blocks, string consistency)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            List<BlockVisit> visits = RunEpoch(new BlockSchedule(workers, blocks, Parse(consistency)), seed);
            visits.Select(visit => (visit.Worker, visit.Block)).Distinct().Count().ShouldBe(workers * blocks);
            visits.Count.ShouldBe(workers * blocks);
        }
    }

    [Fact]
    public void Under_bsp_the_order_in_which_a_block_is_visited_does_not_depend_on_who_is_fast()
    {
        string Order(ulong seed) => string.Join(
            '|',
            RunEpoch(new BlockSchedule(3, 8, ConsistencyModel.Bsp), seed)
                .GroupBy(visit => visit.Block).OrderBy(group => group.Key).Select(group => string.Join(',', group.Select(visit => visit.Worker))));

        string first = Order(1);
        for (ulong seed = 2; seed < 50; seed++)
        {
            Order(seed).ShouldBe(first);
        }
    }

    [Fact]
    public void Two_workers_and_four_blocks_go_round_as_the_documentation_says()
    {
        BlockSchedule schedule = new(2, 4, ConsistencyModel.Bsp);
        schedule.Grant().ShouldBe(
            [new BlockVisit(0, 0, -1, 0, 0), new BlockVisit(1, 2, -1, 0, 0), new BlockVisit(0, 1, -1, 0, 1), new BlockVisit(1, 3, -1, 0, 1)],
            "each worker gets its first block and the one after it");
        schedule.Finish(0, 1).ShouldBeFalse("block 0 comes first");
        schedule.Finish(0, 0).ShouldBeTrue();
        schedule.Grant().ShouldBeEmpty("block 2 is still with worker 1");
        schedule.Finish(1, 2).ShouldBeTrue();
        schedule.Grant().ShouldBe([new BlockVisit(0, 2, 1, 1, 2), new BlockVisit(1, 0, 0, 1, 2)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Under_ssp_nobody_begins_a_visit_more_than_s_ahead_of_a_worker_that_stands_still(int staleness)
    {
        BlockSchedule schedule = new(3, 12, ConsistencyModel.Ssp(staleness));
        int[] visits = new int[3];
        Queue<BlockVisit> running = new(schedule.Grant());
        int stuck = 0;
        while (running.TryDequeue(out BlockVisit visit))
        {
            if (visit.Worker == 2)
            {
                stuck++;
                continue; // never finishes its first visit
            }

            schedule.Finish(visit.Worker, visit.Block);
            visits[visit.Worker]++;
            foreach (BlockVisit next in schedule.Grant())
            {
                running.Enqueue(next);
            }
        }

        stuck.ShouldBe(Math.Min(2, staleness + 1), "it was granted its first visit and, where the bound lets it, the next");
        visits.ShouldBe([staleness + 1, staleness + 1, 0]);
    }

    [Fact]
    public void A_report_that_comes_twice_or_was_never_due_changes_nothing()
    {
        BlockSchedule schedule = new(2, 4, ConsistencyModel.Bsp);
        schedule.Grant();
        schedule.Finish(0, 3).ShouldBeFalse("block 3 was not granted to worker 0");
        schedule.Finish(5, 0).ShouldBeFalse();
        schedule.Finish(0, -1).ShouldBeFalse();
        schedule.Finish(0, 0).ShouldBeTrue();
        schedule.Finish(0, 0).ShouldBeFalse();
        schedule.VersionOf(0).ShouldBe(1);
        schedule.HolderOf(0).ShouldBe(0);
    }

    [Fact]
    public void A_new_epoch_begins_with_all_blocks_at_home()
    {
        BlockSchedule schedule = new(2, 4, ConsistencyModel.Asp);
        RunEpoch(schedule, 3);
        schedule.IsDone.ShouldBeTrue();
        schedule.Begin();
        schedule.IsDone.ShouldBeFalse();
        schedule.Fraction.ShouldBe(0);
        schedule.Grant().ShouldAllBe(visit => visit.Holder == -1 && visit.Version == 0);
    }

    // Finishes the running visits in a random order; checks on the way that holders and versions are true.
    private static List<BlockVisit> RunEpoch(BlockSchedule schedule, ulong seed)
    {
        EntityRandom random = new(seed, RandomPurpose.VisitOrder, 0);
        List<BlockVisit> done = [];
        List<BlockVisit> running = [.. schedule.Grant()];
        Dictionary<int, BlockVisit> last = [];
        while (running.Count > 0)
        {
            running.Select(visit => visit.Block).ShouldBeUnique();

            // Workers take any time, but each makes its visits in the order they were granted.
            int worker = running[random.NextInt(running.Count)].Worker;
            int index = running.FindIndex(visit => visit.Worker == worker);
            BlockVisit visit = running[index];
            running.RemoveAt(index);
            visit.Holder.ShouldBe(last.TryGetValue(visit.Block, out BlockVisit before) ? before.Worker : -1);
            visit.Version.ShouldBe(last.ContainsKey(visit.Block) ? before.Version + 1 : 0);
            last[visit.Block] = visit;
            schedule.Finish(visit.Worker, visit.Block).ShouldBeTrue();
            done.Add(visit);
            running.AddRange(schedule.Grant());
        }

        schedule.IsDone.ShouldBeTrue();
        return done;
    }

    private static ConsistencyModel Parse(string text)
    {
        ConsistencyModel.TryParse(text, out ConsistencyModel consistency).ShouldBeTrue();
        consistency.ToString().ShouldBe(text);
        return consistency;
    }
}
