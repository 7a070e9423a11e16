using DistRec.Data;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.FactorizationMachine.Sampling;
using DistRec.Numerics.Random;
using DistRec.Oracles;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class FmSamplerTests
{
    private static readonly FmOptions Mcmc = new() { Learner = FmLearner.Mcmc, Rank = 3, KeptSamples = 2, BurnIn = 1 };
    private static readonly FmOptions Als = new() { Learner = FmLearner.Als, Rank = 3, Regularization = 0.7f, WeightRegularization = 0.3f };

    [Theory]
    [InlineData(FmLearner.Mcmc, 1, true)]
    [InlineData(FmLearner.Mcmc, 2, true)]
    [InlineData(FmLearner.Mcmc, 3, true)]
    [InlineData(FmLearner.Mcmc, 3, false)]
    [InlineData(FmLearner.Als, 1, false)]
    [InlineData(FmLearner.Als, 2, false)]
    [InlineData(FmLearner.Als, 3, true)]
    public void An_epoch_over_blocks_is_the_definition_over_the_design_matrix(FmLearner learner, int blocks, bool isSorted)
    {
        FmOptions options = learner == FmLearner.Mcmc ? Mcmc : Als;
        SampledProblem problem = new(options, SampledProblem.Space, SampledProblem.Draw(150, blocks, isSorted: isSorted));
        NaiveFmSweep definition = problem.Definition();
        Follow(definition, problem, epoch: 1);

        problem.Run(problem.Workers(1), 1);

        Distance(problem, definition).ShouldBeLessThan(2e-4);
    }

    private static double Distance(SampledProblem problem, NaiveFmSweep definition)
    {
        NaiveFmSweep found = problem.Definition();
        return found.Weights.Append(found.Intercept).Concat(found.Factors.SelectMany(v => v))
            .Zip(definition.Weights.Append(definition.Intercept).Concat(definition.Factors.SelectMany(v => v)), (a, b) => Math.Abs(a - b)).Max();
    }

    // One epoch, parameter by parameter, with the draws of the sampler.
    private static void Follow(NaiveFmSweep definition, SampledProblem problem, int epoch)
    {
        FmOptions options = problem.Options;
        bool samples = options.Learner == FmLearner.Mcmc;
        double[] errors = definition.Errors();
        EntityRandom random = new(options.Seed, RandomPurpose.FeaturePrior, 0, epoch);
        double alpha = samples ? NormalWishart.NextGamma(ref random, (1 + errors.Length) / 2.0) / ((1 + errors.Sum(e => e * e)) / 2) : 1;
        EntityRandom draws = new(options.Seed, RandomPurpose.PosteriorFeature, 0, epoch);
        definition.Move(-1, -1, alpha, 0, 0, samples ? draws.NextGaussian() : 0);
        int[][] features = FeaturesOf(problem);
        for (int factor = -1; factor < options.Rank; factor++)
        {
            (double Precision, double Mean)[] priors = PriorsOf(definition, problem, factor, epoch);
            for (int block = 0; block < features.Length; block++)
            {
                draws = new EntityRandom(options.Seed, RandomPurpose.PosteriorFeature, 1 + ((factor + 1) * features.Length) + block, epoch);
                foreach (int feature in features[block])
                {
                    (double precision, double mean) = priors[GroupOf(problem.FeatureSpace, feature)];
                    definition.Move(feature, factor, alpha, precision, mean, samples ? draws.NextGaussian() : 0);
                }
            }
        }
    }

    private static (double Precision, double Mean)[] PriorsOf(NaiveFmSweep definition, SampledProblem problem, int factor, int epoch)
    {
        FmOptions options = problem.Options;
        if (options.Learner == FmLearner.Als)
        {
            return [.. problem.FeatureSpace.Groups.Select(_ => (factor < 0 ? (double)options.WeightRegularization : options.Regularization, 0.0))];
        }

        EntityRandom random = new(options.Seed, RandomPurpose.FeaturePrior, factor + 2, epoch);
        return [.. problem.FeatureSpace.Groups.Select(group =>
        {
            double[] values = [.. Enumerable.Range(group.First, group.Count).Select(feature => factor < 0 ? definition.Weights[feature] : definition.Factors[feature][factor])];
            double mean = values.Average(), n = values.Length;
            double rate = (1 + values.Sum(value => (value - mean) * (value - mean)) + (n / (1 + n) * mean * mean)) / 2;
            double precision = NormalWishart.NextGamma(ref random, (1 + n) / 2) / rate;
            return (precision, (n * mean / (n + 1)) + (random.NextGaussian() / Math.Sqrt((n + 1) * precision)));
        })];
    }

    private static int GroupOf(FeatureSpace space, int feature) =>
        Enumerable.Range(0, space.Groups.Count).Single(group => feature >= space.Groups[group].First && feature < space.Groups[group].First + space.Groups[group].Count);

    // Features in the order of their block; those that no block has come with the first.
    private static int[][] FeaturesOf(SampledProblem problem)
    {
        int[][] used = [.. problem.Rows.Blocks.Select(block => block.Rows.Columns.Distinct().Order().ToArray())];
        IEnumerable<int> unused = Enumerable.Range(0, problem.FeatureSpace.Count).Except(used.SelectMany(features => features));
        used[0] = [.. used[0].Concat(unused).Order()];
        return used;
    }
}
