using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Tests.Protocol;

/// <summary>What follows from a factorization machine's settings for how it is trained.</summary>
public sealed class JobSpecTests
{
    [Theory]
    [InlineData(FmSpecLearner.Sgd, true, false, false)]
    [InlineData(FmSpecLearner.AdaGrad, true, false, false)]
    [InlineData(FmSpecLearner.AdaptiveSgd, true, false, false)]
    [InlineData(FmSpecLearner.Als, false, true, false)]
    [InlineData(FmSpecLearner.Mcmc, false, true, true)]
    public void A_machine_pushes_rows_or_reduces_sums_by_its_learner(FmSpecLearner learner, bool pushes, bool reduces, bool averages)
    {
        JobSpec spec = new() { Fm = new FmSpec { Learner = learner, LearningRate = 0.5f, LearningRateDecay = 0.25f } };

        (spec.Scheme == TrainingScheme.ParameterServer).ShouldBe(pushes);
        (spec.Scheme == TrainingScheme.AllReduce).ShouldBe(reduces);
        spec.HasClocks.ShouldBeTrue();
        spec.RemembersRows.ShouldBeTrue();
        spec.SavesBest.ShouldBeTrue();
        spec.Averages.ShouldBe(averages);
        (spec.FirstLearningRate, spec.LearningRateDecay).ShouldBe(pushes ? (0.5, 0.25) : (0, 1));
        JobLayout.RegionOf(Models.Side.User, spec).ShouldBe(JobLayout.UserRegion);
        JobLayout.RegionOf(Models.Side.Item, spec).ShouldBe(JobLayout.ParameterRegion);
    }

    [Fact]
    public void A_ranking_learns_from_interactions_and_a_degree_makes_a_polynomial()
    {
        new JobSpec { Fm = new FmSpec { Task = FmSpecTask.Ranking } }.IsImplicit.ShouldBeTrue();
        new JobSpec { Fm = new FmSpec { Task = FmSpecTask.Classification } }.IsImplicit.ShouldBeFalse();
        new JobSpec { Fm = new FmSpec() }.ModelName.ShouldBe("fm");
        new JobSpec { Fm = new FmSpec { Degree = 1 } }.ModelName.ShouldBe("poly-svm");
    }

    [Fact]
    public void Enumerations_of_messages_and_of_models_agree_by_name_and_number()
    {
        Names<FmSpecTask>().ShouldBe(Names<FmTask>());
        Names<FmSpecLearner>().ShouldBe(Names<FmLearner>());
        Names<FmSpecLoss>().ShouldBe(Names<FmLoss>());

        static IEnumerable<(string, int)> Names<T>()
            where T : struct, Enum => Enum.GetValues<T>().Select(value => ($"{value}", Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)));
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
                "j", machine.Task == FmTask.Classification ? PlantedFeatures.Classes : PlantedFeatures.Ratings, new TrainingSettings { Fm = machine, Epochs = 10 }, null);
            JobSpecs.FmOf(JobSpec.Parser.ParseJson(Google.Protobuf.JsonFormatter.Default.Format(spec))).ShouldBe(machine);
        }
    }
}
