using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Tests.Events;

namespace DistRec.Serving.Tests.Experiments;

public sealed class AnswerIdsTests
{
    private static readonly Guid Id = Guid.CreateVersion7(SomeEvents.Now);

    [Theory]
    [InlineData("e", "b", 1)]
    [InlineData("front page", "als against bpmf", 0.1 + 0.2)]
    public void An_answer_of_an_experiment_says_experiment_arm_and_propensity(string experiment, string arm, double propensity)
    {
        string answer = AnswerIds.Of(Id, experiment, arm, propensity);

        ServingEvent found = AnswerIds.Attribute(SomeEvents.Full with { Answer = answer });

        found.ShouldBe(SomeEvents.Full with { Answer = answer, Experiment = experiment, Arm = arm, Propensity = propensity });
        answer.ShouldAllBe(character => char.IsAsciiLetterOrDigit(character) || character == '-' || character == '_');
    }

    [Fact]
    public void The_longest_names_fit_into_an_id()
    {
        string name = new('n', ExperimentRules.MaxNameLength);
        string answer = AnswerIds.Of(Id, name, name, 0.5);
        answer.Length.ShouldBeLessThan(EventRules.MaxIdLength);
        AnswerIds.Attribute(SomeEvents.Full with { Answer = answer }).Arm.ShouldBe(name);
    }

    [Fact]
    public void Any_other_id_says_nothing_and_changes_nothing()
    {
        string ours = AnswerIds.Of(Id, "e", "b", 0.5);
        string?[] others = [null, "", "x", AnswerIds.Of(Id), "xylophone", "x%%%", ours[1..], ours + new string('A', 400), new string('x', 60), "x" + new string('A', 60), ours[..^4]];
        foreach (string? other in others)
        {
            ServingEvent named = SomeEvents.Full with { Answer = other };
            AnswerIds.Attribute(named).ShouldBe(named, other);
        }
    }
}
