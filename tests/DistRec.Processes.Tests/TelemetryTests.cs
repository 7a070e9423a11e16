using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

[Collection(OwnClusterTests.Name)]
public sealed class TelemetryTests
{
    private const int Epochs = 2;

    [Fact]
    public async Task A_collector_gets_the_spans_of_rounds_and_the_metrics_of_rounds_blocks_and_staleness()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        await using TestCluster cluster = await TestCluster.StartAsync(2, new ClusterSettings { Variables = receiver.Variables });

        TrainingOutcome als = await cluster.TrainAsync(Jobs.Data, Jobs.Als with { Epochs = Epochs });
        TrainingOutcome mf = await cluster.TrainAsync(Jobs.Data, Jobs.Mf with { Epochs = Epochs });

        als.State.ShouldBe(JobState.Completed, als.Reason);
        mf.State.ShouldBe(JobState.Completed, mf.Reason);
        long received = als.Epochs.Sum(epoch => epoch.ReceivedBytes) + mf.Epochs.Sum(epoch => epoch.ReceivedBytes);
        string[] rounds = ["Load", "Initialize", "SolveUsers", "SolveItems", "Descend", "Reclaim", "Validate", "SaveBest", "PublishBest"];
        await receiver.WhenAsync((spans, points) =>
            rounds.All(round => spans.Any(span => span.Name == $"round {round}"))
            && Newest(points, "distrec.epochs") == 2 * Epochs
            && Newest(points, "distrec.rows.received") == received
            && Newest(points, "distrec.round.duration") >= Epochs
            && Newest(points, "distrec.staleness") > 0
            && Newest(points, "distrec.blocks.received") > 0
            && Newest(points, "distrec.blocks.sent") > 0);

        await receiver.WhenAsync((spans, _) =>
        {
            OtlpSpan[] solved = [.. spans.Where(span => span.Name == "round SolveUsers")];
            solved.Length.ShouldBe(Epochs);
            solved.Select(span => span.Attributes["distrec.epoch"]).ShouldBe(["1", "2"]);
            solved.Select(span => span.Attributes["distrec.job"]).Distinct().ShouldHaveSingleItem().ShouldStartWith("job-");
            spans.ShouldAllBe(span => span.End >= span.Start);
            return true;
        });
    }

    // Counters only rise: what came last is the greatest.
    private static double Newest(IReadOnlyList<OtlpPoint> points, string metric) =>
        points.Where(point => point.Metric == metric).Select(point => point.Value).DefaultIfEmpty().Max();
}
