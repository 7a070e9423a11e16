using System.Collections.Concurrent;
using DistRec.Models.Feedback;
using DistRec.Models.Persistence;
using FeedbackForm = DistRec.Models.Feedback.FeedbackForm;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Models whose workers pull rows of a parameter server and push changes.</summary>
public sealed class PushTests
{
    internal static readonly TrainingSettings SvdPlusPlus = Settings(FeedbackForm.SvdPlusPlus);

    public static TheoryData<FeedbackForm> Forms => [.. Enum.GetValues<FeedbackForm>()];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_model_learns_and_its_users_are_described_by_their_items(FeedbackForm form)
    {
        TrainingOutcome outcome = await RunAsync(Settings(form) with { Epochs = 40 });

        outcome.State.ShouldBe(JobState.Completed);
        outcome.Epochs[^1].ValidationRmse.ShouldBeLessThan((form is FeedbackForm.Nsvd or FeedbackForm.Neighborhood ? 0.99 : 0.9) * outcome.Epochs[0].ValidationRmse);
        FiniteCheck.Verify(outcome.Model!);
        FeedbackFactors feedback = outcome.Model!.Feedback!;
        (feedback.Explicit is not null).ShouldBe(form is FeedbackForm.Asymmetric or FeedbackForm.Nsvd);
        (feedback.Implicit is not null).ShouldBe(form is not (FeedbackForm.Nsvd or FeedbackForm.Neighborhood));
        (outcome.Model.Neighbors is not null).ShouldBe(form is FeedbackForm.Neighborhood or FeedbackForm.Integrated);
        if (form == FeedbackForm.Nsvd)
        {
            // Nothing of a user but its items: p_u = |R(u)|^-½ Σ x_j.
            ReadOnlySpan<int> rated = Planted.Small.Train.RowColumns(5);
            for (int factor = 0; factor < outcome.Model.Rank; factor++)
            {
                double sum = 0;
                foreach (int item in rated)
                {
                    sum += feedback.Explicit!.Row(item)[factor];
                }

                outcome.Model.UserFactors!.Row(5)[factor].ShouldBe((float)(sum / Math.Sqrt(rated.Length)), 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 16)]
    [InlineData(7, 64)]
    public async Task Partitions_and_clocks_change_little(int partitions, int clocks)
    {
        TrainingSettings longer = SvdPlusPlus with { Epochs = 30 };
        double usual = (await RunAsync(longer)).Epochs[^1].ValidationRmse;
        double other = (await RunAsync(longer with { Partitions = partitions, Clocks = clocks })).Epochs[^1].ValidationRmse;
        other.ShouldBe(usual, 0.01 * usual);
    }

    [Theory]
    [InlineData("bsp", 0)]
    [InlineData("ssp:1", 1)]
    [InlineData("ssp:3", 3)]
    public async Task No_worker_begins_a_clock_further_ahead_of_a_slow_one_than_the_bound(string consistency, int bound)
    {
        ConsistencyModel.TryParse(consistency, out ConsistencyModel model).ShouldBeTrue();
        ConcurrentQueue<(int Worker, int Clock)> begun = new();
        int finished = 0, furthest = 0;
        TaskCompletionSource slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PartitionWorkFactory works = Workers((spec, partition, node) => new WatchedWorker(
                spec,
                partition,
                node,
                clock =>
                {
                    if (partition.Index == 0)
                    {
                        // Held in its first clock until the other has come as far as it may.
                        slow.Task.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
                        return;
                    }

                    begun.Enqueue((partition.Index, clock));
                    furthest = Math.Max(furthest, clock - Volatile.Read(ref finished));
                    if (clock == bound)
                    {
                        slow.TrySetResult();
                    }
                },
                clock =>
                {
                    if (partition.Index == 0)
                    {
                        Volatile.Write(ref finished, clock + 1);
                    }
                }));
        TrainingSettings settings = SvdPlusPlus with { Partitions = 2, Threads = 2, Clocks = 8, Epochs = 1, Consistency = model };

        TrainingOutcome outcome = await TrainingSession.RunAsync(
            Planted.Small, settings, new SessionOptions(), new SessionParts { Works = works }, null, CancellationToken.None);

        outcome.State.ShouldBe(JobState.Completed);
        begun.Count.ShouldBe(8);
        furthest.ShouldBe(bound);
    }

    [Fact]
    public async Task A_worker_or_a_shard_that_fails_in_the_middle_of_an_epoch_costs_a_new_start_and_no_bit_under_bsp()
    {
        int failures = 0;
        PartitionWorkFactory works = Workers((spec, partition, node) => new WatchedWorker(spec, partition, node, clock =>
        {
            if (partition.Index == 1 && clock == 3 && Interlocked.Increment(ref failures) == 2)
            {
                throw new InvalidOperationException("the disk is on fire");
            }
        }));

        TrainingOutcome outcome = await TrainingSession.RunAsync(
            Planted.Small, SvdPlusPlus, new SessionOptions(), new SessionParts { Works = works }, null, CancellationToken.None);

        outcome.State.ShouldBe(JobState.Completed);
        failures.ShouldBeGreaterThan(1);
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute((await RunAsync(SvdPlusPlus)).Model!));
    }

    [Fact]
    public async Task More_feedback_than_ratings_changes_what_users_are_described_by()
    {
        TrainingData more = Planted.Small with
        {
            Feedback = RatingMatrix.UnionOfPairs([Planted.Small.Train, Planted.Small.Validation!]),
        };
        string without = ModelHash.Compute((await RunAsync(SvdPlusPlus)).Model!);
        TrainingOutcome outcome = await TrainingSession.RunAsync(more, SvdPlusPlus, new SessionOptions());
        outcome.State.ShouldBe(JobState.Completed);
        ModelHash.Compute(outcome.Model!).ShouldNotBe(without);
    }

    private static TrainingSettings Settings(FeedbackForm form) => new()
    {
        Model = FeedbackOptions.For(form) with { Rank = 12, Neighbors = 30, Shrinkage = 20 }, Epochs = 12, Patience = 0, Partitions = 2, Threads = 2,
    };

    private static Task<TrainingOutcome> RunAsync(TrainingSettings settings) =>
        TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions());

    private static PartitionWorkFactory Workers(Func<JobSpec, PartitionId, NodeResources, IPartitionWork> workers) =>
        (spec, partition, node) => partition.Side == Side.User ? workers(spec, partition, node) : PartitionWorks.Create(spec, partition, node);

    private sealed class WatchedWorker(JobSpec spec, PartitionId partition, NodeResources node, Action<int> onBegin, Action<int>? onEnd = null)
        : ParameterWorkerWork(spec, partition, node)
    {
        protected override double Descend(RunRound command, int clock)
        {
            onBegin(clock);
            double squaredErrors = base.Descend(command, clock);
            onEnd?.Invoke(clock);
            return squaredErrors;
        }
    }
}
