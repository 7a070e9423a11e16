using DistRec.Data.Tests;
using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.FoldIn;
using DistRec.Models.MatrixFactorization;
using Xunit.Abstractions;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>
/// MovieLens 100K without 100 of its items of at least 20 ratings, which are then folded in by half of their ratings and asked for the other half.
/// </summary>
public sealed class ItemFoldInRealDataTests(ITestOutputHelper output)
{
    private const int NewItems = 100;
    private const int LeastRatings = 20;

    /// <summary>Ratings to train on, and of each item that is apart those to fold it in by and those to ask for.</summary>
    internal static readonly Lazy<(
        RatingMatrix Train, List<(int[] Users, float[] Ratings)> Given, List<(int[] Users, float[] Ratings)> Asked, int[] Items)> Parts =
        new(Part);

    // As cold items, by μ + b_u, they have from 1.052 to 1.078.
    [SkippableTheory]
    [InlineData(1, 1.01)]
    [InlineData(10, 0.945)]
    [InlineData(int.MaxValue, 0.9)]
    public void Als_folds_new_items_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Alternate("als", new AlsSolver(new AlsOptions()), Train, 8), most).ShouldBeLessThan(expected);

    [SkippableTheory]
    [InlineData(1, 1.04)]
    [InlineData(10, 0.945)]
    [InlineData(int.MaxValue, 0.905)]
    public void Mf_folds_new_items_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Descend(new MfOptions(), Train, 20), most).ShouldBeLessThan(expected);

    [SkippableTheory]
    [InlineData(1, 1.02)]
    [InlineData(10, 0.94)]
    [InlineData(int.MaxValue, 0.885)]
    public void Svd_plus_plus_folds_new_items_in(int most, double expected) =>
        MeasureRmse(PlainTraining.Descend(FeedbackOptions.For(FeedbackForm.SvdPlusPlus), Train, 30), most).ShouldBeLessThan(expected);

    private double MeasureRmse(FactorModel model, int most)
    {
        SavedModel saved = FoldInModels.Save(model, Train, new KeyValuePair<string, object?>("epochs", 30));
        ItemFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        double folded = 0, cold = 0;
        int count = 0;
        for (int item = 0; item < NewItems; item++)
        {
            (int[] given, float[] ratings) = Parts.Value.Given[item];
            FoldedItem fit = foldIn.Fit(given.AsSpan(0, Math.Min(most, given.Length)), ratings.AsSpan(0, Math.Min(most, given.Length)));
            (int[] asked, float[] truth) = Parts.Value.Asked[item];
            for (int t = 0; t < asked.Length; t++)
            {
                folded += Math.Pow(predictor.Predict(asked[t], fit).Value - truth[t], 2);
                cold += Math.Pow(predictor.Predict(asked[t], -1).Value - truth[t], 2);
                count++;
            }
        }

        output.WriteLine($"{model.Kind}: RMSE {Math.Sqrt(folded / count):0.0000}, as a cold item {Math.Sqrt(cold / count):0.0000}, on {count} ratings; at most {most} of each were given");
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

    private static (
        RatingMatrix Train, List<(int[] Users, float[] Ratings)> Given, List<(int[] Users, float[] Ratings)> Asked, int[] Items) Part()
    {
        RatingMatrix all = RatingReader.Read(Path.Combine(RealData.Path("ml-100k"), "u.data")).Ratings;
        RatingMatrix byItem = all.TransposeColumns(0, all.ColumnCount);
        HashSet<int> apart = [.. Enumerable.Range(0, all.ColumnCount)
            .Where(item => byItem.RowLength(item) >= LeastRatings)
            .OrderBy(item => new EntityRandom(9, RandomPurpose.Split, item).NextDouble()).Take(NewItems)];
        RatingMatrix train = all.ToList().Where(rating => !apart.Contains(rating.Item)).ToList().ToMatrix(all.RowCount, all.ColumnCount);
        List<(int[], float[])> given = [], asked = [];
        foreach (int item in apart.Order())
        {
            int[] order = [.. Enumerable.Range(0, byItem.RowLength(item))
                .OrderBy(t => new EntityRandom(4, RandomPurpose.Split, byItem.RowColumns(item)[t], item).NextDouble())];
            given.Add(Take(order[..(order.Length / 2)]));
            asked.Add(Take(order[(order.Length / 2)..]));

            (int[], float[]) Take(int[] positions) =>
                ([.. positions.Select(t => byItem.RowColumns(item)[t])], [.. positions.Select(t => byItem.RowValues(item)[t])]);
        }

        return (train, given, asked, [.. apart.Order()]);
    }
}
