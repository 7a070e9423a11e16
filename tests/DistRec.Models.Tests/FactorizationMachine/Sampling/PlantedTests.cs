using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class PlantedTests
{
    private const int Users = 60;
    private const int Items = 40;
    private const int Rank = 2;
    private const int Epochs = 150;

    private static readonly FeatureSpace Space = new([new("user", 0, Users), new("item", Users, Items)]);
    private static readonly FmOptions Mcmc = new() { Learner = FmLearner.Mcmc, Rank = 4, BurnIn = 50 };

    [Fact]
    public void Sampling_finds_the_planted_scores_and_the_precision_of_their_noise()
    {
        const double Noise = 0.5;
        double[] planted = Scores(3.5);
        EntityRandom random = new(8, RandomPurpose.SyntheticRating, 0);
        float[] targets = [.. planted.Select(score => (float)(score + (Noise * random.NextGaussian())))];
        SampledProblem problem = new(Mcmc, Space, Rows(targets), 0.1f);
        FmSampler[] workers = problem.Workers(2);
        List<double> precisions = [];

        problem.Run(workers, Epochs, () => precisions.Add(workers[0].NoisePrecision));

        precisions.Skip(Mcmc.BurnIn).Average().ShouldBe(1 / (Noise * Noise), 0.35);
        double[] found = Answers(problem, FmLink.Identity);
        double distance = Math.Sqrt(found.Zip(planted, (a, b) => (a - b) * (a - b)).Average());

        // 100 entities of 3 numbers each say what 2,400 noisy targets say: 0.5 √(300/2400) = 0.18.
        distance.ShouldBeLessThan(0.2);
    }

    [Theory]
    [InlineData(FmLearner.Mcmc)]
    [InlineData(FmLearner.Als)]
    public void A_probit_finds_the_planted_probabilities_of_labels(FmLearner learner)
    {
        FmOptions options = Mcmc with { Learner = learner, Task = FmTask.Classification, Regularization = 5, WeightRegularization = 1 };
        const int LabelsOfPair = 5;
        double[] planted = [.. Scores(0.2).SelectMany(score => Enumerable.Repeat(FmLinks.NormalProbability(score), LabelsOfPair))];
        EntityRandom random = new(9, RandomPurpose.SyntheticRating, 0);
        float[] labels = [.. planted.Select(probability => random.NextDouble() < probability ? 1f : 0f)];
        SampledProblem problem = new(options, Space, Rows(labels, LabelsOfPair), 0.1f);

        problem.Run(problem.Workers(2), Epochs);

        double[] found = Answers(problem, FmLink.Probit);
        double constant = labels.Average();
        double distance = found.Zip(planted, (a, b) => Math.Abs(a - b)).Average(), ofConstant = planted.Average(probability => Math.Abs(probability - constant));
        distance.ShouldBeLessThan(0.25 * ofConstant);
    }

    private static double[] Answers(SampledProblem problem, FmLink link) =>
        [.. Enumerable.Range(0, problem.Rows.Count).Select(row =>
            FmPredictor.Predict(FmShape.Of(problem.Options), problem.Parameters, problem.Rows, row, link))];

    // Scores of all pairs: a mean, two biases and a product of two factors.
    private static double[] Scores(double mean)
    {
        double[][] entities = [.. Enumerable.Range(0, Users + Items).Select(entity =>
        {
            EntityRandom random = new(10, RandomPurpose.SyntheticUser, entity);
            return Enumerable.Range(0, 1 + Rank).Select(_ => random.NextGaussian()).ToArray();
        })];
        return [.. Enumerable.Range(0, Users * Items).Select(pair =>
        {
            double[] user = entities[pair / Items], item = entities[Users + (pair % Items)];
            return mean + (0.5 * (user[0] + item[0])) + (0.7 * Enumerable.Range(1, Rank).Sum(factor => user[factor] * item[factor]));
        })];
    }

    private static FeatureRows Rows(float[] targets, int ofPair = 1)
    {
        RelationBlock[] blocks =
        [
            Block("user", RelationEntity.User, 0, Users),
            Block("item", RelationEntity.Item, Users, Items),
        ];
        int[] pairs = [.. Enumerable.Range(0, targets.Length).Select(row => row / ofPair)];
        return new FeatureRows(targets, blocks, [[.. pairs.Select(pair => pair / Items)], [.. pairs.Select(pair => pair % Items)]]);
    }

    private static RelationBlock Block(string name, RelationEntity entity, int first, int count) =>
        SampledProblem.Block(name, entity, Enumerable.Range(first, count).Select(feature => new (int, double)[] { (feature, 1) }), Space.Count);
}
