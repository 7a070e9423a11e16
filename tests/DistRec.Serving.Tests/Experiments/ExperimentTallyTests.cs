using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Numerics.Random;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Tests.Experiments;

public sealed class ExperimentTallyTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_answer_counts_once_with_one_click_view_and_conversion_at_most_in_whatever_order_its_events_come()
    {
        (EventKind, string)[] events =
        [
            (EventKind.Impression, "1"), (EventKind.Impression, "1"), (EventKind.Click, "1"), (EventKind.Click, "1"), (EventKind.View, "1"), (EventKind.Conversion, "1"),
            (EventKind.Impression, "2"), (EventKind.Click, "3"), (EventKind.Rating, "4"),
        ];
        foreach ((EventKind, string)[] order in new[] { events, [.. events.Reverse()] })
        {
            ExperimentTally tally = new(Definition(ExperimentPolicy.Split));
            foreach ((int index, (EventKind kind, string answer)) in order.Index())
            {
                tally.Add(EventOf(kind, "u", answer, "old", index + 1));
            }

            tally.Figures.Arms.ShouldBe([new ArmFigures(3, 2, 1, 1, 1), new ArmFigures(0, 0, 0, 0, 0)]);
            tally.Position.ShouldBe(9);
        }
    }

    [Fact]
    public void Events_without_an_answer_or_of_an_arm_that_the_experiment_does_not_have_count_for_nothing()
    {
        ExperimentTally tally = new(Definition(ExperimentPolicy.Split));
        tally.Add(EventOf(EventKind.Click, "u", "1", "other", 1));
        tally.Add(EventOf(EventKind.Click, "u", "1", "old", 2) with { Answer = null });
        tally.Figures.Arms.ShouldAllBe(arm => arm.Impressions == 0 && arm.Users == 0);
        tally.Position.ShouldBe(2);
    }

    [Fact]
    public void The_sequential_test_observes_a_users_first_answer_when_the_time_for_its_goal_has_run_out()
    {
        ExperimentTally tally = new(Definition(ExperimentPolicy.Canary));
        tally.Add(EventOf(EventKind.Impression, "u", "1", "old", 1));
        tally.Add(EventOf(EventKind.Impression, "u", "2", "old", 2));
        tally.Add(EventOf(EventKind.Impression, "v", "3", "new", 3));
        tally.Observe(Start.AddSeconds(59));
        tally.Figures.Test!.ControlUsers.ShouldBe(0);
        tally.Add(EventOf(EventKind.Click, "u", "1", "old", 4) with { Time = Start.AddSeconds(50) });
        tally.Add(EventOf(EventKind.Click, "v", "3", "new", 5) with { Time = Start.AddSeconds(70) });

        tally.Observe(Start.AddSeconds(60));

        TestFigures test = tally.Figures.Test!;
        (test.ControlUsers, test.ControlGoals, test.OtherUsers, test.OtherGoals, test.Observed).ShouldBe((1, 1, 1, 0, 3));
        tally.Figures.Arms[1].Clicks.ShouldBe(1, "it came too late for the test, and counts all the same");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void One_that_goes_on_elsewhere_from_what_was_kept_comes_to_the_same_bits(ulong seed)
    {
        EntityRandom random = new(seed, RandomPurpose.SimulatedReward, 0);
        List<ServingEvent> log = [];
        for (int number = 1; number <= 4_000; number++)
        {
            int user = (int)(random.NextDouble() * 1_500), answer = (int)(random.NextDouble() * 4);
            EventKind kind = random.NextDouble() < 0.7 ? EventKind.Impression : EventKind.Click;
            log.Add(EventOf(kind, $"{user}", $"{user}-{answer}", user % 3 == 0 ? "new" : "old", number) with { Time = Start.AddSeconds(number) });
        }

        ExperimentDefinition definition = Definition(ExperimentPolicy.Canary);
        ExperimentTally whole = new(definition), first = new(definition);
        ExperimentTally? second = null;
        for (int index = 0; index < log.Count; index++)
        {
            whole.Add(log[index]);
            (second ?? first).Add(log[index]);
            if (index % 100 == 99)
            {
                whole.Observe(log[index].Time);
                (second ?? first).Observe(log[index].Time);
            }

            if (index == 2_099)
            {
                second = new ExperimentTally(definition, first.Figures.Test);
                foreach (ServingEvent one in log.Take(index + 1))
                {
                    second.Add(one);
                }
            }
        }

        second!.Figures.Arms.ShouldBe(whole.Figures.Arms);
        TestFigures expected = whole.Figures.Test!, found = second.Figures.Test!;
        expected.ControlUsers.ShouldBeGreaterThan(500);
        found.Worse.ShouldBe(expected.Worse);
        found.NotWorse.ShouldBe(expected.NotWorse);
        (found.WorsePValue, found.NotWorsePValue, found.Observed, found.ControlGoals, found.OtherGoals)
            .ShouldBe((expected.WorsePValue, expected.NotWorsePValue, expected.Observed, expected.ControlGoals, expected.OtherGoals));
    }

    [Fact]
    public void Only_two_arms_with_fixed_shares_are_tested()
    {
        new ExperimentTally(Definition(ExperimentPolicy.Thompson)).Figures.Test.ShouldBeNull();
        new ExperimentTally(Definition(ExperimentPolicy.Split)).Figures.Test!.Decision.ShouldBe(CanaryDecision.Continue);
    }

    private static ExperimentDefinition Definition(ExperimentPolicy policy) => new()
    {
        Name = "e",
        Model = "films",
        Arms = [new ExperimentArm("old", "films", 1, 1), new ExperimentArm("new", "films", 2, 1)],
        Control = "old",
        Policy = policy,
        WindowSeconds = 60,
    };

    private static ServingEvent EventOf(EventKind kind, string user, string answer, string arm, long sequence) => new()
    {
        Sequence = sequence,
        Kind = kind,
        User = user,
        Item = "i",
        Answer = answer,
        Experiment = "e",
        Arm = arm,
        Time = Start,
    };
}
