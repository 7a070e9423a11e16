using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

/// <summary>What once went wrong with long runs, and with runs on many items of few ratings.</summary>
public sealed class LongRunTests
{
    private const int Users = 20;
    private const int Items = 16;
    private const double Noise = 0.4;

    [Fact]
    public void Ten_times_the_epochs_do_not_answer_worse()
    {
        // Samples once were averaged parameter by parameter over stretches as long as a share of the run: the longer, the more they cancelled each other out.
        double few = Enumerable.Range(1, 4).Average(seed => TestRmse((ulong)seed, 500));
        double many = Enumerable.Range(1, 4).Average(seed => TestRmse((ulong)seed, 5000));

        many.ShouldBeLessThan(few + 0.002);
        few.ShouldBeLessThan(0.6);
    }

    [Fact]
    public void The_biases_of_many_items_with_few_ratings_are_found()
    {
        // λ of the weights was once first drawn while they were 0, as their number, 2,000, and hardly moved from there.
        const int Raters = 200, Rated = 2000, Ratings = 3;
        FeatureSpace space = new([new("user", 0, Raters), new("item", Raters, Rated)]);
        EntityRandom random = new(4, RandomPurpose.SyntheticRating, 0);
        double[] biases = [.. Enumerable.Range(0, Rated).Select(_ => random.NextGaussian())];
        int[] items = [.. Enumerable.Range(0, Rated * Ratings).Select(row => row / Ratings)];
        int[] users = [.. items.Select(_ => random.NextInt(Raters))];
        float[] targets = [.. items.Select(item => (float)(biases[item] + (0.7 * random.NextGaussian())))];
        FmOptions options = new() { Learner = FmLearner.Mcmc, Rank = 0, BurnIn = 10 };
        SampledProblem problem = new(options, space, new FeatureRows(targets, Blocks(space, Raters, Rated), [users, items]), 0);

        problem.Run(problem.Workers(1), 30);

        // A mean of three ratings, shrunk, leaves √(0.49/3/(1 + 0.49/3)) = 0.37 of the biases' 1.
        Math.Sqrt(biases.Select((bias, item) => problem.Parameters.Factors.Row(Raters + item)[FmShape.Of(options).MeanWeight] - bias).Average(error => error * error))
            .ShouldBeLessThan(0.45);
    }

    [Fact]
    public void A_mean_that_no_longer_moves_is_flat_and_one_that_must_not_move_at_all_never_is()
    {
        FirstFlat(0.1f, 400).ShouldBeInRange(60, 399);
        FirstFlat(0, 400).ShouldBe(int.MaxValue);
    }

    private static int FirstFlat(float meanError, int epochs)
    {
        SampledProblem problem = Problem(1, new FmOptions { Learner = FmLearner.Mcmc, Rank = 2, MeanRank = 36, MeanError = meanError }).Problem;
        FmSampler[] workers = problem.Workers(2);
        int epoch = 0, first = int.MaxValue;
        problem.Run(workers, epochs, () =>
        {
            epoch++;
            workers[0].IsFlat.ShouldBe(workers[1].IsFlat);
            first = workers[0].IsFlat ? Math.Min(first, epoch) : first;
        });
        return first;
    }

    private static double TestRmse(ulong seed, int epochs)
    {
        FmOptions options = new() { Learner = FmLearner.Mcmc, Rank = 6, MeanRank = 36, Seed = seed };
        (SampledProblem problem, FeatureRows test) = Problem(seed, options);
        FmSampler[] workers = problem.Workers(1);
        for (int epoch = 1; epoch <= epochs && !workers[0].IsFlat; epoch++)
        {
            problem.RunEpoch(workers, epoch, epochs);
        }

        return Math.Sqrt(Enumerable.Range(0, test.Count).Average(row => Math.Pow(test.Targets[row] - FmPredictor.Predict(FmShape.Of(options), problem.Parameters, test, row), 2)));
    }

    // Two biases and two factors under noise; two of three ratings are for training.
    private static (SampledProblem Problem, FeatureRows Test) Problem(ulong seed, FmOptions options)
    {
        FeatureSpace space = new([new("user", 0, Users), new("item", Users, Items)]);
        EntityRandom random = new(seed, RandomPurpose.SyntheticRating, 1);
        double[][] entities = [.. Enumerable.Range(0, Users + Items).Select(_ => Enumerable.Range(0, 3).Select(_ => 0.6 * random.NextGaussian()).ToArray())];
        List<(int User, int Item, float Target)>[] parts = [[], []];
        for (int pair = 0; pair < Users * Items; pair++)
        {
            (int user, int item) = (pair / Items, pair % Items);
            double[] u = entities[user], i = entities[Users + item];
            double score = u[0] + i[0] + (u[1] * i[1]) + (u[2] * i[2]);
            parts[random.NextInt(3) == 0 ? 1 : 0].Add((user, item, (float)(score + (Noise * random.NextGaussian()))));
        }

        RelationBlock[] blocks = Blocks(space, Users, Items);
        FeatureRows[] rows = [.. parts.Select(part => new FeatureRows(
            [.. part.Select(row => row.Target)], blocks, [[.. part.Select(row => row.User)], [.. part.Select(row => row.Item)]]))];
        return (new SampledProblem(options, space, rows[0], 0.1f), rows[1]);
    }

    private static RelationBlock[] Blocks(FeatureSpace space, int users, int items) =>
    [
        SampledProblem.Block("user", RelationEntity.User, Enumerable.Range(0, users).Select(user => new[] { (user, 1.0) }), space.Count),
        SampledProblem.Block("item", RelationEntity.Item, Enumerable.Range(0, items).Select(item => new[] { (users + item, 1.0) }), space.Count),
    ];
}
