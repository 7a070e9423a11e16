using DistRec.Evaluation.Protocols;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Protocols;

public sealed class PairedBootstrapTests
{
    private const ulong Seed = 42;

    [Fact]
    public void Of_two_users_the_interval_is_from_the_one_to_the_other()
    {
        // A quarter of the draws takes the first user twice, and a quarter the second one.
        MeanDifference difference = Compare([0.5, 1.0], [0.4, 0.7], [1, 1]);

        difference.Value.ShouldBe(0.2, 1e-15);
        difference.Low.ShouldBe(0.1, 1e-15);
        difference.High.ShouldBe(0.3, 1e-15);
        difference.IsClear.ShouldBeTrue();
    }

    [Fact]
    public void Users_count_by_their_ratings()
    {
        // Both once: (1 + 0) / (2 + 3); the first twice: 2 / 4; the second twice: 0 / 6.
        MeanDifference difference = Compare([2, 3], [1, 3], [2, 3]);

        difference.ShouldBe(new MeanDifference(0.2, 0, 0.5));
        difference.IsClear.ShouldBeFalse();
    }

    [Fact]
    public void The_interval_of_many_users_is_that_of_a_normal_distribution()
    {
        const int Users = 500;
        double[] differences = Gaussians(Users);
        double mean = differences.Average();
        double error = Math.Sqrt(differences.Sum(one => (one - mean) * (one - mean)) / Users / Users);

        MeanDifference difference = Compare(differences, new double[Users], [.. Enumerable.Repeat(1, Users)], draws: 20_000);

        difference.Value.ShouldBe(mean, 1e-12);
        difference.Low.ShouldBe(mean - (1.96 * error), 0.1 * error);
        difference.High.ShouldBe(mean + (1.96 * error), 0.1 * error);
    }

    [Fact]
    public void The_same_model_is_no_better_than_itself() =>
        Compare([0.5, 0.7, 2], [0.5, 0.7, 2], [1, 2, 3]).ShouldBe(new MeanDifference(0, 0, 0));

    [Fact]
    public void A_model_that_is_better_for_all_users_is_clearly_so()
    {
        double[] worse = [.. Enumerable.Range(0, 30).Select(user => 1 + (user % 7 * 0.01))];
        int[] counts = [.. Enumerable.Repeat(1, 30)];

        Compare(worse, new double[30], counts).Low.ShouldBeGreaterThan(0);
        Compare(new double[30], worse, counts).High.ShouldBeLessThan(0);
        Compare(new double[30], worse, counts).IsClear.ShouldBeTrue();
    }

    [Fact]
    public void Threads_and_users_without_ratings_change_nothing_and_the_seed_does()
    {
        double[] errors = Gaussians(40);
        int[] counts = [.. Enumerable.Range(0, 40).Select(user => 1 + (user % 3))];

        MeanDifference one = Compare(errors, new double[40], counts);

        Compare(errors, new double[40], counts, threads: 3).ShouldBe(one);
        Compare([0, .. errors, 0], new double[42], [0, .. counts, 0]).ShouldBe(one);
        PairedBootstrap.Compare(new UserSums(errors, counts), new UserSums(new double[40], counts), Seed + 1, 1).ShouldNotBe(one);
    }

    [Fact]
    public void Errors_on_other_ratings_are_refused()
    {
        Should.Throw<ArgumentException>(() => PairedBootstrap.Compare(new UserSums([1], [1]), new UserSums([1], [2]), Seed, 1));
        Should.Throw<ArgumentException>(() => PairedBootstrap.Compare(new UserSums([0], [0]), new UserSums([0], [0]), Seed, 1));
    }

    private static MeanDifference Compare(double[] model, double[] other, int[] counts, int threads = 1, int draws = PairedBootstrap.UsualDraws) =>
        PairedBootstrap.Compare(new UserSums(model, counts), new UserSums(other, counts), Seed, threads, draws);

    private static double[] Gaussians(int count)
    {
        EntityRandom random = new(5, RandomPurpose.SyntheticRating, 0);
        return [.. Enumerable.Range(0, count).Select(_ => 0.1 + random.NextGaussian())];
    }
}
