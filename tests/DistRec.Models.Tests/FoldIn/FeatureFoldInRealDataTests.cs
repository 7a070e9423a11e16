using DistRec.Data.Tests;
using DistRec.Models.FoldIn;
using Xunit.Abstractions;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>
/// A machine of side features on MovieLens 100K without the items of <see cref="ItemFoldInRealDataTests"/>, which are then told by genre
/// and year, and by some of their ratings besides.
/// </summary>
public sealed class FeatureFoldInRealDataTests(ITestOutputHelper output)
{
    private const int Epochs = 30;

    private static readonly Lazy<SavedModel> Trained = new(Train);

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void Features_are_better_than_nothing_and_few_ratings_better_with_them_than_without(int most)
    {
        RealData.Path("ml-100k");
        SavedModel saved = Trained.Value;
        FeatureFoldIn features = new(saved);
        ItemFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        double alone = 0, from = 0, without = 0, cold = 0;
        int count = 0;
        for (int index = 0; index < ItemFoldInRealDataTests.Parts.Value.Items.Length; index++)
        {
            int item = ItemFoldInRealDataTests.Parts.Value.Items[index];
            Dictionary<string, IReadOnlyList<string>> texts =
                saved.Attributes.All.ToDictionary(attribute => attribute.Name, attribute => attribute.TextsOf(item));
            FoldedItem described = features.DescribeItem(texts, saved.TitleOf(item)).Row!;
            (int[] given, float[] ratings) = ItemFoldInRealDataTests.Parts.Value.Given[index];
            int some = Math.Min(most, given.Length);
            FoldedItem fitted = some == 0 ? described : foldIn.FitFrom(described, given.AsSpan(0, some), ratings.AsSpan(0, some));
            FoldedItem? rated = some == 0 ? null : foldIn.Fit(given.AsSpan(0, some), ratings.AsSpan(0, some));
            (int[] asked, float[] truth) = ItemFoldInRealDataTests.Parts.Value.Asked[index];
            for (int t = 0; t < asked.Length; t++, count++)
            {
                double Error(float prediction) => Math.Pow(prediction - truth[t], 2);
                alone += Error(predictor.Predict(asked[t], described).Value);
                from += Error(predictor.Predict(asked[t], fitted).Value);
                cold += Error(predictor.Predict(asked[t], -1).Value);
                without += Error(rated is null ? predictor.Predict(asked[t], -1).Value : predictor.Predict(asked[t], rated).Value);
            }
        }

        (alone, from) = (Math.Sqrt(alone / count), Math.Sqrt(from / count));
        (without, cold) = (Math.Sqrt(without / count), Math.Sqrt(cold / count));
        output.WriteLine($"at most {most} ratings: RMSE {from:0.0000} with features, {without:0.0000} without");
        output.WriteLine($"by features alone {alone:0.0000}, unknown {cold:0.0000}");
        alone.ShouldBeLessThan(cold - 0.02);
        from.ShouldBeLessThan(most > 1 ? without : without - 0.02);
        from.ShouldBeLessThanOrEqualTo(alone);
    }

    private static SavedModel Train()
    {
        string folder = RealData.Path("ml-100k");
        RatingData data = RatingReader.Read(Path.Combine(folder, "u.data"));
        RatingMatrix train = ItemFoldInRealDataTests.Parts.Value.Train;
        FeatureOptions sides = new()
        {
            Sides =
            [
                SideTable.ReadUsers(Path.Combine(folder, "u.user"), data.Users),
                SideTable.ReadItems(Path.Combine(folder, "u.item"), data.Items),
            ],
        };
        string[] blocks = ["user", "age", "gender", "item", "genre", "year"];
        FeatureData features = FeatureEncoder.Encode(new RatingSplit(train, null, null), blocks, sides);
        FmOptions options = FmOptions.For(FmTask.Regression, FmLearner.Sgd) with { Rank = 16 };
        FmShape shape = FmShape.Of(options);
        int rows = shape.RowsFor(features.Space.Count, features.Space.Groups.Count);
        FmParameters parameters = new(new FactorTable(rows, shape.Width), new float[rows], features.Space.Count);
        float mean = (float)RatingStatistics.Of(train).Mean;
        FmTables.Initialize(shape, options, parameters.Factors, parameters.Weights, 0, features.Space.Count, mean);
        float rate = options.LearningRate;
        double squared = 0;
        for (int epoch = 0; epoch < Epochs; epoch++, rate *= options.LearningRateDecay)
        {
            squared = FmKernel.RunRows(shape, FmStep.Of(options, rate), features.Train, 0, features.Train.Count, parameters);
        }

        double.IsFinite(squared).ShouldBeTrue();
        FmMachine machine = FmMachine.Of(options, parameters, features.Space, RatingUnits.None);
        FactorModel model = FmCollapse.ToModel(ModelKinds.Fm, machine, features, new RatingScale(1, 5));
        ModelDescription about = TestModels.Describe(ModelKinds.Fm) with { Metrics = new Dictionary<string, double>() };
        return new SavedModel(model, data.Users, data.Items, data.Titles, train, about)
        {
            Attributes = data.Attributes,
        };
    }
}
