using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using Google.Protobuf;

namespace DistRec.Training.Tests.Jobs;

public sealed class SpecCheckTests
{
    [Fact]
    public void What_jobs_are_made_of_fits()
    {
        TrainingSettings[] all =
        [
            new() { Model = new BaselineOptions() }, new() { Model = new AlsOptions() }, new() { Model = new MfOptions(), Consistency = ConsistencyModel.Ssp(3) },
            new() { Model = new NmfOptions() }, new() { Model = new BpmfOptions { BurnIn = 2 } },
            .. Enum.GetValues<Models.Feedback.FeedbackForm>().Select(form => new TrainingSettings { Model = FeedbackOptions.For(form) }),
            .. Enum.GetValues<FmLearner>().Select(learner => PlantedFeatures.Settings(learner)),
            new() { Model = FmOptions.ForPolynomial(FmTask.Regression) },
        ];
        foreach (TrainingSettings settings in all)
        {
            foreach (int partitions in new[] { 1, 3, 60 })
            {
                SpecCheck.Errors(JobSpecs.Create("j", PlantedFeatures.Ratings, settings with { Partitions = partitions }, null)).ShouldBeEmpty(settings.Model.Kind);
            }
        }

        SpecCheck.Errors(JobSpecs.Create("j", Planted.Interactions, new TrainingSettings { Model = new ImplicitAlsOptions() }, null)).ShouldBeEmpty();
        SpecCheck.Errors(JobSpecs.Create("j", PlantedFeatures.Interactions, PlantedFeatures.Settings(FmLearner.Sgd, FmTask.Ranking), null)).ShouldBeEmpty();
    }

