using DistRec.Models.FactorizationMachine;
using DistRec.Models.Persistence;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Factorization machines on as little data as there can be, laid out as oddly as it can be.</summary>
public sealed class FmEdgeTests
{
    public static TheoryData<FmLearner> Learners => [.. Enum.GetValues<FmLearner>()];

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task More_partitions_than_users_leave_some_without_rows_and_train(FmLearner learner)
    {
        TrainingData data = Ratings(users: 2, items: 8, validation: 1);
        TrainingSettings settings = Settings(learner, partitions: 4);
        JobSpec spec = JobSpecs.Create("j", data, settings, null);
        spec.Features.RowStarts.Zip(spec.Features.RowStarts.Skip(1)).Count(part => part.First == part.Second).ShouldBe(2);
        await ShouldTrainAsync(data, settings);
    }

    [Fact]
    public void Rows_of_one_user_and_of_one_run_stay_together()
    {
        foreach ((TrainingData data, FmTask task) in new[] { (PlantedFeatures.Ratings, FmTask.Regression), (PlantedFeatures.Interactions, FmTask.Ranking) })
        {
            foreach (int partitions in new[] { 2, 3, 7, 50 })
            {
                JobSpec spec = JobSpecs.Create("j", data, PlantedFeatures.Settings(FmLearner.Sgd, task) with { Partitions = partitions }, null);
                int[] users = data.Features!.Train.BlockRows[0];
                spec.Features.RowStarts.Count.ShouldBe(partitions + 1);
                (spec.Features.RowStarts[0], spec.Features.RowStarts[^1]).ShouldBe((0, users.Length));
                spec.Features.RowStarts.ShouldBeInOrder();
                spec.Features.RowStarts.Where(start => start > 0 && start < users.Length).ShouldAllBe(start => users[start] != users[start - 1]);
                if (data.Features.Runs is { } runs)
                {
                    spec.Features.RowStarts.ShouldBeSubsetOf(runs);
                }

                int longest = users.CountBy(user => user).Max(user => user.Value);
                spec.Features.RowStarts.Zip(spec.Features.RowStarts.Skip(1)).ShouldAllBe(part => part.Second - part.First <= (users.Length / partitions) + longest + 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task Fewer_validation_rows_than_partitions_judge_every_epoch(FmLearner learner)
    {
        TrainingOutcome outcome = await ShouldTrainAsync(Ratings(users: 12, items: 8, validation: 2), Settings(learner, partitions: 5));
        outcome.Epochs.ShouldAllBe(epoch => epoch.ValidationRmse > 0);
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task Features_that_no_row_of_a_partition_has_or_none_at_all_are_no_hindrance(FmLearner learner)
    {
        // The last three features are nobody's, and every row is the only one that has its first feature.
        TrainingData data = Rows(new FeatureSpace([new FeatureGroup("own", 0, 6), new FeatureGroup("shared", 6, 5)]),
            [[0, 6], [1, 6], [2, 7], [3], [], [5, 7]], [1, 2, 3, 4, 5, 6], [[6], [9]]);
        TrainingOutcome outcome = await ShouldTrainAsync(data, Settings(learner, partitions: 3));
        outcome.Model!.Machine!.Parameters.Features.ShouldBe(11);
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task One_feature_is_a_space(FmLearner learner) =>
        await ShouldTrainAsync(Rows(new FeatureSpace([new FeatureGroup("only", 0, 1)]), [[0], [], [0], []], [4, 2, 4, 2], [[0]]), Settings(learner, partitions: 2));

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task Targets_may_all_be_equal(FmLearner learner)
    {
        TrainingData data = Rows(new FeatureSpace([new FeatureGroup("own", 0, 4)]), [[0], [1], [2, 3], [3]], [3, 3, 3, 3], [[1]]);
        TrainingOutcome outcome = await ShouldTrainAsync(data, Settings(learner, partitions: 2));
        outcome.Model!.Machine!.Predict(data.Features!.Validation!, 0).ShouldBe(3, 0.5);
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task One_row_is_enough(FmLearner learner) =>
        await ShouldTrainAsync(Rows(new FeatureSpace([new FeatureGroup("own", 0, 2)]), [[0, 1]], [3], [[1]]), Settings(learner, partitions: 1));

    [Fact]
    public async Task More_partitions_than_rows_are_refused_by_name()
    {
        TrainingData data = Rows(new FeatureSpace([new FeatureGroup("own", 0, 9)]), [[0], [1]], [3, 4], [[1]]);
        (await Should.ThrowAsync<InputException>(() => RunAsync(data, Settings(FmLearner.Sgd, partitions: 3)))).Message
            .ShouldContain("--partitions: expected at most 2, the lesser of 2 rows and 10 tables' rows, found 3");
    }

    [Fact]
    public async Task Adaptive_regularization_without_validation_rows_is_refused_by_name()
    {
        TrainingData data = Rows(new FeatureSpace([new FeatureGroup("own", 0, 2)]), [[0], [1]], [3, 4], null);
        string message = (await Should.ThrowAsync<InputException>(() => RunAsync(data, Settings(FmLearner.AdaptiveSgd, partitions: 1)))).Message;
        message.ShouldContain("--validation-ratio: expected above 0 with --learner sgda, found no validation rows");
        message.ShouldContain("--learner sgd");
        await RunAsync(data, Settings(FmLearner.Sgd, partitions: 1));
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.Mcmc)]
    public async Task A_stopped_job_resumes_with_other_partitions_and_learns_as_well(FmLearner learner)
    {
        using TemporaryFolder folder = new();
        TrainingSettings settings = PlantedFeatures.Settings(learner) with { Epochs = 20, CheckpointEvery = 5 };
        SessionOptions options = new() { WorkFolder = folder.Path };
        TrainingOutcome stopped = await StoppedJob.RunAsync(PlantedFeatures.Ratings, settings, options);

        TrainingOutcome resumed = await TrainingSession.RunAsync(PlantedFeatures.Ratings, settings with { Partitions = 5 }, options with { Resume = true });

        resumed.State.ShouldBe(JobState.Completed, resumed.Reason);
        resumed.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, 20));
        resumed.Epochs.Take(stopped.Epochs.Count).ShouldBe(stopped.Epochs, "what was done is not done again");
        double whole = (await RunAsync(PlantedFeatures.Ratings, settings)).Epochs[^1].ValidationRmse;
        resumed.Epochs[^1].ValidationRmse.ShouldBe(whole, 0.01 * whole);
    }

    private static TrainingSettings Settings(FmLearner learner, int partitions) => PlantedFeatures.Settings(learner) with
    {
        Model = FmOptions.For(FmTask.Regression, learner) with { Rank = 2, BurnIn = 1, KeptSamples = 2 }, Epochs = 4, Partitions = partitions, Clocks = 3,
    };

    // Every user has rated every item but the first ones, which are held out.
    private static TrainingData Ratings(int users, int items, int validation)
    {
        (int User, int Item, float Value)[] all = [.. Enumerable.Range(0, users * items).Select(pair => (pair / items, pair % items, 1f + ((pair * 7) % 5)))];
        RatingMatrix train = MatrixOf(users, items, all[validation..]);
        return PlantedFeatures.Of(new TrainingData(train, MatrixOf(users, items, all[..validation]), "few", "few"));
    }

    private static RatingMatrix MatrixOf(int users, int items, (int User, int Item, float Value)[] ratings)
    {
        long[] starts = [.. Enumerable.Range(0, users + 1).Select(user => (long)ratings.Count(rating => rating.User < user))];
        return new RatingMatrix(items, starts, [.. ratings.Select(rating => rating.Item)], [.. ratings.Select(rating => rating.Value)]);
    }

    private static TrainingData Rows(FeatureSpace space, int[][] rows, float[] targets, int[][]? heldOut)
    {
        int[][] all = [.. rows, .. heldOut ?? []];
        long[] starts = [.. Enumerable.Range(0, all.Length + 1).Select(row => (long)all[..row].Sum(features => features.Length))];
        int[] columns = [.. all.SelectMany(features => features)];
        RelationBlock[] blocks = [new("row", RelationEntity.Row, new RatingMatrix(space.Count, starts, columns, [.. columns.Select(_ => 1f)]))];
        FeatureRows train = new(targets, blocks, [[.. Enumerable.Range(0, rows.Length)]]);
        FeatureRows? validation = heldOut is null ? null : new([.. heldOut.Select(_ => 3.5f)], blocks, [[.. Enumerable.Range(rows.Length, heldOut.Length)]]);
        return new TrainingData(new RatingMatrix(0, [0], [], []), null, "rows", "rows") { Features = new FeatureData(space, train, validation, null) { Present = [null] } };
    }

    private static async Task<TrainingOutcome> ShouldTrainAsync(TrainingData data, TrainingSettings settings)
    {
        TrainingOutcome outcome = await RunAsync(data, settings);
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Epochs.Count.ShouldBe(settings.Epochs);
        outcome.Epochs.ShouldAllBe(epoch => epoch.Ratings == data.Features!.Train.Count && double.IsFinite(epoch.ValidationRmse));
        outcome.Notes.ShouldAllBe(note => !note.Contains("afresh", StringComparison.Ordinal));
        ModelHash.Compute((await RunAsync(data, settings)).Model!).ShouldBe(ModelHash.Compute(outcome.Model!));
        return outcome;
    }

    private static Task<TrainingOutcome> RunAsync(TrainingData data, TrainingSettings settings) => TrainingSession.RunAsync(data, settings, new SessionOptions());
}
