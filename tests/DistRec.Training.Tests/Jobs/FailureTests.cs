using DistRec.Actors;
using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Jobs;

public sealed class FailureTests
{
    private static readonly TrainingSettings Als = new() { Als = new AlsOptions { Rank = 8 }, Epochs = 4, Partitions = 2, Threads = 2 };
    private static readonly TrainingSettings Mf = new() { Mf = new MfOptions { Rank = 8 }, Epochs = 4, Partitions = 2, Threads = 2 };

    [Theory]
    [InlineData(RoundKind.Load)]
    [InlineData(RoundKind.Initialize)]
    [InlineData(RoundKind.SolveUsers)]
    [InlineData(RoundKind.Validate)]
    [InlineData(RoundKind.Keep)]
    [InlineData(RoundKind.PublishKept)]
    public async Task A_partition_that_fails_once_in_any_round_costs_a_new_start_and_no_bit_of_the_model(RoundKind when)
    {
        int failures = 0;
        ParticipantFactories factories = new()
        {
            Users = (shard, node) => new FailingPartition(Side.User, shard, node, round => round == when && shard == 1 && Interlocked.Increment(ref failures) == 1),
        };
        TrainingOutcome outcome = await RunAsync(Als, factories);
        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(0);
        outcome.Notes.Single().ShouldContain("user partition 1 was started afresh");
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2, 3, 4]);
        TrainingOutcome undisturbed = await RunAsync(Als, new ParticipantFactories());
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute(undisturbed.Model!));
    }

    [Fact]
    public async Task A_worker_that_fails_in_a_descent_costs_a_new_start_and_no_bit_under_bsp()
    {
        int failures = 0;
        ParticipantFactories factories = new()
        {
            Worker = (shard, node) => new FailingWorker(shard, node, round => round == RoundKind.Keep && shard == 0 && Interlocked.Increment(ref failures) == 2),
        };
        TrainingOutcome outcome = await RunAsync(Mf, factories);
        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(1);
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute((await RunAsync(Mf, new ParticipantFactories())).Model!));
    }

    [Fact]
    public async Task A_partition_that_always_fails_ends_the_job_with_the_first_cause()
    {
        ParticipantFactories factories = new() { Users = (shard, node) => new FailingPartition(Side.User, shard, node, round => round == RoundKind.SolveUsers) };
        TrainingOutcome outcome = await RunAsync(Als, factories);
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Model.ShouldBeNull();
        outcome.Reason.ShouldContain("the disk is on fire");
    }

    [Fact]
    public async Task Arithmetic_that_leaves_the_numbers_ends_the_job_at_once_and_says_where()
    {
        int attempts = 0;
        ParticipantFactories factories = new()
        {
            Users = (shard, node) => new FailingPartition(Side.User, shard, node, round => round == RoundKind.SolveUsers && Interlocked.Increment(ref attempts) > 0, new NumericalException("the matrix is on fire")),
        };
        TrainingOutcome outcome = await RunAsync(Als, factories);
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldMatch("user-factors/[01]: the matrix is on fire");
        attempts.ShouldBeLessThanOrEqualTo(2, "computing the same again would give the same");
    }

    /// <summary>Workers that reach the seed and not each other gave signs of life while they pulled, and the job never ended.</summary>
    [Theory]
    [InlineData("als", "user-factors/[01]")]
    [InlineData("mf", "workers/[01]")]
    public async Task A_node_out_of_reach_ends_the_job_at_once_and_is_named(string model, string who)
    {
        BlockUnreachableException unreachable = new(new BlockKey("job", 1, "tables", 0, 0), new Uri("http://10.0.0.9:7400/"), TimeSpan.FromMinutes(1), "refused");
        ParticipantFactories factories = new()
        {
            Users = (shard, node) => new FailingPartition(Side.User, shard, node, round => round == RoundKind.SolveUsers, unreachable),
            Worker = (shard, node) => new FailingVisitor(shard, node, unreachable),
        };
        TrainingOutcome outcome = await RunAsync(model == "als" ? Als : Mf, factories);
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Notes.ShouldBeEmpty();
        outcome.Reason.ShouldMatch($"^{who}: The block .* from http://10.0.0.9:7400/, found that impossible for 60 s");
    }

    private static Task<TrainingOutcome> RunAsync(TrainingSettings settings, ParticipantFactories factories) =>
        TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions(), factories, null, CancellationToken.None);

    private sealed class FailingPartition(Side side, int shard, NodeParts node, Func<RoundKind, bool> fails, Exception? failure = null)
        : FactorPartitionActor(side, shard, node)
    {
        protected override Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken) =>
            fails(command.Kind) ? throw failure ?? new InvalidOperationException("the disk is on fire") : base.RunAsync(command, cancellationToken);
    }

    private sealed class FailingVisitor(int shard, NodeParts node, Exception failure) : WorkerActor(shard, node)
    {
        protected override double Descend(VisitBlock visit, FactorBlock items) => throw failure;
    }

    private sealed class FailingWorker(int shard, NodeParts node, Func<RoundKind, bool> fails) : WorkerActor(shard, node)
    {
        protected override Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken) =>
            fails(command.Kind) ? throw new InvalidOperationException("the disk is on fire") : base.RunAsync(command, cancellationToken);
    }
}
