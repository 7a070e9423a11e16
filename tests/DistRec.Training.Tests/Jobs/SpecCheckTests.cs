using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;

namespace DistRec.Training.Tests.Jobs;

public sealed class SpecCheckTests
{
    [Fact]
    public void What_jobs_are_made_of_fits()
    {
        TrainingSettings[] all =
        [
            new() { Baseline = new BaselineOptions() }, new() { Als = new AlsOptions() }, new() { Mf = new MfOptions(), Consistency = ConsistencyModel.Ssp(3) },
            new() { Nmf = new NmfOptions() }, new() { Bpmf = new BpmfOptions { BurnIn = 2 } },
            .. Enum.GetValues<Models.Feedback.FeedbackForm>().Select(form => new TrainingSettings { Feedback = FeedbackOptions.For(form) }),
            .. Enum.GetValues<FmLearner>().Select(learner => PlantedFeatures.Settings(learner)),
            new() { Fm = FmOptions.ForPolynomial(FmTask.Regression) },
        ];
        foreach (TrainingSettings settings in all)
        {
            foreach (int partitions in new[] { 1, 3, 60 })
            {
                SpecCheck.Errors(JobSpecs.Create("j", PlantedFeatures.Ratings, settings with { Partitions = partitions }, null)).ShouldBeEmpty(settings.ModelName);
            }
        }

        SpecCheck.Errors(JobSpecs.Create("j", Planted.Interactions, new TrainingSettings { ImplicitAls = new ImplicitAlsOptions() }, null)).ShouldBeEmpty();
        SpecCheck.Errors(JobSpecs.Create("j", PlantedFeatures.Interactions, PlantedFeatures.Settings(FmLearner.Sgd, FmTask.Ranking), null)).ShouldBeEmpty();
    }

    public static TheoryData<string, Action<JobSpec>, string> Misfits { get; } = new()
    {
        { "no row starts", spec => spec.Fm.RowStarts.Clear(), "row_starts: expected the starts of 3 parts and the end of the last, found 0 numbers" },
        { "row starts of fewer parts", spec => spec.Fm.RowStarts.RemoveAt(1), "row_starts: expected the starts of 3 parts" },
        { "row starts of more parts", spec => spec.Fm.RowStarts.Add(spec.Fm.RowStarts[^1]), "row_starts: expected the starts of 3 parts" },
        { "row starts below 0", spec => spec.Fm.RowStarts[1] = -4, "row_starts: expected numbers from 0 on, none below the one before it, found -4" },
        { "row starts from 1", spec => spec.Fm.RowStarts[0] = 1, "row_starts: expected numbers from 0 on" },
        { "row starts that fall", spec => (spec.Fm.RowStarts[1], spec.Fm.RowStarts[2]) = (spec.Fm.RowStarts[2], spec.Fm.RowStarts[1]), "row_starts: expected numbers from 0 on" },
        { "rows beyond the data", spec => spec.Fm.RowStarts[^1]++, "as training_ratings says" },
        { "no block starts", spec => spec.BlockStarts.Clear(), "block_starts: expected the starts of 3 parts" },
        { "more blocks than shards", spec => spec.BlockStarts.Add(spec.BlockStarts[^1]), "block_starts: expected the starts of 3 parts" },
        { "block starts below 0", spec => spec.BlockStarts[1] = -1, "block_starts: expected numbers from 0 on" },
        { "rows of tables that no feature has", spec => spec.ItemStarts[^1] = ++spec.BlockStarts[^1], "as group_starts say" },
        { "item starts that are not the blocks'", spec => spec.ItemStarts[^1]++, "as item_starts say" },
        { "item starts of fewer parts", spec => spec.ItemStarts.RemoveAt(1), "item_starts: expected the starts of 3 parts" },
        { "no partitions", spec => spec.UserStarts.Clear(), "user_starts: expected the starts of 1 parts" },
        { "users", spec => spec.UserStarts[^1] = 5, "user_starts: expected zeros" },
        { "no groups", spec => spec.Fm.GroupStarts.Clear(), "group_starts: expected the starts of 1 parts" },
        { "groups below 0", spec => spec.Fm.GroupStarts[1] = int.MinValue, "group_starts: expected numbers from 0 on" },
        { "features without end", spec => spec.Fm.GroupStarts[^1] = int.MaxValue - 1, "as group_starts say" },
        { "no clocks", spec => spec.Clocks = 0, "clocks" },
        { "clocks below 0", spec => spec.Clocks = -1, "clocks" },
        { "clocks without end", spec => spec.Clocks = int.MaxValue - 7, "clocks" },
        { "a task that is none", spec => spec.Fm.Task = (FmSpecTask)9, "a task, a learner and a loss that there are" },
        { "a learner that is none", spec => spec.Fm.Learner = (FmSpecLearner)(-1), "a task, a learner and a loss that there are" },
        { "a loss that is none", spec => spec.Fm.Loss = (FmSpecLoss)7, "a task, a learner and a loss that there are" },
        { "factors below 0", spec => spec.Fm.Rank = -2, "--rank" },
        { "no epochs", spec => spec.Epochs = 0, "--epochs" },
        { "no rows", spec => spec.TrainingRatings = 0, "training_ratings: expected at least 1" },
        { "an intercept that is no number", spec => spec.Fm.Intercept = float.NaN, "intercept: expected a finite number" },
        { "a checkpoint", spec => spec.Resume = new ResumePoint { Epoch = 3 }, "resume: expected none" },
        { "no model", spec => spec.ClearModel(), "model: expected one, found none" },
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
        JobSpec mf = JobSpecs.Create("j", Planted.Small, new TrainingSettings { Mf = new MfOptions(), Partitions = 3 }, null);
        mf.BlockStarts.RemoveAt(1);
        mf.BlockStarts[1] = 1000;
        SpecCheck.Errors(mf).ShouldContain(error => error.StartsWith("block_starts: expected numbers from 0 on", StringComparison.Ordinal));

        JobSpec als = JobSpecs.Create("j", Planted.Small, new TrainingSettings { Als = new AlsOptions(), Partitions = 3 }, null);
        als.Als.Rank = 100_000;
        SpecCheck.Errors(als).ShouldHaveSingleItem().ShouldStartWith("--rank: expected 1 to 1024, found 100000");
    }
}
