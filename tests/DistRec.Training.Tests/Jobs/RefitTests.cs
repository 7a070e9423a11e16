using DistRec.Models.Als;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;
using DistRec.Training.Jobs;
using DistRec.Training.Work;

namespace DistRec.Training.Tests.Jobs;

/// <summary>The ratings that epochs are judged by were once lost to the model, though the best epoch is known when it is done.</summary>
public sealed class RefitTests
{
    public static TheoryData<ModelOptions> Models { get; } =
    [
        new AlsOptions { Rank = 4 },
        new NmfOptions { Rank = 4 },
        new BpmfOptions { Rank = 4, BurnIn = 2 },
        new MfOptions { Rank = 4 },
        FeedbackOptions.For(FeedbackForm.SvdPlusPlus) with { Rank = 4 },
    ];

    private static RatingMatrix AllRatings { get; } = Planted.Small.Train.With(Planted.Small.Validation!);

    [Theory]
    [MemberData(nameof(Models))]
    public async Task The_model_is_that_of_all_ratings_in_as_many_epochs_as_did_best(ModelOptions options)
    {
        TrainingSettings settings = SettingsOf(options);
        TrainingOutcome refitted = await RunAsync(Planted.Small, settings with { Refit = true });
        TrainingOutcome sought = await RunAsync(Planted.Small, settings);
        TrainingOutcome all = await RunAsync(
            Planted.Small with { Train = AllRatings, Validation = null }, settings with { Epochs = sought.BestEpoch });

        (refitted.Refitted, sought.Refitted).ShouldBe((true, false));
        refitted.BestEpoch.ShouldBe(sought.BestEpoch);
        refitted.Epochs.Select(epoch => epoch.ValidationRmse).ShouldBe(sought.Epochs.Select(epoch => epoch.ValidationRmse));
        refitted.Notes.ShouldContain(note => note.Contains($"all {AllRatings.Count:#,0} ratings are now fitted", StringComparison.Ordinal));

        // Units are those of the ratings that the best epoch was sought with, so nothing but roundings and they may differ.
        double apart = Distance(refitted.Model!, all.Model!);
        apart.ShouldBeLessThan(0.1 * Distance(sought.Model!, all.Model!) + 0.01);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task A_job_that_is_stopped_while_all_ratings_are_fitted_goes_on_to_the_same_bits(ModelOptions options)
    {
        using TemporaryFolder folder = new();
        TrainingSettings settings = SettingsOf(options) with { Refit = true };
        SessionOptions kept = new() { WorkFolder = folder.Path };
        using CancellationTokenSource cancel = new();
        SessionParts parts = new()
        {
            Works = (spec, partition, node) =>
            {
                IPartitionWork work = PartitionWorks.Create(spec, partition, node);
                return partition is { Side: Side.User, Index: 1 } ? new Stuck(work, cancel) : work;
            },
        };
        TrainingOutcome stopped = await TrainingSession.RunAsync(Planted.Small, settings, kept, parts, null, cancel.Token);
        TrainingOutcome resumed = await TrainingSession.RunAsync(Planted.Small, settings, kept with { Resume = true });
        TrainingOutcome straight = await RunAsync(Planted.Small, settings);

        stopped.State.ShouldBe(JobState.Cancelled, stopped.Reason);
        stopped.Reason.ShouldContain("all ratings");
        stopped.CheckpointPath.ShouldNotBeNull();
        resumed.Refitted.ShouldBeTrue();
        resumed.Epochs.Count.ShouldBe(straight.Epochs.Count);
        ModelHash.Compute(resumed.Model!).ShouldBe(ModelHash.Compute(straight.Model!));
    }

    [Fact]
    public async Task Without_validation_ratings_there_is_nothing_to_fit_again()
    {
        TrainingOutcome outcome = await RunAsync(Planted.Small with { Validation = null }, SettingsOf(new AlsOptions { Rank = 4 }) with { Refit = true });
        outcome.Refitted.ShouldBeFalse();
        outcome.Notes.ShouldBeEmpty();
    }

    private static TrainingSettings SettingsOf(ModelOptions options) => new() { Model = options, Epochs = 6, Patience = 2, Partitions = 2, Threads = 2 };

    private static async Task<TrainingOutcome> RunAsync(TrainingData data, TrainingSettings settings)
    {
        TrainingOutcome outcome = await TrainingSession.RunAsync(data, settings, new SessionOptions());
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        return outcome;
    }

    private static double Distance(FactorModel one, FactorModel other)
    {
        double sum = 0;
        for (int user = 0; user < one.UserBiases.Length; user++)
        {
            for (int item = 0; item < one.ItemBiases.Length; item++)
            {
                sum += Math.Pow(FactorScore.Unclipped(one, user, item, Answer.Known) - FactorScore.Unclipped(other, user, item, Answer.Known), 2);
            }
        }

        return Math.Sqrt(sum / one.UserBiases.Length / one.ItemBiases.Length);
    }

    /// <summary>Never ends its first training round with all ratings; then the job is cancelled.</summary>
    private sealed class Stuck(IPartitionWork work, CancellationTokenSource cancel) : IPartitionWork
    {
        private bool _hasAllRatings;

        public double Fraction => work.Fraction;

        public async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
        {
            _hasAllRatings |= round.Command.AllRatings;
            if (round.Command.Kind is RoundKind.SolveUsers or RoundKind.Epoch)
            {
                await StickAsync(cancellationToken);
            }

            return await work.RunAsync(round, cancellationToken);
        }

        public async Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken)
        {
            await StickAsync(cancellationToken);
            return await work.VisitAsync(round, visit, cancellationToken);
        }

        private async Task StickAsync(CancellationToken cancellationToken)
        {
            if (_hasAllRatings)
            {
                await cancel.CancelAsync();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }
        }
    }
}
