using DistRec.Numerics.Linear;

namespace DistRec.Training.Tests.Coordination;

public sealed class RoundTrackerTests
{
    private static readonly Round Current = new(7, RoundKind.Validate, 1, 0, 0);

    [Fact]
    public void Each_participant_counts_once_and_stale_reports_do_not_count()
    {
        RoundTracker tracker = new(Current, [new PartitionId(Side.User, 0), new PartitionId(Side.User, 1)]);
        tracker.Apply(Report(6, 0, 100)).ShouldBeFalse("round 6 is over");
        tracker.Apply(Report(7, 2, 100)).ShouldBeFalse("there is no partition 2");
        tracker.Apply(Report(7, 1, 2)).ShouldBeTrue();
        tracker.Apply(Report(7, 1, 2)).ShouldBeFalse("the report came again");
        tracker.IsComplete.ShouldBeFalse();
        tracker.Apply(Report(7, 0, 3)).ShouldBeTrue();
        tracker.IsComplete.ShouldBeTrue();
        tracker.Sums.Errors.Squared.ToDouble().ShouldBe(5);
        tracker.Sums.Errors.Count.ShouldBe(2);
        tracker.Dropped.ShouldBe(3);
    }

    [Fact]
    public void The_sums_have_the_same_bits_in_whatever_order_the_reports_come()
    {
        RoundReport[] reports = [.. Enumerable.Range(0, 9).Select(partition => Report(7, partition, 0.1 + partition * 1e-9))];
        RoundSums Sum(IEnumerable<RoundReport> order)
        {
            RoundTracker tracker = new(Current, reports.Select(report => report.Partition.Id));
            foreach (RoundReport report in order)
            {
                tracker.Apply(report);
            }

            return tracker.Sums;
        }

        Sum(reports.Reverse()).ShouldBe(Sum(reports));
    }

    [Fact]
    public void Whoever_neither_reports_nor_gives_a_sign_of_life_is_silent_after_so_many_commands()
    {
        PartitionId[] all = [.. Enumerable.Range(0, 3).Select(index => new PartitionId(Side.User, index))];
        RoundTracker tracker = new(Current, all);
        tracker.SilentAfter(2).ShouldBeEmpty();
        tracker.SilentAfter(2).ShouldBeEmpty();
        tracker.Heard(all[0]);
        tracker.Apply(Report(7, 1, 1));
        tracker.Heard(all[1]);
        tracker.SilentAfter(2).ShouldBe([all[2]]);
        tracker.Missing.ShouldBe([all[0], all[2]], ignoreOrder: true);
    }

    [Fact]
    public void A_report_that_names_no_partition_is_dropped()
    {
        RoundTracker tracker = new(Current, [new PartitionId(Side.User, 0)]);
        tracker.Apply(new RoundReport { Round = 7 }).ShouldBeFalse();
        tracker.IsComplete.ShouldBeFalse();
    }

    private static RoundReport Report(long round, int partition, double squaredError)
    {
        ReproducibleSum sum = default;
        sum.Add(squaredError);
        return new RoundReport { Round = round, Partition = PartitionName.Of(new PartitionId(Side.User, partition)), SquaredError = RoundSums.ToParts(sum), Count = 1 };
    }
}
