using DistRec.Data;
using DistRec.Evaluation.Bandits;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class ArmPolicyTests
{
    private const int Draws = 100_000;

    private static readonly ArmStatistics[] Seen =
    [
        ArmStatistics.OfRewards(400, 12), ArmStatistics.OfRewards(380, 19), ArmStatistics.OfRewards(60, 3), ArmStatistics.OfRewards(100, 6),
    ];

    private static readonly IArmPolicy[] All =
        [new FixedSplitPolicy(50, 30, 0, 20), new EpsilonGreedyPolicy(0.1), new UcbPolicy(), new ThompsonPolicy()];

    public static TheoryData<int, bool> Cases => new()
    {
        { 0, false }, { 0, true }, { 1, false }, { 1, true }, { 2, false }, { 2, true }, { 3, false }, { 3, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Arms_are_chosen_as_often_as_their_propensities_say(int policy, bool fresh)
    {
        ArmStatistics[] arms = fresh ? new ArmStatistics[Seen.Length] : Seen;
        double[] propensities = All[policy].Propensities(arms);
        int[] chosen = new int[arms.Length];
        for (int user = 0; user < Draws; user++)
        {
            chosen[Choose(All[policy], arms, user)]++;
        }

        propensities.Sum().ShouldBe(1, 1e-12);
        for (int arm = 0; arm < arms.Length; arm++)
        {
            double share = propensities[arm];
            ((double)chosen[arm] / Draws).ShouldBe(share, 1e-12 + (5 * Math.Sqrt(share * (1 - share) / Draws)), $"arm {arm}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_same_key_gets_the_same_arm(int policy, bool fresh)
    {
        ArmStatistics[] arms = fresh ? new ArmStatistics[Seen.Length] : Seen;
        for (int user = 0; user < 100; user++)
        {
            Choose(All[policy], arms, user).ShouldBe(Choose(All[policy], arms, user));
        }
    }

    [Fact]
    public void No_arms_are_refused()
    {
        foreach (IArmPolicy policy in All)
        {
            Should.Throw<ArgumentException>(() => Choose(policy, [], 0));
            Should.Throw<ArgumentException>(() => policy.Propensities([]));
        }
    }

    [Fact]
    public void A_single_arm_gets_everyone()
    {
        IArmPolicy[] policies = [new FixedSplitPolicy(3), new EpsilonGreedyPolicy(0.5), new UcbPolicy(), new ThompsonPolicy()];
        foreach (IArmPolicy policy in policies)
        {
            policy.Propensities([ArmStatistics.OfRewards(1, 0)]).ShouldBe([1.0]);
            Choose(policy, new ArmStatistics[1], 5).ShouldBe(0);
        }
    }

    [Fact]
    public void Epsilon_greedy_gives_the_best_arm_all_but_epsilon_and_its_share_of_that()
    {
        // Mean rewards 0.03, 0.05, 0.05, 0.06.
        new EpsilonGreedyPolicy(0.2).Propensities(Seen).ShouldBe([0.05, 0.05, 0.05, 0.85], 1e-15);
        new EpsilonGreedyPolicy(0.2).Propensities(Seen.AsSpan(0, 3)).ShouldBe([0.2 / 3, 0.4 + (0.2 / 3), 0.4 + (0.2 / 3)], 1e-15);
        new EpsilonGreedyPolicy(0).Propensities([Seen[3], default]).ShouldBe([0.0, 1], 1e-15);
    }

    [Fact]
    public void Ucb_weighs_what_an_arm_earned_against_how_little_is_known_of_it()
    {
        // Bounds of 940 rounds: 0.03 + √(2 ln 940/400) = 0.215, 0.05 + 0.190, 0.05 + 0.478, 0.06 + 0.370.
        new UcbPolicy().Propensities(Seen).ShouldBe([0.0, 0, 1, 0]);

        // The lead that 1000 rounds against 500 make up for is √(2 ln 1500) (1/√500 − 1/√1000) = 0.0501.
        new UcbPolicy().Propensities([ArmStatistics.OfRewards(1000, 99), ArmStatistics.OfRewards(500, 25)]).ShouldBe([0.0, 1]);
        new UcbPolicy().Propensities([ArmStatistics.OfRewards(1000, 101), ArmStatistics.OfRewards(500, 25)]).ShouldBe([1.0, 0]);
        new UcbPolicy().Propensities([Seen[3], default, default]).ShouldBe([0.0, 0.5, 0.5]);
    }

    [Fact]
    public void Thompson_takes_an_arm_as_often_as_it_is_likely_to_be_the_best()
    {
        // P(Beta(2, 1) > Beta(1, 2)) = ∫ 2x · (1 − (1 − x)²) dx = 5/6.
        ArmStatistics[] arms = [ArmStatistics.OfRewards(1, 1), ArmStatistics.OfRewards(1, 0)];
        new ThompsonPolicy().Propensities(arms).ShouldBe([5.0 / 6, 1.0 / 6], 1e-8);
    }

    [Fact]
    public void Fractions_of_rewards_count_as_fractions_of_successes()
    {
        ArmStatistics half = default(ArmStatistics).AddImpression().AddReward(0.5);

        new ThompsonPolicy().Propensities([half, half]).ShouldBe([0.5, 0.5], 1e-12);

        // P(Beta(1.5, 1.5) > U) is its mean.
        new ThompsonPolicy().Propensities([half, default]).ShouldBe([0.5, 0.5], 1e-8);
    }

    [Fact]
    public void A_weight_that_rises_draws_users_and_moves_none_between_the_others()
    {
        FixedSplitPolicy before = new(60, 30, 10), after = new(60, 30, 30);
        ArmStatistics[] arms = new ArmStatistics[3];
        int moved = 0;
        for (int user = 0; user < 20_000; user++)
        {
            int arm = Choose(after, arms, user), earlier = Choose(before, arms, user);
            (arm == earlier || arm == 2).ShouldBeTrue($"user {user} went from {earlier} to {arm}");
            moved += arm == earlier ? 0 : 1;
        }

        // From 10 % to 25 %.
        (moved / 20_000.0).ShouldBe(0.15, 5 * Math.Sqrt(0.15 * 0.85 / 20_000));
    }

    [Fact]
    public void An_arm_at_the_end_comes_and_goes_without_moving_the_users_of_others()
    {
        FixedSplitPolicy two = new(1, 1), three = new(1, 1, 1);
        for (int user = 0; user < 2_000; user++)
        {
            int arm = Choose(three, new ArmStatistics[3], user);
            (arm == 2 || arm == Choose(two, new ArmStatistics[2], user)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Absurd_settings_are_refused()
    {
        Should.Throw<InputException>(() => new FixedSplitPolicy());
        Should.Throw<InputException>(() => new FixedSplitPolicy(0, 0));
        Should.Throw<InputException>(() => new FixedSplitPolicy(1, -1));
        Should.Throw<InputException>(() => new FixedSplitPolicy(1, double.NaN));
        Should.Throw<InputException>(() => new FixedSplitPolicy(1, double.PositiveInfinity));
        Should.Throw<InputException>(() => new EpsilonGreedyPolicy(-0.1));
        Should.Throw<InputException>(() => new EpsilonGreedyPolicy(1.1));
        Should.Throw<InputException>(() => new EpsilonGreedyPolicy(double.NaN)).Message
            .ShouldBe("ε of ε-greedy: expected a share from 0 to 1, found NaN; 0.1 explores with a tenth");
        Should.Throw<ArgumentException>(() => new FixedSplitPolicy(1, 1).Propensities(new ArmStatistics[3]));
    }

    private static int Choose(IArmPolicy policy, ArmStatistics[] arms, int user)
    {
        EntityRandom random = new(11, RandomPurpose.ArmChoice, user);
        return policy.Choose(arms, ref random);
    }
}
