using DistRec.Evaluation.Bandits;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class ArmRouterTests
{
    private static readonly ArmStatistics[] Arms = [ArmStatistics.OfRewards(400, 12), ArmStatistics.OfRewards(380, 19)];

    [Fact]
    public void Every_node_sends_a_key_to_the_same_arm()
    {
        ArmRouter here = new(new ThompsonPolicy(), 3, "ranking", Arms), there = new(new ThompsonPolicy(), 3, "ranking", Arms);

        string[] users = [.. Enumerable.Range(0, 500).Select(user => $"user-{user}")];
        users.Select(user => here.Route(user)).ShouldBe(users.Select(user => there.Route(user)));
        users.Select(user => here.Route(user).Arm).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_choice_tells_how_probable_it_was()
    {
        ArmRouter router = new(new FixedSplitPolicy(3, 1), 3, "ranking", Arms);

        router.Propensities.ShouldBe([0.75, 0.25]);
        for (int user = 0; user < 50; user++)
        {
            ArmChoice choice = router.Route($"user-{user}");
            choice.Propensity.ShouldBe(router.Propensities[choice.Arm]);
        }
    }

    [Fact]
    public void Users_are_split_anew_in_every_experiment_and_by_every_seed()
    {
        ArmRouter[] routers =
        [
            new(new FixedSplitPolicy(1, 1), 3, "ranking", Arms),
            new(new FixedSplitPolicy(1, 1), 3, "layout", Arms),
            new(new FixedSplitPolicy(1, 1), 4, "ranking", Arms),
        ];
        const int Users = 20_000;
        int[][] arms = [.. routers.Select(router => Enumerable.Range(0, Users).Select(user => router.Route($"{user}").Arm).ToArray())];

        foreach ((int first, int second) in new[] { (0, 1), (0, 2), (1, 2) })
        {
            double together = arms[first].Zip(arms[second], (one, other) => one == other ? 1.0 : 0).Average();
            together.ShouldBe(0.5, 5 * 0.5 / Math.Sqrt(Users));
        }
    }

    [Fact]
    public void Users_stay_under_a_fixed_split_whatever_is_seen_and_under_others_where_their_choice_is_kept()
    {
        ArmStatistics[] later = [ArmStatistics.OfRewards(4000, 400), ArmStatistics.OfRewards(4000, 40)];
        ArmRouter split = new(new FixedSplitPolicy(1, 1), 3, "x", Arms), splitLater = new(new FixedSplitPolicy(1, 1), 3, "x", later);
        ArmRouter thompson = new(new ThompsonPolicy(), 3, "x", Arms), thompsonLater = new(new ThompsonPolicy(), 3, "x", later);
        int moved = 0;
        for (int user = 0; user < 200; user++)
        {
            splitLater.Route($"{user}").ShouldBe(split.Route($"{user}"));

            ArmChoice first = thompson.Route($"{user}");
            thompsonLater.Route($"{user}", first).ShouldBe(first);
            moved += thompsonLater.Route($"{user}").Arm == first.Arm ? 0 : 1;
        }

        moved.ShouldBeGreaterThan(100, "the second arm was the better one, and is not any more");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_kept_arm_that_is_gone_is_refused(int arm)
    {
        ArmRouter router = new(new UcbPolicy(), 3, "x", Arms);
        Should.Throw<ArgumentException>(() => router.Route("user", new ArmChoice(arm, 0.5)))
            .Message.ShouldContain("forget those that are gone");
    }

    [Fact]
    public void An_experiment_without_arms_is_refused() => Should.Throw<ArgumentException>(() => new ArmRouter(new UcbPolicy(), 3, "x"));
}
