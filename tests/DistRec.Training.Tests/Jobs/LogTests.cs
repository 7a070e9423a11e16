using DistRec.Models.Als;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Tests.Jobs;

public sealed class LogTests
{
    private static readonly TrainingSettings Als = new() { Model = new AlsOptions { Rank = 4 }, Epochs = 3, Patience = 0, Partitions = 2, Threads = 2 };

    [Fact]
    public async Task A_coordinator_logs_a_line_an_epoch_and_at_level_debug_a_line_a_round()
    {
        RecordingLogger log = new();

        TrainingOutcome outcome = await RunAsync(new SessionParts { Logger = log });

        LoggedLine[] epochs = [.. log.Lines.Where(line => line.Properties.ContainsKey("TrainRmse"))];
        epochs.Select(line => line.Properties["Epoch"]).ShouldBe([1, 2, 3]);
        epochs.Select(line => line.Properties["ValidationRmse"]).ShouldBe(outcome.Epochs.Select(epoch => (object)epoch.ValidationRmse));
        epochs.ShouldAllBe(line => line.Level == LogLevel.Information && (long)line.Properties["Round"]! > 0);
        log.Lines.ShouldAllBe(line => line.Scope == "job logged" && (string)line.Properties["Job"]! == "logged");

        RoundKind[] rounds = [RoundKind.Load, RoundKind.Initialize, .. Enumerable.Repeat(new[] { RoundKind.SolveUsers, RoundKind.SolveItems, RoundKind.Validate }, 3).SelectMany(kinds => kinds), RoundKind.PublishBest];
        LoggedLine[] debug = [.. log.Lines.Where(line => line.Level == LogLevel.Debug)];
        debug.Where(line => line.Properties.ContainsKey("Seconds")).Select(line => (RoundKind)line.Properties["Kind"]!).Where(kind => kind != RoundKind.SaveBest).ShouldBe(rounds);
        debug.Count(line => line.Properties.ContainsKey("Epoch")).ShouldBe(debug.Length / 2, "each round begins and ends");
        log.Lines[0].Text.ShouldBe("Job logged begins: als, 2 partitions a side, at most 3 epochs.");
        log.Lines[^1].Text.ShouldBe($"Job logged has ended: Completed, {outcome.Reason}.");
        log.Lines.ShouldAllBe(line => line.Level < LogLevel.Warning);
    }

    [Fact]
    public async Task Every_loss_is_a_warning_and_every_recovery_is_told()
    {
        RecordingLogger log = new();
        int failures = 0;

        TrainingOutcome outcome = await RunAsync(new SessionParts
        {
            Logger = log,
            Works = Failing(partition => partition.Index == 1 && Interlocked.Increment(ref failures) is 1 or 2),
        });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        LoggedLine[] losses = [.. log.Lines.Where(line => line.Level == LogLevel.Warning)];
        losses.Length.ShouldBe(2);
        losses.ShouldAllBe(line => line.Text.Contains("user partition 1 lost its state: InvalidOperationException: the disk is on fire", StringComparison.Ordinal));
        losses.ShouldAllBe(line => (string)line.Properties["Job"]! == "logged" && (long)line.Properties["Round"]! > 0);
        log.Lines.Count(line => line.Text.Contains("every partition has its state again", StringComparison.Ordinal)).ShouldBe(2);
        outcome.Notes.ShouldAllBe(note => log.Lines.Any(line => line.Text.Contains(note, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failed_job_is_an_error_with_its_reason()
    {
        RecordingLogger log = new();

        TrainingOutcome outcome = await RunAsync(new SessionParts { Logger = log, Works = Failing(_ => true) });

        outcome.State.ShouldBe(JobState.Failed);
        log.Lines.Single(line => line.Level == LogLevel.Error).Text.ShouldBe($"Job logged has failed: {outcome.Reason}.");
    }

    private static Task<TrainingOutcome> RunAsync(SessionParts parts) =>
        TrainingSession.RunAsync(Planted.Small, Als, new SessionOptions { Job = "logged" }, parts, null, CancellationToken.None);

    private static PartitionWorkFactory Failing(Func<PartitionId, bool> fails) => (spec, partition, node) => partition.Side == Side.User
        ? new FailingRows(spec, partition, node, () => fails(partition)) : PartitionWorks.Create(spec, partition, node);

    private sealed class FailingRows(JobSpec spec, PartitionId partition, NodeResources node, Func<bool> fails) : AlternatingWork(spec, partition, node)
    {
        public override Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken) =>
            round.Command.Kind == RoundKind.SolveUsers && fails() ? throw new InvalidOperationException("the disk is on fire") : base.RunAsync(round, cancellationToken);
    }
}
