using DistRec.Serving.Experiments;

namespace DistRec.Serving.Tests.Experiments;

public sealed class RunningExperimentTests
{
    private static readonly ExperimentDefinition Definition = new()
    {
        Name = "e",
        Model = "films",
        Arms = [new ExperimentArm("old", "films", 1, 3), new ExperimentArm("new", "films", 2, 1)],
        Control = "old",
        Policy = ExperimentPolicy.Thompson,
        MinimumImpressions = 50,
    };

    [Fact]
    public void A_policy_that_learns_goes_by_weights_until_every_arm_has_its_least_number_of_impressions()
    {
        Propensities(50, 49).ShouldBe([0.75, 0.25]);
        Propensities(50, 50)[1].ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void What_a_policy_learns_from_is_the_goal()
    {
        ArmFigures[] arms = [new(100, 60, 5, 5, 100), new(100, 10, 50, 5, 100)];
        OfGoal(ExperimentGoal.Click)[0].ShouldBeGreaterThan(0.99);
        OfGoal(ExperimentGoal.View)[1].ShouldBeGreaterThan(0.99);
        OfGoal(ExperimentGoal.Conversion)[0].ShouldBe(0.5, 1e-6);

        IReadOnlyList<double> OfGoal(ExperimentGoal goal) =>
            RunningExperiment.RouterOf(Definition with { Goal = goal }, new ExperimentFigures { Arms = arms }).Propensities;
    }

    [Fact]
    public void Of_a_shadow_the_control_has_all() => RunningExperiment.RouterOf(
        Definition with { Policy = ExperimentPolicy.Shadow, Control = "new" }, ExperimentFigures.None(Definition)).Propensities.ShouldBe([0, 1]);

    private static IReadOnlyList<double> Propensities(long old, long @new) => RunningExperiment.RouterOf(
        Definition, new ExperimentFigures { Arms = [new ArmFigures(old, 0, 0, 0, old), new ArmFigures(@new, 20, 0, 0, @new)] }).Propensities;
}
