using DistRec.Models;
using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Whoever cancels a job does not wait for a round that takes for ever.</summary>
public sealed class CancelTests
{
    private const int LongEpoch = 3;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private static readonly TrainingSettings Als = new() { Als = new AlsOptions { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2 };
    private static readonly TrainingSettings Mf = new() { Mf = new MfOptions { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2 };

    private static readonly TrainingSettings SvdPlusPlus = new()
    {
        Feedback = FeedbackOptions.For(Models.Feedback.FeedbackForm.SvdPlusPlus) with { Rank = 8 }, Epochs = 6, Patience = 0, Partitions = 2, Threads = 2,
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
        ParticipantFactories factories = new()
        {
            Users = (shard, node) => new Slow(Side.User, shard, node, running, solved, cancel),
            Items = (shard, node) => new Slow(Side.Item, shard, node, running, solved, cancel),
        };
        await CancelAndResumeAsync(Als, validates, factories, cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_descent_is_abandoned_and_the_job_resumes_from_the_epoch_before(bool validates)
    {
        using CancellationTokenSource cancel = new();
        ParticipantFactories factories = new() { Worker = (shard, node) => new Deaf(shard, node, cancel) };
        await CancelAndResumeAsync(Mf, validates, factories, cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_is_abandoned_and_the_job_resumes_from_the_epoch_before(bool validates)
    {
        using CancellationTokenSource cancel = new();
        ParticipantFactories factories = new() { PushWorker = (shard, node) => new Stuck(shard, node, cancel) };
        await CancelAndResumeAsync(SvdPlusPlus, validates, factories, cancel);
    }

    [Fact]
    public async Task Ratings_that_never_come_are_not_waited_for()
    {
        using CancellationTokenSource cancel = new();
        TaskCompletionSource loaded = new();
        ParticipantFactories factories = new() { Users = (shard, node) => new Slow(Side.User, shard, node, RoundKind.Load, loaded, cancel) };

        TrainingOutcome outcome = await TrainingSession.RunAsync(Planted.Small, Als, new SessionOptions(), factories, null, cancel.Token).WaitAsync(Bound);

        outcome.State.ShouldBe(JobState.Cancelled);
        outcome.Model.ShouldBeNull();
    }

    private static async Task CancelAndResumeAsync(TrainingSettings settings, bool validates, ParticipantFactories factories, CancellationTokenSource cancel)
    {
        using TemporaryFolder folder = new();
        TrainingData data = validates ? Planted.Small : Planted.Small with { Validation = null };
        SessionOptions options = new() { WorkFolder = folder.Path };

        TrainingOutcome stopped = await TrainingSession.RunAsync(data, settings, options, factories, null, cancel.Token).WaitAsync(Bound);
        TrainingOutcome shorter = await TrainingSession.RunAsync(data, settings with { Epochs = LongEpoch - 1 }, new SessionOptions()).WaitAsync(Bound);
        TrainingOutcome resumed = await TrainingSession.RunAsync(data, settings, options with { Resume = true }).WaitAsync(Bound);
        TrainingOutcome straight = await TrainingSession.RunAsync(data, settings, new SessionOptions()).WaitAsync(Bound);

        stopped.State.ShouldBe(JobState.Cancelled, stopped.Reason);
        stopped.Reason.ShouldBe($"cancelled after epoch {LongEpoch - 1}");
        stopped.CheckpointPath.ShouldNotBeNull();
        ModelHash.Compute(stopped.Model!).ShouldBe(ModelHash.Compute(shorter.Model!));
        resumed.State.ShouldBe(JobState.Completed, resumed.Reason);
        resumed.Epochs[0].Epoch.ShouldBe(LongEpoch);
        ModelHash.Compute(resumed.Model!).ShouldBe(ModelHash.Compute(straight.Model!));
    }

    /// <summary>In one round the first partition does its part and the second never ends; then the job is cancelled.</summary>
    private sealed class Slow(Side side, int shard, NodeParts node, RoundKind slow, TaskCompletionSource done, CancellationTokenSource cancel)
        : FactorPartitionActor(side, shard, node)
    {
        protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
        {
            if (command.Kind != slow || (command.Epoch != LongEpoch && slow != RoundKind.Load))
            {
                return await base.RunAsync(command, cancellationToken);
            }

            if (Shard == 0)
            {
                RoundSums sums = await base.RunAsync(command, cancellationToken);
                done.TrySetResult();
                return sums;
            }

            await done.Task.WaitAsync(cancellationToken);
            await cancel.CancelAsync();
            TaskCompletionSource never = new();
            await never.Task.WaitAsync(cancellationToken);
            return default;
        }
    }

    /// <summary>In one epoch the second worker never begins, so that nobody gets beyond the first clock; then the job is cancelled.</summary>
    private sealed class Stuck(int shard, NodeParts node, CancellationTokenSource cancel) : PushWorkerActor(shard, node)
    {
        protected override async Task<RoundSums> DescendAsync(RunRound command, CancellationToken cancellationToken)
        {
            if (Shard != 1 || command.Epoch != LongEpoch)
            {
                return await base.DescendAsync(command, cancellationToken);
            }

            await cancel.CancelAsync();
            TaskCompletionSource never = new();
            await never.Task.WaitAsync(cancellationToken);
            return default;
        }
    }

    /// <summary>In one epoch the second worker takes no visit after its first, so that the descent never ends; then the job is cancelled.</summary>
    private sealed class Deaf(int shard, NodeParts node, CancellationTokenSource cancel) : WorkerActor(shard, node)
    {
        protected override async ValueTask OnOtherAsync(IMessage message)
        {
            if (Shard == 1 && Command.Epoch == LongEpoch && message is VisitBlock { Step: > 0 })
            {
                await cancel.CancelAsync();
                return;
            }

            await base.OnOtherAsync(message);
        }
    }
}
