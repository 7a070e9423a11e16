using DistRec.Data.Tests;
using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.FoldIn;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using Xunit.Abstractions;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>
/// MovieLens 100K without 50 of its users, who are then folded in by half of their ratings and asked for the other half, items that others have
/// rated alone.
/// </summary>
public sealed class FoldInRealDataTests(ITestOutputHelper output)
{
    private const int NewUsers = 50;

    private static readonly Lazy<(RatingMatrix Train, List<(int[] Items, float[] Ratings)> Given, List<(int[] Items, float[] Ratings)> Asked)> Parts = new(Part);

    // Item means have 1.025. A single rating may help little, but must not harm.
    [SkippableTheory]
    [InlineData(1, 1.035)]
    [InlineData(10, 0.97)]
    [InlineData(int.MaxValue, 0.925)]
    public void Als_folds_new_users_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Alternate("als", new AlsSolver(new AlsOptions()), Train, 8), most).ShouldBeLessThan(expected);

    [SkippableTheory]
    [InlineData(1, 1.015)]
    [InlineData(10, 0.96)]
    [InlineData(int.MaxValue, 0.925)]
    public void Mf_folds_new_users_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Descend(new MfOptions(), Train, 20), most).ShouldBeLessThan(expected);

    [SkippableTheory]
    [InlineData(1, 1.045)]
    [InlineData(10, 0.97)]
    [InlineData(int.MaxValue, 0.91)]
    public void Svd_plus_plus_folds_new_users_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Descend(FeedbackOptions.For(FeedbackForm.SvdPlusPlus), Train, 30), most).ShouldBeLessThan(expected);

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(10)]
    public void The_least_of_the_loss_that_mf_descends_is_worse(int most)
    {
        MfOptions options = new();
        FactorModel model = PlainTraining.Descend(options, Train, 20);

        // λ is applied with every rating, as it is with an exponent of 1.
        SolverFitter least = new(
            new AlsSolver(new AlsOptions
            {
                Rank = options.Rank, Regularization = options.Regularization, BiasRegularization = options.BiasRegularization, RegularizationExponent = 1,
            }),
            new ModelSides(model, Side.User));
        MeasureRmse(model, most, least).ShouldBeGreaterThan(MeasureRmse(model, most) + 0.02);
    }

    [SkippableFact]
    public void Implicit_als_ranks_what_new_users_took_to()
    {
        SavedModel saved = Save(PlainTraining.Alternate(ModelKinds.ImplicitAls, new ImplicitAlsSolver(new ImplicitAlsOptions()), Train, 8));
        UserFoldIn foldIn = new(saved);
        Recommender recommender = new(saved);
        double recall = 0, popular = 0;
        for (int user = 0; user < NewUsers; user++)
        {
            (int[] given, float[] ratings) = Parts.Value.Given[user];
            HashSet<int> asked = [.. Parts.Value.Asked[user].Items];
            double most = Math.Min(10, asked.Count);
            recall += recommender.Recommend(foldIn.Fit(given, ratings), "new", 10).Items.Count(item => asked.Contains(item.Item)) / most / NewUsers;
            popular += recommender.Recommend("new", 10, deny: [.. given.Select(item => $"{item}")]).Items.Count(item => asked.Contains(item.Item)) / most / NewUsers;
        }

        output.WriteLine($"recall at 10: {recall:0.000}, of the most popular items {popular:0.000}");
        recall.ShouldBeGreaterThan(1.3 * popular);
    }

    private double MeasureRmse(FactorModel model, int most, SolverFitter? instead = null)
    {
        SavedModel saved = Save(model);
        UserFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        Dictionary<int, double> itemMeans = new ColdRanking(saved).Items.ToDictionary(item => item.Item, item => item.Score);
        double folded = 0, mean = 0;
        int count = 0;
        for (int user = 0; user < NewUsers; user++)
        {
            (int[] given, float[] ratings) = Parts.Value.Given[user];
            FoldedUser fit = foldIn.Fit(given.AsSpan(0, Math.Min(most, given.Length)), ratings.AsSpan(0, Math.Min(most, given.Length)));
            if (instead is not null)
            {
                fit = new FoldedUser(fit.Items.ToArray(), fit.Fitted, instead.Fit(fit.Fitted, new ModelSides(model, Side.User).Other));
            }

            (int[] asked, float[] truth) = Parts.Value.Asked[user];
            for (int t = 0; t < asked.Length; t++)
            {
                folded += Math.Pow(predictor.Predict(fit, asked[t]).Value - truth[t], 2);
                mean += Math.Pow(itemMeans[asked[t]] - truth[t], 2);
                count++;
            }
        }

        output.WriteLine($"{model.Kind}: RMSE {Math.Sqrt(folded / count):0.0000}, of item means {Math.Sqrt(mean / count):0.0000}, on {count} ratings; each gave at most {most}{(instead is null ? "" : ", least of the loss")}");
        return Math.Sqrt(folded / count);
    }

    // Skips the test where the data is not here.
    private static RatingMatrix Train
    {
        get
        {
            RealData.Path("ml-100k");
            return Parts.Value.Train;
        }
    }

    private static SavedModel Save(FactorModel model) => FoldInModels.Save(model, Train, new KeyValuePair<string, object?>("epochs", 30));

    private static (RatingMatrix Train, List<(int[] Items, float[] Ratings)> Given, List<(int[] Items, float[] Ratings)> Asked) Part()
    {
        RatingMatrix all = RatingReader.Read(Path.Combine(RealData.Path("ml-100k"), "u.data")).Ratings;
        HashSet<int> apart = [.. Enumerable.Range(0, all.RowCount).OrderBy(user => new EntityRandom(9, RandomPurpose.Split, user).NextDouble()).Take(NewUsers)];
        RatingMatrix train = all.ToList().Where(rating => !apart.Contains(rating.User)).ToList().ToMatrix(all.RowCount, all.ColumnCount);
        int[] counts = InteractionCounts.Of(train).Items;
        List<(int[], float[])> given = [], asked = [];
        foreach (int user in apart.Order())
        {
            int[] order = [.. Enumerable.Range(0, all.RowLength(user))
                .Where(t => counts[all.RowColumns(user)[t]] > 0)
                .OrderBy(t => new EntityRandom(4, RandomPurpose.Split, user, all.RowColumns(user)[t]).NextDouble())];
            given.Add(Take(order[..(order.Length / 2)]));
            asked.Add(Take(order[(order.Length / 2)..]));

            (int[], float[]) Take(int[] positions) =>
                ([.. positions.Select(t => all.RowColumns(user)[t])], [.. positions.Select(t => all.RowValues(user)[t])]);
        }

        return (train, given, asked);
    }
}
