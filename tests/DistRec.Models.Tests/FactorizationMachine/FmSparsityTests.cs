using Xunit.Abstractions;

namespace DistRec.Models.Tests.FactorizationMachine;

/// <summary>
/// Why factorize: rows of a user and an item whose targets hold planted interactions of rank 3, at several densities. A linear model cannot say
/// them; a polynomial of degree 2 has a weight for each pair, which training rows of that pair alone move; a factorization machine
/// learns of a pair from all rows that share a side of it ([R10], section V.A). λ of each is chosen on validation rows.
/// </summary>
public sealed class FmSparsityTests(ITestOutputHelper output)
{
    private const int Users = 150;
    private const int Items = 150;
    private const int HeldOut = 4000;
    private const double Noise = 0.3;

    private static readonly float[] Regularizations = [0.002f, 0.01f, 0.05f, 0.2f];

    /// <summary>Run with <c>--logger "console;verbosity=detailed"</c> to see the figures.</summary>
    [Fact]
    public void Factorized_interactions_win_where_pairs_are_rarely_seen()
    {
        output.WriteLine("rows a pair | test pairs unseen | linear | polynomial | factorization machine (test RMSE)");
        foreach (double density in new[] { 0.1, 0.2, 0.5, 1, 4 })
        {
            FeatureData data = Draw(density);
            (double unseen, double linear, double polynomial, double machine) = (
                Unseen(data),
                Best(PairExpansion.Expand(data, 1), 0, FmLoss.EpsilonInsensitive),
                Best(PairExpansion.Expand(data, 2), 0, FmLoss.EpsilonInsensitive),
                Best(data, 4, FmLoss.Squared));
            output.WriteLine($"{density,4} | {unseen:P0} | {linear:F3} | {polynomial:F3} | {machine:F3}");

            machine.ShouldBeLessThan(polynomial);
            machine.ShouldBeLessThan(0.95 * linear);
            if (density <= 0.1)
            {
                // Pairs never seen have no weight: the polynomial is hardly better than a line.
                polynomial.ShouldBeGreaterThan(0.9 * linear);
                machine.ShouldBeLessThan(0.9 * polynomial);
            }

            if (density >= 4)
            {
                // Nearly every pair was seen several times: now its weight says the same.
                polynomial.ShouldBeLessThan(0.6 * linear);
            }
        }
    }

    private static double Unseen(FeatureData data)
    {
        HashSet<(int, int)> seen = [.. Pairs(data.Train)];
        return Pairs(data.Test!).Count(pair => !seen.Contains(pair)) / (double)HeldOut;

        static IEnumerable<(int User, int Item)> Pairs(FeatureRows rows) => rows.BlockRows[0].Zip(rows.BlockRows[1]);
    }

    // The test error of the λ that is best on validation rows.
    private static double Best(FeatureData data, int rank, FmLoss loss) => Regularizations
        .Select(regularization => Fit(data, new FmOptions
        {
            Rank = rank, Loss = loss, LearningRate = 0.03f, LearningRateDecay = 0.97f, InitialScale = 0.2f,
            Regularization = regularization, WeightRegularization = rank > 0 ? 0.02f : regularization / 10,
        }))
        .MinBy(errors => errors.Validation).Test;

    private static (double Validation, double Test) Fit(FeatureData data, FmOptions options)
    {
        FmShape shape = FmShape.Of(options);
        int features = data.Space.Count;
        FmParameters parameters = new(new FactorTable(features + 1, shape.Width), new float[features + 1], features);
        FmTables.Initialize(shape, options, parameters.Factors, parameters.Weights, 0, features, FmTables.InterceptOf(options, data.Train.Targets.Sum(), data.Train.Count));
        double rate = options.LearningRate;
        int epochs = Math.Clamp(1_500_000 / data.Train.Count, 40, 300);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            FmKernel.RunRows(shape, FmStep.Of(options, rate), data.Train, 0, data.Train.Count, parameters);
            rate *= options.LearningRateDecay;
        }

        return (Rmse(data.Validation!), Rmse(data.Test!));

        double Rmse(FeatureRows rows) => Math.Sqrt(Enumerable.Range(0, rows.Count)
            .Average(row => Math.Pow(FmPredictor.Predict(shape, parameters, rows, row) - rows.Targets[row], 2)));
    }

    private static FeatureData Draw(double density)
    {
        Func<int, int, double> planted = RatingLists.Planted(3);
        const int Features = Users + Items;
        RelationBlock[] blocks =
        [
            new("user", RelationEntity.User, FmCase.OneHot(0, Users, Features)), new("item", RelationEntity.Item, FmCase.OneHot(Users, Items, Features)),
        ];
        return new FeatureData(
            new FeatureSpace([new FeatureGroup("user", 0, Users), new FeatureGroup("item", Users, Items)]),
            Part((int)(density * Users * Items), 0), Part(HeldOut, 1), Part(HeldOut, 2));

        // Pairs with replacement.
        FeatureRows Part(int count, int part)
        {
            EntityRandom random = new(11, RandomPurpose.SyntheticRating, part);
            int[] users = new int[count], items = new int[count];
            float[] targets = new float[count];
            for (int row = 0; row < count; row++)
            {
                users[row] = random.NextInt(Users);
                items[row] = random.NextInt(Items);
                targets[row] = (float)(planted(users[row], items[row]) + (Noise * random.NextGaussian()));
            }

            return new FeatureRows(targets, blocks, [users, items]);
        }
    }
}
