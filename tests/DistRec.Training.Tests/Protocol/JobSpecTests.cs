using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Tests.Protocol;

/// <summary>What follows from a factorization machine's settings for how it is trained.</summary>
public sealed class JobSpecTests
{
    [Theory]
    [InlineData(FmLearner.Sgd, true, false, false)]
    [InlineData(FmLearner.AdaGrad, true, false, false)]
    [InlineData(FmLearner.AdaptiveSgd, true, false, false)]
    [InlineData(FmLearner.Als, false, true, false)]
    [InlineData(FmLearner.Mcmc, false, true, true)]
    public void A_machine_pushes_rows_or_reduces_sums_by_its_learner(FmLearner learner, bool pushes, bool reduces, bool averages)
    {
        JobSpec spec = new() { Model = ModelSpec.Of(new FmOptions { Learner = learner, LearningRate = 0.5f, LearningRateDecay = 0.25f }) };

        (spec.Scheme == TrainingScheme.ParameterServer).ShouldBe(pushes);
        (spec.Scheme == TrainingScheme.AllReduce).ShouldBe(reduces);
        spec.HasClocks.ShouldBeTrue();
        spec.Options.RemembersRows.ShouldBeTrue();
        spec.SavesBest.ShouldBeTrue();
        spec.Options.Averages.ShouldBe(averages);
        (spec.Options.FirstLearningRate, spec.Options.RateDecay).ShouldBe(pushes ? (0.5, 0.25) : (0, 1));
        JobLayout.RegionOf(Models.Side.User, spec).ShouldBe(JobLayout.UserRegion);
        JobLayout.RegionOf(Models.Side.Item, spec).ShouldBe(JobLayout.ParameterRegion);
    }

    [Fact]
    public void A_ranking_learns_from_interactions_and_a_degree_makes_a_polynomial()
    {
        new FmOptions { Task = FmTask.Ranking }.IsImplicit.ShouldBeTrue();
        new FmOptions { Task = FmTask.Classification }.IsImplicit.ShouldBeFalse();
        new FmOptions().Kind.ShouldBe("fm");
        new JobSpec { Model = ModelSpec.Of(new FmOptions { Degree = 1 }) }.ModelName.ShouldBe("poly-svm");
    }

    [Fact]
    public void A_specification_gives_back_the_machine_it_was_made_from()
    {
        FmOptions[] machines =
        [
            new()
            {
                Task = FmTask.Classification, Learner = FmLearner.AdaGrad, Rank = 7, Order = 3, LearningRate = 0.1f, LearningRateDecay = 0.9f, Regularization = 0.2f,
                WeightRegularization = 0.3f, InitialScale = 0.4f, Seed = ulong.MaxValue,
            },
            new() { Learner = FmLearner.Mcmc, Rank = 0, BurnIn = 3, KeptSamples = 5, Seed = 9 },
            FmOptions.ForPolynomial(FmTask.Regression) with { Degree = 1, Insensitivity = 0.7f },
        ];
        foreach (FmOptions machine in machines)
        {
            JobSpec spec = JobSpecs.Create(
                "j", machine.Task == FmTask.Classification ? PlantedFeatures.Classes : PlantedFeatures.Ratings, new TrainingSettings { Model = machine, Epochs = 10 }, null);
            JobSpec.Parser.ParseJson(Google.Protobuf.JsonFormatter.Default.Format(spec)).Options.ShouldBe(machine);
        }
    }
}
