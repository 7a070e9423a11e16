using DistRec.Data.Tests;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

/// <summary>What sampling reaches on the random 80/20 split of MovieLens 100K.</summary>
public sealed class SampledRealDataTests
{
    private const int Epochs = 100;

    [SkippableTheory]
    [InlineData(false, 0.903)]
    [InlineData(true, 0.90)]
    public void Sampling_with_its_defaults_gains_from_side_features_in_100_epochs(bool hasSides, double rmse)
    {
        string folder = RealData.Path("ml-100k-r80"), about = RealData.Path("ml-100k");
        GivenSplit given = RatingReader.ReadPair(Path.Combine(folder, "train.tsv"), Path.Combine(folder, "test.tsv"));
        FeatureOptions features = new()
        {
            Sides = hasSides
                ? [SideTable.ReadUsers(Path.Combine(about, "u.user"), given.Data.Users), SideTable.ReadItems(Path.Combine(about, "u.item"), given.Data.Items)]
                : [],
        };
        FeatureData data = FeatureEncoder.Encode(given.Split, hasSides ? ["user", "age", "gender", "occupation", "item", "genre", "year"] : ["user", "item"], features);
        FmOptions options = new() { Learner = FmLearner.Mcmc };
        SampledProblem problem = new(options, data.Space, data.Train, options.InitialScale);

        problem.Run(problem.Workers(1), Epochs);

        double squares = 0;
        for (int row = 0; row < data.Test!.Count; row++)
        {
            double prediction = FmPredictor.Predict(FmShape.Of(options), problem.Parameters, data.Test, row);
            squares += Math.Pow(data.Test.Targets[row] - Math.Clamp(prediction, 1, 5), 2);
        }

        Math.Sqrt(squares / data.Test.Count).ShouldBeLessThanOrEqualTo(rmse);
    }
}