    public static TheoryData<string, Action<JobSpec>, string> Misfits { get; } = new()
    {
        { "no row starts", spec => spec.Features.RowStarts.Clear(), "row_starts: expected the starts of 3 parts and the end of the last, found 0 numbers" },
        { "row starts of fewer parts", spec => spec.Features.RowStarts.RemoveAt(1), "row_starts: expected the starts of 3 parts" },
        { "row starts of more parts", spec => spec.Features.RowStarts.Add(spec.Features.RowStarts[^1]), "row_starts: expected the starts of 3 parts" },
        { "row starts below 0", spec => spec.Features.RowStarts[1] = -4, "row_starts: expected numbers from 0 on, none below the one before it, found -4" },
        { "row starts from 1", spec => spec.Features.RowStarts[0] = 1, "row_starts: expected numbers from 0 on" },
        { "row starts that fall", spec => (spec.Features.RowStarts[1], spec.Features.RowStarts[2]) = (spec.Features.RowStarts[2], spec.Features.RowStarts[1]), "row_starts: expected numbers from 0 on" },
        { "rows beyond the data", spec => spec.Features.RowStarts[^1]++, "as training_ratings says" },
        { "no block starts", spec => spec.BlockStarts.Clear(), "block_starts: expected the starts of 3 parts" },
        { "more blocks than shards", spec => spec.BlockStarts.Add(spec.BlockStarts[^1]), "block_starts: expected the starts of 3 parts" },
        { "block starts below 0", spec => spec.BlockStarts[1] = -1, "block_starts: expected numbers from 0 on" },
        { "rows of tables that no feature has", spec => spec.ItemStarts[^1] = ++spec.BlockStarts[^1], "as group_starts say" },
        { "item starts that are not the blocks'", spec => spec.ItemStarts[^1]++, "as item_starts say" },
        { "item starts of fewer parts", spec => spec.ItemStarts.RemoveAt(1), "item_starts: expected the starts of 3 parts" },
        { "no partitions", spec => spec.UserStarts.Clear(), "user_starts: expected the starts of 1 parts" },
        { "users", spec => spec.UserStarts[^1] = 5, "user_starts: expected zeros" },
        { "no groups", spec => spec.Features.GroupStarts.Clear(), "group_starts: expected the starts of 1 parts" },
        { "groups below 0", spec => spec.Features.GroupStarts[1] = int.MinValue, "group_starts: expected numbers from 0 on" },
        { "features without end", spec => spec.Features.GroupStarts[^1] = int.MaxValue - 1, "as group_starts say" },
        { "no clocks", spec => spec.Clocks = 0, "clocks" },
        { "clocks below 0", spec => spec.Clocks = -1, "clocks" },
        { "clocks without end", spec => spec.Clocks = int.MaxValue - 7, "clocks" },
        { "a task that is none", spec => Setting(spec, "task").Word = "guessing", "task: expected one of regression, classification, ranking, found \"guessing\"" },
        { "a learner that is none", spec => Setting(spec, "learner").ClearWord(), "learner: expected one of sgd, adagrad, sgda, als, mcmc, found \"\"" },
        { "a loss that is none", spec => Setting(spec, "loss").Whole = 7, "loss: expected one of" },
        { "factors below 0", spec => Setting(spec, "rank").Whole = -2, "--rank" },
        { "no epochs", spec => spec.Epochs = 0, "--epochs" },
        { "no rows", spec => spec.TrainingRatings = 0, "training_ratings: expected at least 1" },
        { "an intercept that is no number", spec => spec.Features.Intercept = float.NaN, "intercept: expected a finite number" },
        { "a checkpoint", spec => spec.Resume = new ResumePoint { Epoch = 3 }, "resume: expected none" },
        { "no model", spec => spec.Model = null, "model: expected one, found none" },
        { "a model that there is none of", spec => spec.Model.Kind = "magic", "model: expected one of bpmf, mf, als," },
        { "another model's settings", spec => spec.Model.Kind = "als", "model: expected the settings rank, regularization," },
        { "a setting less", spec => spec.Model.Settings.RemoveAt(0), "model: expected the settings task, learner," },
        { "a number that is a text", spec => Setting(spec, "rank").Word = "8", "rank: expected a value of Int32, found Word" },
        { "no features", spec => spec.Features = null, "features: expected layout for fm, found none" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_machine_whose_parts_do_not_fit_is_refused_by_name(string name, Action<JobSpec> spoil, string expected)
    {
        foreach (FmLearner learner in new[] { FmLearner.Sgd, FmLearner.Mcmc })
        {
            JobSpec spec = JobSpecs.Create("j", PlantedFeatures.Ratings, PlantedFeatures.Settings(learner) with { Partitions = 3 }, null);
            spoil(spec);
            IReadOnlyList<string> errors = SpecCheck.Errors(spec);
            errors.ShouldContain(error => error.Contains(expected, StringComparison.Ordinal), $"{name}, {learner}: {string.Join("; ", errors)}");
        }
    }

    [Fact]
    public void Other_models_are_held_to_their_parts_too()
    {
        JobSpec mf = JobSpecs.Create("j", Planted.Small, new TrainingSettings { Model = new MfOptions(), Partitions = 3 }, null);
        mf.BlockStarts.RemoveAt(1);
        mf.BlockStarts[1] = 1000;
        SpecCheck.Errors(mf).ShouldContain(error => error.StartsWith("block_starts: expected numbers from 0 on", StringComparison.Ordinal));

        JobSpec als = JobSpecs.Create("j", Planted.Small, new TrainingSettings { Model = new AlsOptions(), Partitions = 3 }, null);
        Setting(als, "rank").Whole = 100_000;
        SpecCheck.Errors(als).ShouldHaveSingleItem().ShouldStartWith("--rank: expected 1 to 1024, found 100000");
    }

    // What a specification says has been read, so one that is to be spoilt comes anew from its bytes, as from another node.
    private static ModelSetting Setting(JobSpec spec, string name)
    {
        spec.Model = ModelSpec.Parser.ParseFrom(spec.Model.ToByteArray());
        return spec.Model.Settings.Single(setting => setting.Name == name);
    }
}
