using DistRec.Models.FactorizationMachine;
using DistRec.Models.Queries;

namespace DistRec.Training.Tests.Jobs;

/// <summary>Factorization machines on the actors: row by row over the parameter server, and sweep by sweep over sums.</summary>
public sealed class FmTests
{
    public static TheoryData<FmLearner> Learners => [.. Enum.GetValues<FmLearner>()];

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task Every_learner_learns_what_was_planted(FmLearner learner)
    {
        TrainingOutcome outcome = await RunAsync(PlantedFeatures.Ratings, PlantedFeatures.Settings(learner) with { Epochs = 40 });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Epochs[^1].ValidationRmse.ShouldBeLessThan(0.9 * outcome.Epochs[0].ValidationRmse);
        FiniteCheck.Verify(outcome.Model!);
    }

    [Theory]
    [MemberData(nameof(Learners))]
    public async Task The_factor_model_answers_as_the_features_do(FmLearner learner)
    {
        FactorModel model = (await RunAsync(PlantedFeatures.Ratings, PlantedFeatures.Settings(learner))).Model!;
        RatingMatrix train = PlantedFeatures.Ratings.Train;
        FeatureRows rows = PlantedFeatures.Ratings.Features!.Train;
        int row = 0;
        for (int user = 0; user < 20; user++)
        {
            foreach (int item in train.RowColumns(user))
            {
                FactorScore.Unclipped(model, user, item, Answer.Known).ShouldBe(model.Machine!.Predict(rows, row++), 2e-4);
            }
        }
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.Als)]
    [InlineData(FmLearner.Mcmc)]
    public async Task Partitions_change_little(FmLearner learner)
    {
        TrainingSettings settings = PlantedFeatures.Settings(learner) with { Epochs = 40, Partitions = 1 };
        double alone = (await RunAsync(PlantedFeatures.Ratings, settings)).Epochs[^1].ValidationRmse;
        double parted = (await RunAsync(PlantedFeatures.Ratings, settings with { Partitions = 5 })).Epochs[^1].ValidationRmse;
        parted.ShouldBe(alone, 0.01 * alone);
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.AdaGrad)]
    [InlineData(FmLearner.AdaptiveSgd)]
    [InlineData(FmLearner.Als)]
    [InlineData(FmLearner.Mcmc)]
    public async Task Probabilities_are_learned_by_every_learner(FmLearner learner)
    {
        TrainingOutcome outcome = await RunAsync(PlantedFeatures.Classes, PlantedFeatures.Settings(learner, FmTask.Classification) with { Epochs = 30 });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        FactorModel model = outcome.Model!;
        FeatureRows validation = PlantedFeatures.Classes.Features!.Validation!;
        double right = Enumerable.Range(0, validation.Count).Count(row => model.Machine!.Predict(validation, row) >= 0.5 == validation.Targets[row] > 0) / (double)validation.Count;
        double always = Math.Max(validation.Targets.Average(), 1 - validation.Targets.Average());
        right.ShouldBeGreaterThan(always + 0.05);
        Enumerable.Range(0, validation.Count).ShouldAllBe(row => model.Machine!.Predict(validation, row) >= 0 && model.Machine.Predict(validation, row) <= 1);
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.AdaGrad)]
    public async Task A_ranking_lowers_its_loss(FmLearner learner)
    {
        TrainingOutcome outcome = await RunAsync(PlantedFeatures.Interactions, PlantedFeatures.Settings(learner, FmTask.Ranking) with { Epochs = 20 });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Epochs[^1].Loss.ShouldBeLessThan(0.95 * outcome.Epochs[0].Loss);
        outcome.Model!.IsImplicit.ShouldBeTrue();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Higher_orders_learn_too(int order)
    {
        TrainingSettings settings = PlantedFeatures.Settings(FmLearner.Sgd) with { Epochs = 40 };
        TrainingData data = PlantedFeatures.Of(Planted.Small, null, "user", "item", "implicit-items");
        TrainingOutcome outcome = await RunAsync(data, settings with { Model = (FmOptions)settings.Model with { Order = order } });

        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        outcome.Epochs[^1].ValidationRmse.ShouldBeLessThan(0.92 * outcome.Epochs[0].ValidationRmse);
    }

    [Fact]
    public async Task Feedback_and_context_are_features_like_others()
    {
        TrainingData data = PlantedFeatures.Of(Planted.Small, null, "user", "item", "other-items");
        foreach (FmLearner learner in new[] { FmLearner.Sgd, FmLearner.Mcmc })
        {
            TrainingOutcome outcome = await RunAsync(data, PlantedFeatures.Settings(learner) with { Epochs = 30 });
            outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
            outcome.Epochs[^1].ValidationRmse.ShouldBeLessThan(0.93 * outcome.Epochs[0].ValidationRmse);
        }
    }

    [Fact]
    public async Task Targets_that_are_no_classes_are_refused_by_name()
    {
        InputException refused = await Should.ThrowAsync<InputException>(
            () => RunAsync(PlantedFeatures.Ratings, PlantedFeatures.Settings(FmLearner.Sgd, FmTask.Classification)));
        refused.Message.ShouldContain("targets of 0 and 1");
    }

    [Fact]
    public async Task A_linear_model_of_two_losses_is_what_a_polynomial_machine_is()
    {
        foreach (FmTask task in new[] { FmTask.Regression, FmTask.Classification })
        {
            TrainingData data = task == FmTask.Regression ? PlantedFeatures.Ratings : PlantedFeatures.Classes;
            TrainingData pairs = data with { Features = PairExpansion.Expand(data.Features!, 2) };
            TrainingOutcome outcome = await RunAsync(pairs, PlantedFeatures.Settings(FmLearner.Sgd) with { Model = FmOptions.ForPolynomial(task), Epochs = 20 });
            outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
            outcome.Model!.Kind.ShouldBe(ModelKinds.PolySvm);
            outcome.Epochs.Min(epoch => epoch.ValidationRmse).ShouldBeLessThan(outcome.Epochs[0].ValidationRmse);
        }
    }

    private static Task<TrainingOutcome> RunAsync(TrainingData data, TrainingSettings settings) =>
        TrainingSession.RunAsync(data, settings, new SessionOptions());
}
