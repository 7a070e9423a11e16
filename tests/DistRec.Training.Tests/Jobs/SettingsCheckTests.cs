using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.MatrixFactorization;

namespace DistRec.Training.Tests.Jobs;

public sealed class SettingsCheckTests
{
    [Fact]
    public void All_mistakes_are_reported_together_each_with_what_to_do()
    {
        TrainingSettings settings = new()
        {
            Model = new MfOptions { Rank = -3, LearningRate = float.NaN, Regularization = -1 },
            Epochs = 0,
            Threads = 0,
        };
        Should.Throw<InputException>(settings.Validate).Message.ShouldBe(string.Join(
            Environment.NewLine,
            "--epochs: expected at least 1, found 0; 20 is a good start",
            "--threads: expected 1 to 1024, found 0; give the number of cores",
            "--rank: expected 1 to 1024, found -3; 64 is a good start",
            "--learning-rate: expected a finite number above 0, found NaN; leave it out for the default",
            "--regularization: expected a finite number of at least 0, found -1; leave it out for the default"));
    }

    [Fact]
    public void Defaults_are_valid()
    {
        SettingsCheck.Errors(new TrainingSettings { Model = new AlsOptions() }).ShouldBeEmpty();
        SettingsCheck.Errors(new TrainingSettings { Model = new MfOptions() }).ShouldBeEmpty();
        SettingsCheck.Errors(new TrainingSettings { Model = new BaselineOptions() }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FmLearner.Als, FmTask.Ranking, "--task: expected regression or classification with --learner als, found ranking")]
    [InlineData(FmLearner.Mcmc, FmTask.Ranking, "--task: expected regression or classification with --learner mcmc, found ranking")]
    [InlineData(FmLearner.AdaptiveSgd, FmTask.Ranking, "--task: expected regression or classification with --learner sgda, found ranking")]
    public void Only_steps_rank(FmLearner learner, FmTask task, string expected) =>
        SettingsCheck.Errors(new TrainingSettings { Model = FmOptions.For(task, learner), Epochs = 40 }).ShouldHaveSingleItem().ShouldStartWith(expected);

    [Fact]
    public void Losses_go_with_their_task_and_with_plain_steps()
    {
        FmOptions hinge = FmOptions.For(FmTask.Classification, FmLearner.Sgd) with { Loss = FmLoss.Hinge };
        FmOptions insensitive = FmOptions.For(FmTask.Regression, FmLearner.Sgd) with { Loss = FmLoss.EpsilonInsensitive };
        ErrorsOf(hinge).ShouldBeEmpty();
        ErrorsOf(insensitive).ShouldBeEmpty();
        ErrorsOf(hinge with { Task = FmTask.Regression }).ShouldHaveSingleItem().ShouldStartWith("--task: expected one that has the loss Hinge, found Regression");
        ErrorsOf(insensitive with { Task = FmTask.Classification }).ShouldHaveSingleItem().ShouldStartWith("--task: expected one that has the loss EpsilonInsensitive");
        ErrorsOf(hinge with { Learner = FmLearner.AdaGrad }).ShouldHaveSingleItem().ShouldStartWith("--learner: expected sgd with a loss other than the task's own, found adagrad");
        ErrorsOf(insensitive with { Insensitivity = -1 }).ShouldHaveSingleItem().ShouldStartWith("--insensitivity: expected a finite number of at least 0, found -1");
        ErrorsOf(insensitive with { Insensitivity = float.NaN }).ShouldHaveSingleItem().ShouldStartWith("--insensitivity");
    }

    [Fact]
    public void A_polynomial_is_of_degree_1_or_2_linear_and_learned_by_plain_steps()
    {
        FmOptions polynomial = FmOptions.ForPolynomial(FmTask.Classification);
        ErrorsOf(polynomial).ShouldBeEmpty();
        ErrorsOf(polynomial with { Degree = 1 }).ShouldBeEmpty();
        ErrorsOf(polynomial with { Degree = 3 }).ShouldHaveSingleItem().ShouldStartWith("--degree: expected 1 or 2, found 3");
        ErrorsOf(polynomial with { Degree = -1 }).ShouldHaveSingleItem().ShouldStartWith("--degree: expected 1 or 2, found -1");
        ErrorsOf(polynomial with { Rank = 4 }).ShouldHaveSingleItem().ShouldStartWith("--rank: expected 0 with poly-svm");
        foreach (FmLearner learner in Enum.GetValues<FmLearner>().Where(learner => learner != FmLearner.Sgd))
        {
            ErrorsOf(polynomial with { Learner = learner, Loss = FmLoss.OfTask }).ShouldContain(error => error.StartsWith("--learner: expected sgd with poly-svm, found ", StringComparison.Ordinal), $"{learner}");
        }
    }

    private static IReadOnlyList<string> ErrorsOf(FmOptions fm) => SettingsCheck.Errors(new TrainingSettings { Model = fm, Epochs = 40 });

    [Fact]
    public void A_specification_gives_back_the_settings_it_was_made_from()
    {
        AlsOptions als = new() { Rank = 7, Regularization = 0.1f, BiasRegularization = 0.2f, RegularizationExponent = 0.3f, Biases = false, InitialScale = 0.4f, Seed = 9 };
        MfOptions mf = new() { Rank = 7, LearningRate = 0.1f, LearningRateDecay = 0.9f, Regularization = 0.2f, BiasRegularization = 0.3f, Biases = false, InitialScale = 0.4f, Seed = 9 };
        BaselineOptions baseline = new() { UserRegularization = 1, ItemRegularization = 2 };
        Create(new TrainingSettings { Model = als }).Options.ShouldBe(als);
        Create(new TrainingSettings { Model = mf }).Options.ShouldBe(mf);
        Create(new TrainingSettings { Model = baseline }).Options.ShouldBe(baseline);
        foreach (ConsistencyModel consistency in new[] { ConsistencyModel.Bsp, ConsistencyModel.Asp, ConsistencyModel.Ssp(3) })
        {
            JobSpecs.ConsistencyOf(Create(new TrainingSettings { Model = mf, Consistency = consistency })).ShouldBe(consistency);
        }
    }

    [Fact]
    public void Another_layout_has_another_hash()
    {
        ulong one = JobSpecs.LayoutOf(Create(new TrainingSettings { Model = new AlsOptions(), Partitions = 2 }));
        JobSpecs.LayoutOf(Create(new TrainingSettings { Model = new AlsOptions(), Partitions = 2 })).ShouldBe(one);
        JobSpecs.LayoutOf(Create(new TrainingSettings { Model = new AlsOptions(), Partitions = 3 })).ShouldNotBe(one);
        JobSpecs.LayoutOf(Create(new TrainingSettings { Model = new MfOptions(), Partitions = 2 })).ShouldNotBe(one);
    }

    private static JobSpec Create(TrainingSettings settings) => JobSpecs.Create("j", Planted.Small, settings, null);
}
