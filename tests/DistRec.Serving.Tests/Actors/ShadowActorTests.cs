using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;

namespace DistRec.Serving.Tests.Actors;

public sealed class ShadowActorTests : TestKit
{
    public ShadowActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }")
    {
    }

    [Fact]
    public void What_a_slow_shadow_cannot_take_is_dropped_and_what_it_does_wrong_is_counted()
    {
        const int Dropped = 5;
        using ManualResetEventSlim isFree = new();
        IActorRef actor = Sys.ActorOf(ShadowActor.Props(
            (_, _) =>
            {
                isFree.Wait();
                throw new InvalidOperationException("no such table");
            },
            (name, figures) =>
            {
                TestActor.Tell((name, figures));
                return Task.CompletedTask;
            },
            TimeProvider.System));
        ServingModel[] models = [SmallModels.Serving(1), SmallModels.Serving(2, version: 2)];
        ExperimentDefinition definition = new()
        {
            Name = "e",
            Model = "small",
            Arms = [new ExperimentArm("old", "small", 1, 1), new ExperimentArm("new", "small", 2, 1)],
            Control = "old",
            Policy = ExperimentPolicy.Shadow,
        };
        RunningExperiment experiment = new(definition, ExperimentFigures.None(definition), models);

        // One is being answered, and the rest wait.
        for (int number = 0; number < ShadowActor.MaximumWaiting + 1 + Dropped; number++)
        {
            actor.Tell(new ShadowQuestion(experiment, new UserQuestion(), new object()));
        }

        ShadowFigures figures = Next();
        (figures.Dropped, figures.Failures).ShouldBe((Dropped, 0));
        isFree.Set();
        while (figures.Failures <= ShadowActor.MaximumWaiting)
        {
            figures = figures.Add(Next());
        }

        (figures.Compared, figures.Failures, figures.Dropped).ShouldBe((0, ShadowActor.MaximumWaiting + 1, Dropped));

        ShadowFigures Next() => ExpectMsg<(string Name, ShadowFigures Figures)>().Figures;
    }
}
