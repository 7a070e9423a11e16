using DistRec.Numerics.Linear;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Coordination;

public sealed class RoundTrackerTests
{
    private static readonly Round Current = new(7, RoundKind.Validate, 1, 0, 0);

    [Fact]
    public void Each_participant_counts_once_and_stale_reports_do_not_count()
    {
        RoundTracker tracker = new(Current, [("users", 0), ("users", 1)]);
        tracker.Apply(Report(6, 0, 100)).ShouldBeFalse("round 6 is over");
        tracker.Apply(Report(7, 2, 100)).ShouldBeFalse("there is no shard 2");
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
        RoundReport[] reports = [.. Enumerable.Range(0, 9).Select(shard => Report(7, shard, 0.1 + shard * 1e-9))];
        RoundSums Sum(IEnumerable<RoundReport> order)
        {
            RoundTracker tracker = new(Current, reports.Select(report => (report.Kind, report.Shard)));
            foreach (RoundReport report in order)
            {
                tracker.Apply(report);
            }

            return tracker.Sums;
        }

        Sum(reports.Reverse()).ShouldBe(Sum(reports));
    }

    private static RoundReport Report(long round, int shard, double squaredError)
    {
        ReproducibleSum sum = default;
        sum.Add(squaredError);
        return new RoundReport { Round = round, Kind = "users", Shard = shard, SquaredError = RoundSums.ToParts(sum), Count = 1 };
    }
}
