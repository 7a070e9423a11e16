using DistRec.Data;
using DistRec.Evaluation.Bandits;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class BanditSimulationTests
{
    private const int Rounds = 10_000;
    private const int Seeds = 100;

    private static readonly double[] Rates = [0.03, 0.05, 0.08];

    // Means of 100 seeds; one run's standard deviation is 10 for Thompson, 40 for ε-greedy and 2 for the even split, which loses 80/3 a
    // thousand rounds. ε-greedy comes to 46 with ties shared, as by a plain program of a few lines; where ties go to the arm that comes
    // first, here the worst, it is 53.
    public static TheoryData<string, double, double> Expected => new()
    {
        { "thompson", 18, 30 },
        { "epsilon-greedy", 34, 58 },
        { "even", 265, 268.5 },
        { "ucb", 120, 250 },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Regret_over_ten_thousand_rounds_is_what_theory_and_practice_say(string name, double least, double most)
    {
        IArmPolicy policy = name switch
        {
            "thompson" => new ThompsonPolicy(),
            "epsilon-greedy" => new EpsilonGreedyPolicy(0.1),
            "ucb" => new UcbPolicy(),
            _ => new FixedSplitPolicy(1, 1, 1),
        };

        double[] regrets =
        [
            .. Enumerable.Range(0, Seeds).AsParallel().Select(seed => BanditSimulation.Run(policy, Rates, Rounds, (ulong)seed).Regret[^1]),
        ];

        regrets.Average().ShouldBeInRange(least, most);
    }

    [Fact]
    public void Twenty_runs_of_Thompson_sampling_lose_at_most_thirty_on_average()
    {
        RegretStudy study = RegretStudy.Play(
            [("thompson", new ThompsonPolicy()), ("even", new FixedSplitPolicy(1, 1, 1))], Rates, Rounds, runs: 20, seed: 0, threads: 2);

        study.Policies[0].Final.Mean.ShouldBeLessThanOrEqualTo(30);
        study.Policies[1].Final.Mean.ShouldBe(800.0 / 3, 2);
        study.Policies[0].BestArmShare.ShouldBeInRange(0.9, 1);
        study.Policies[1].BestArmShare.ShouldBe(1.0 / 3, 0.01);
    }

    [Fact]
    public void A_study_has_the_means_of_its_runs_with_the_same_bits_for_any_threads()
    {
        (string, IArmPolicy)[] policies = [("greedy", new EpsilonGreedyPolicy(0.1))];

        RegretStudy one = RegretStudy.Play(policies, Rates, rounds: 450, runs: 3, seed: 7, threads: 1);
        RegretStudy many = RegretStudy.Play(policies, Rates, rounds: 450, runs: 3, seed: 7, threads: 3);

        double[][] runs = [.. new ulong[] { 7, 8, 9 }.Select(seed => BanditSimulation.Run(policies[0].Item2, Rates, 450, seed).Regret)];
        PolicyRegret regret = one.Policies[0];
        (regret.Rounds.Count, regret.Rounds[0], regret.Rounds[99], regret.Rounds[^1]).ShouldBe((200, 2, 225, 450));
        regret.MeanCurve.ShouldBe(regret.Rounds.Select(round => runs.Average(run => run[round - 1])));
        (regret.Final.Mean, regret.Lowest, regret.Highest).ShouldBe((runs.Average(run => run[^1]), runs.Min(run => run[^1]), runs.Max(run => run[^1])));
        many.Policies[0].MeanCurve.ShouldBe(regret.MeanCurve);
        (many.Policies[0].Final, many.Policies[0].BestArmShare).ShouldBe((regret.Final, regret.BestArmShare));
    }

    [Fact]
    public void Thompson_learns_where_the_even_split_goes_on_losing()
    {
        double[] learning = BanditSimulation.Run(new ThompsonPolicy(), Rates, Rounds, 1).Regret;
        double[] even = BanditSimulation.Run(new FixedSplitPolicy(1, 1, 1), Rates, Rounds, 1).Regret;

        (learning[^1] - learning[Rounds / 2]).ShouldBeLessThan(learning[Rounds / 2]);
        (even[^1] - even[Rounds / 2]).ShouldBe(even[Rounds / 2], 0.1 * even[Rounds / 2]);
    }

    [Fact]
    public void Regret_is_what_the_chosen_arms_lost_and_the_arms_know_what_was_chosen()
    {
        BanditRun run = BanditSimulation.Run(new EpsilonGreedyPolicy(0.3), Rates, 2_000, 9);

        run.Arms.Sum(arm => arm.Impressions).ShouldBe(2_000);
        run.Regret[^1].ShouldBe((run.Arms[0].Impressions * 0.05) + (run.Arms[1].Impressions * 0.03), 1e-9);
        run.Regret.Zip(run.Regret.Skip(1)).ShouldAllBe(pair => pair.First <= pair.Second);
        run.Arms[2].MeanReward.ShouldBe(0.08, 0.03);
    }

    [Fact]
    public void A_run_repeats()
    {
        BanditRun first = BanditSimulation.Run(new ThompsonPolicy(), Rates, 500, 4);
        BanditRun second = BanditSimulation.Run(new ThompsonPolicy(), Rates, 500, 4);

        first.Regret.ShouldBe(second.Regret);
        first.Arms.ShouldBe(second.Arms);
        BanditSimulation.Run(new ThompsonPolicy(), Rates, 500, 5).Regret.ShouldNotBe(first.Regret);
    }

    [Fact]
    public void Rates_that_are_none_are_refused()
    {
        Should.Throw<InputException>(() => BanditSimulation.Run(new UcbPolicy(), [0.5, 1.5], 10, 1));
        Should.Throw<InputException>(() => BanditSimulation.Run(new UcbPolicy(), [], 10, 1));
        Should.Throw<ArgumentException>(() => BanditSimulation.Run(new UcbPolicy(), [0.5], 0, 1));
    }
}
