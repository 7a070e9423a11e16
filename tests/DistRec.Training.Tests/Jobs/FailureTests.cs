using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;

namespace DistRec.Training.Tests.Jobs;

public sealed class FailureTests
{
    private static readonly TrainingSettings Als = new() { Model = new AlsOptions { Rank = 8 }, Epochs = 4, Partitions = 2, Threads = 2 };
    private static readonly TrainingSettings Mf = new() { Model = new MfOptions { Rank = 8 }, Epochs = 4, Partitions = 2, Threads = 2 };

    [Theory]
    [InlineData(RoundKind.Load)]
    [InlineData(RoundKind.Initialize)]
    [InlineData(RoundKind.SolveUsers)]
    [InlineData(RoundKind.Validate)]
    [InlineData(RoundKind.SaveBest)]
    [InlineData(RoundKind.PublishBest)]
    public async Task A_partition_that_fails_once_in_any_round_costs_a_new_start_and_no_bit_of_the_model(RoundKind when)
    {
        int failures = 0;
        TrainingOutcome outcome = await RunAsync(Als, Users((spec, partition, node) => new FailingRows(
            spec, partition, node, round => round == when && partition.Index == 1 && Interlocked.Increment(ref failures) == 1)));
        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(0);
        outcome.Notes.Single().ShouldContain("user partition 1 was started afresh");
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2, 3, 4]);
        TrainingOutcome undisturbed = await RunAsync(Als);
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute(undisturbed.Model!));
    }

    [Fact]
    public async Task A_worker_that_fails_in_a_descent_costs_a_new_start_and_no_bit_under_bsp()
    {
        int failures = 0;
        TrainingOutcome outcome = await RunAsync(Mf, Users((spec, partition, node) => new FailingDescent(
            spec, partition, node, round => round == RoundKind.SaveBest && partition.Index == 0 && Interlocked.Increment(ref failures) == 2)));
        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(1);
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute((await RunAsync(Mf)).Model!));
    }

    [Fact]
    public async Task A_partition_that_always_fails_ends_the_job_with_the_first_cause()
    {
        TrainingOutcome outcome = await RunAsync(
            Als, Users((spec, partition, node) => new FailingRows(spec, partition, node, round => round == RoundKind.SolveUsers)));
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Model.ShouldBeNull();
        outcome.Reason.ShouldContain("the disk is on fire");
    }

    [Fact]
    public async Task Arithmetic_that_leaves_the_numbers_ends_the_job_at_once_and_says_where()
    {
        int attempts = 0;
        TrainingOutcome outcome = await RunAsync(Als, Users((spec, partition, node) => new FailingRows(
            spec, partition, node, round => round == RoundKind.SolveUsers && Interlocked.Increment(ref attempts) > 0,
            new NumericalException("the matrix is on fire"))));
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldMatch("user-factors/[01]: the matrix is on fire");
        attempts.ShouldBeLessThanOrEqualTo(2, "computing the same again would give the same");
    }

    /// <summary>Workers that reach the coordinator and not each other gave signs of life while they pulled, and the job never ended.</summary>
    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_node_out_of_reach_ends_the_job_at_once_and_is_named(string model)
    {
        BlockUnreachableException unreachable = new(
            new BlockKey("job", 1, "tables", 0, 0), new Uri("http://10.0.0.8:7400/"), new Uri("http://10.0.0.9:7400/"), TimeSpan.FromMinutes(1), "refused");
        TrainingOutcome outcome = await RunAsync(model == "als" ? Als : Mf, Users((spec, partition, node) => model == "als"
            ? new FailingRows(spec, partition, node, round => round == RoundKind.SolveUsers, unreachable)
            : new FailingVisitor(spec, partition, node, unreachable)));
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Notes.ShouldBeEmpty();
        outcome.Reason.ShouldMatch("^user-factors/[01]: The block .* expected http://10.0.0.8:7400/ to get it from http://10.0.0.9:7400/, found that impossible for 60 s");
    }

    private static Task<TrainingOutcome> RunAsync(TrainingSettings settings, PartitionWorkFactory? works = null) => TrainingSession.RunAsync(
        Planted.Small, settings, new SessionOptions(), new SessionParts { Works = works ?? PartitionWorks.Create }, null, CancellationToken.None);

    // The user partitions' work, with something in the way.
    private static PartitionWorkFactory Users(Func<JobSpec, PartitionId, NodeResources, IPartitionWork> users) =>
        (spec, partition, node) => partition.Side == Side.User ? users(spec, partition, node) : PartitionWorks.Create(spec, partition, node);

    private sealed class FailingRows(JobSpec spec, PartitionId partition, NodeResources node, Func<RoundKind, bool> fails, Exception? failure = null)
        : AlternatingWork(spec, partition, node)
    {
        public override Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken) =>
            fails(round.Command.Kind) ? throw failure ?? new InvalidOperationException("the disk is on fire") : base.RunAsync(round, cancellationToken);
    }

    private sealed class FailingVisitor(JobSpec spec, PartitionId partition, NodeResources node, Exception failure) : BlockSgdWork(spec, partition, node)
    {
        protected override double Descend(VisitBlock visit, FactorBlock items) => throw failure;
    }

    private sealed class FailingDescent(JobSpec spec, PartitionId partition, NodeResources node, Func<RoundKind, bool> fails)
        : BlockSgdWork(spec, partition, node)
    {
        public override Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken) =>
            fails(round.Command.Kind) ? throw new InvalidOperationException("the disk is on fire") : base.RunAsync(round, cancellationToken);
    }
}
