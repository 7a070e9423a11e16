using DistRec.Data.Tests;
using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Models.Nmf;

namespace DistRec.Models.Tests;

/// <summary>What the models reach on the random 80/20 split of MovieLens 100K.</summary>
public sealed class RealDataTests
{
    private static readonly Lazy<RatingSplit> Split = new(() =>
    {
        string folder = RealData.Path("ml-100k-r80");
        return RatingReader.ReadPair(Path.Combine(folder, "train.tsv"), Path.Combine(folder, "test.tsv")).Split;
    });

    [SkippableFact]
    public void Als_with_its_defaults_reaches_0_918_in_8_epochs() =>
        TestRmse(train => PlainTraining.Alternate("als", new AlsSolver(new AlsOptions()), train, 8)).ShouldBeLessThanOrEqualTo(0.918);

    [SkippableFact]
    public void Mf_of_rank_128_reaches_0_914_in_50_epochs() =>
        TestRmse(train => PlainTraining.Descend(
            new MfOptions { Rank = 128, LearningRate = 0.02f, LearningRateDecay = 0.97f, Regularization = 0.08f }, train, 50)).ShouldBeLessThanOrEqualTo(0.914);

    [SkippableFact]
    public void The_baseline_with_its_defaults_reaches_0_948() =>
        TestRmse(train => PlainTraining.Alternate("baseline", new BaselineSolver(new BaselineOptions()), train, 15)).ShouldBeLessThanOrEqualTo(0.948);

    [SkippableFact]
    public void Nmf_with_its_defaults_reaches_0_944_in_20_epochs() =>
        TestRmse(train => PlainTraining.Alternate("nmf", new NmfSolver(new NmfOptions()), train, 20)).ShouldBeLessThanOrEqualTo(0.944);

    [SkippableFact]
    public void Bpmf_with_its_defaults_reaches_0_901_in_40_epochs() =>
        TestRmse(train => PlainTraining.Alternate("bpmf", new BpmfSolver(new BpmfOptions()), train, 40)).ShouldBeLessThanOrEqualTo(0.901);

    [SkippableFact]
    public void Knn_with_its_defaults_reaches_0_919() => TestRmse(train => PlainTraining.Knn(new KnnOptions(), train)).ShouldBeLessThanOrEqualTo(0.919);

    [SkippableFact]
    public void A_neighborhood_with_its_defaults_reaches_0_915_in_40_epochs() =>
        TestRmse(train => PlainTraining.Descend(FeedbackOptions.For(FeedbackForm.Neighborhood), train, 40)).ShouldBeLessThanOrEqualTo(0.915);

    [SkippableFact]
    public void Embeddings_in_mini_batches_with_their_defaults_reach_0_910_in_40_epochs() =>
        TestRmse(train => PlainTraining.Descend(NeuralOptions.For(NeuralForm.MatrixFactorization), train, 40)).ShouldBeLessThanOrEqualTo(0.910);

    [SkippableFact]
    public void Dense_layers_with_their_defaults_reach_0_925_in_24_epochs() =>
        TestRmse(train => PlainTraining.Descend(NeuralOptions.For(NeuralForm.Perceptron), train, 24)).ShouldBeLessThanOrEqualTo(0.925);

    [SkippableFact]
    public void Neighbors_make_svd_plus_plus_of_the_same_rank_better()
    {
        double alone = TestRmse(train => PlainTraining.Descend(FeedbackOptions.For(FeedbackForm.SvdPlusPlus), train, 50));
        double integrated = TestRmse(train => PlainTraining.Descend(FeedbackOptions.For(FeedbackForm.Integrated), train, 50));

        integrated.ShouldBeLessThan(alone);
        integrated.ShouldBeLessThanOrEqualTo(0.9);
    }

    private static double TestRmse(Func<RatingMatrix, FactorModel> train)
    {
        RealData.Path("ml-100k-r80");
        FactorModel model = train(Split.Value.Train);
        return model.Unit * model.Errors(Split.Value.Test!, Split.Value.Train).Rmse;
    }
}
