using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Whoever cancels a job does not wait for a round that takes for ever.</summary>
public sealed class CancelTests
{
    private const int LongEpoch = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private static readonly TrainingSettings Als = new() { Model = new AlsOptions { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2 };
    private static readonly TrainingSettings Mf = new() { Model = new MfOptions { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2 };

    private static readonly TrainingSettings SvdPlusPlus = new()
    {
        Model = FeedbackOptions.For(Models.Feedback.FeedbackForm.SvdPlusPlus) with { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2,
    };

    [Theory]
    [InlineData(RoundKind.SolveUsers, true)]
    [InlineData(RoundKind.SolveUsers, false)]
    [InlineData(RoundKind.SolveItems, true)]
    [InlineData(RoundKind.SolveItems, false)]
    public async Task A_half_iteration_is_abandoned_and_the_job_resumes_from_the_epoch_before(RoundKind running, bool validates)
    {
        // One partition has solved its rows already when the job is cancelled, the other one never will.
        using CancellationTokenSource cancel = new();
        TaskCompletionSource solved = new();
        await CancelAndResumeAsync(Als, validates, (spec, partition, node) => new Slow(spec, partition, node, running, solved, cancel), cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_descent_is_abandoned_and_the_job_resumes_from_the_epoch_before(bool validates)
    {
        using CancellationTokenSource cancel = new();
        await CancelAndResumeAsync(Mf, validates, Users((spec, partition, node) => new Deaf(spec, partition, node, cancel)), cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_is_abandoned_and_the_job_resumes_from_the_epoch_before(bool validates)
    {
        using CancellationTokenSource cancel = new();
        await CancelAndResumeAsync(SvdPlusPlus, validates, Users((spec, partition, node) => new Stuck(spec, partition, node, cancel)), cancel);
    }

    [Fact]
    public async Task Ratings_that_never_come_are_not_waited_for()
    {
        using CancellationTokenSource cancel = new();
        TaskCompletionSource loaded = new();
        SessionParts parts = new() { Works = Users((spec, partition, node) => new Slow(spec, partition, node, RoundKind.Load, loaded, cancel)) };

        TrainingOutcome outcome = await TrainingSession.RunAsync(Planted.Small, Als, new SessionOptions(), parts, null, cancel.Token).WaitAsync(Bound);

        outcome.State.ShouldBe(JobState.Cancelled);
        outcome.Model.ShouldBeNull();
    }

    private static async Task CancelAndResumeAsync(TrainingSettings settings, bool validates, PartitionWorkFactory works, CancellationTokenSource cancel)
    {
        using TemporaryFolder folder = new();
        TrainingData data = validates ? Planted.Small : Planted.Small with { Validation = null };
        SessionOptions options = new() { WorkFolder = folder.Path };

        TrainingOutcome stopped = await TrainingSession.RunAsync(data, settings, options, new SessionParts { Works = works }, null, cancel.Token).WaitAsync(Bound);
        TrainingOutcome shorter = await TrainingSession.RunAsync(data, settings with { Epochs = LongEpoch - 1 }, new SessionOptions()).WaitAsync(Bound);
        TrainingOutcome resumed = await TrainingSession.RunAsync(data, settings, options with { Resume = true }).WaitAsync(Bound);
        TrainingOutcome straight = await TrainingSession.RunAsync(data, settings, new SessionOptions()).WaitAsync(Bound);

        stopped.State.ShouldBe(JobState.Cancelled, stopped.Reason);
        stopped.Reason.ShouldBe($"cancelled after epoch {LongEpoch - 1}");
        stopped.CheckpointPath.ShouldNotBeNull();
        ModelHash.Compute(stopped.Model!).ShouldBe(ModelHash.Compute(shorter.Model!));
        resumed.State.ShouldBe(JobState.Completed, resumed.Reason);
        resumed.Epochs.Take(LongEpoch - 1).ShouldBe(stopped.Epochs, "what was done is not done again");
        ModelHash.Compute(resumed.Model!).ShouldBe(ModelHash.Compute(straight.Model!));
    }

    private static PartitionWorkFactory Users(Func<JobSpec, PartitionId, NodeResources, IPartitionWork> users) =>
        (spec, partition, node) => partition.Side == Side.User ? users(spec, partition, node) : PartitionWorks.Create(spec, partition, node);

    private static async Task NeverEndAsync(CancellationTokenSource cancel, CancellationToken cancellationToken)
    {
        await cancel.CancelAsync();
        TaskCompletionSource never = new();
        await never.Task.WaitAsync(cancellationToken);
    }

    /// <summary>In one round the first partition does its part and the second never ends; then the job is cancelled.</summary>
    private sealed class Slow(
        JobSpec spec, PartitionId partition, NodeResources node, RoundKind slow, TaskCompletionSource done, CancellationTokenSource cancel)
        : AlternatingWork(spec, partition, node)
    {
        public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
        {
            if (round.Command.Kind != slow || (round.Command.Epoch != LongEpoch && slow != RoundKind.Load))
            {
                return await base.RunAsync(round, cancellationToken);
            }

            if (Index == 0)
            {
                RoundSums sums = await base.RunAsync(round, cancellationToken);
                done.TrySetResult();
                return sums;
            }

            await done.Task.WaitAsync(cancellationToken);
            await NeverEndAsync(cancel, cancellationToken);
            return default;
        }
    }

    /// <summary>In one epoch the second worker never begins, so that nobody gets beyond the first clock; then the job is cancelled.</summary>
    private sealed class Stuck(JobSpec spec, PartitionId partition, NodeResources node, CancellationTokenSource cancel)
        : ParameterWorkerWork(spec, partition, node)
    {
        protected override async Task<RoundSums> DescendAsync(RoundInput round, CancellationToken cancellationToken)
        {
            if (Index != 1 || round.Command.Epoch != LongEpoch)
            {
                return await base.DescendAsync(round, cancellationToken);
            }

            await NeverEndAsync(cancel, cancellationToken);
            return default;
        }
    }

    /// <summary>In one epoch the second worker makes no visit after its first, so that the descent never ends; then the job is cancelled.</summary>
    private sealed class Deaf(JobSpec spec, PartitionId partition, NodeResources node, CancellationTokenSource cancel)
        : BlockSgdWork(spec, partition, node)
    {
        public override async Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken)
        {
            if (Index != 1 || round.Command.Epoch != LongEpoch || visit.Step == 0)
            {
                return await base.VisitAsync(round, visit, cancellationToken);
            }

            await NeverEndAsync(cancel, cancellationToken);
            return default;
        }
    }
}
