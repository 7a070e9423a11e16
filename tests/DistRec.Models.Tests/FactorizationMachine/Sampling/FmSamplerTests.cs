using DistRec.Models.FactorizationMachine.Sampling;

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

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    public void Workers_that_add_their_sums_learn_what_one_learns(int blocks, int workers)
    {
        SampledProblem alone = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(200, blocks)), together = alone.Copy();

        alone.Run(alone.Workers(1), 2);
        together.Run(together.Workers(workers), 2);

        Distance(together, alone.Definition()).ShouldBeLessThan(2e-3);
    }

    [Fact]
    public void Every_worker_has_the_same_bits_and_so_has_a_run_that_is_repeated()
    {
        SampledProblem problem = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(200)), again = problem.Copy();
        FmSampler[] workers = problem.Workers(3);
        problem.Run(workers, 2);
        problem.RunClocks(workers, 3);

        float[][] found = [.. workers.Select(worker =>
        {
            SampledProblem copy = problem.Copy();
            worker.EndEpoch(copy.Parameters, 3, 3);
            return copy.Values();
        })];
        again.Run(again.Workers(3), 3);

        found.ShouldAllBe(values => values.SequenceEqual(again.Values()));
    }

    [Fact]
    public void An_epoch_needs_nothing_but_the_parameters_of_the_epoch_before()
    {
        SampledProblem problem = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(200)), resumed = problem.Copy();
        problem.Run(problem.Workers(2), 4);

        for (int epoch = 1; epoch <= 4; epoch++)
        {
            resumed.RunEpoch(resumed.Workers(2), epoch, 4);
        }

        resumed.Values().ShouldBe(problem.Values());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void Errors_that_follow_the_parameters_are_those_of_the_parameters(int blocks, bool isSorted)
    {
        // More rows than one chunk of a pass has.
        SampledProblem problem = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(2500, blocks, isSorted: isSorted));
        FmSampler[] workers = problem.Workers(1);
        problem.Run(workers, 3);

        double[] expected = problem.Definition().Errors();

        workers[0].Errors.ToArray().Zip(expected, (found, error) => Math.Abs(found - error)).Max().ShouldBeLessThan(1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Least_squares_never_raise_the_loss(int blocks)
    {
        SampledProblem problem = new(Als, SampledProblem.Space, SampledProblem.Draw(150, blocks));
        double before = problem.Definition().Loss(Als.WeightRegularization, Als.Regularization), first = before;

        problem.Run(problem.Workers(2), 12, () =>
        {
            double loss = problem.Definition().Loss(Als.WeightRegularization, Als.Regularization);
            loss.ShouldBeLessThanOrEqualTo(before * (1 + 1e-5));
            before = loss;
        });

        before.ShouldBeLessThan(0.6 * first);
    }

    [Theory]
    [InlineData(FmLearner.Mcmc, FmTask.Regression)]
    [InlineData(FmLearner.Mcmc, FmTask.Classification)]
    [InlineData(FmLearner.Als, FmTask.Regression)]
    [InlineData(FmLearner.Als, FmTask.Classification)]
    public void Few_rows_and_targets_that_never_change_leave_finite_numbers(FmLearner learner, FmTask task)
    {
        FmOptions options = Mcmc with { Learner = learner, Task = task, Regularization = 0, WeightRegularization = 0 };
        FeatureRows many = SampledProblem.Draw(60);
        FeatureRows[] problems =
        [
            many.Slice(0, 0), many.Slice(0, 1), many.Slice(7, 9), new([.. many.Targets.Select(_ => 1f)], many.Blocks, many.BlockRows),
            new([.. many.Targets.Select(_ => 0f)], [SampledProblem.Block("nothing", RelationEntity.Context, [[], []]), .. many.Blocks], [new int[60], .. many.BlockRows]),
        ];
        foreach (FeatureRows rows in problems)
        {
            SampledProblem problem = new(options, SampledProblem.Space, rows);
            problem.Run(problem.Workers(2), 6);
            FiniteCheck.IndexOfNonFinite(problem.Values()).ShouldBe(-1);
        }
    }

    [Theory]
    [InlineData(FmLearner.Mcmc)]
    [InlineData(FmLearner.Als)]
    public void Errors_of_a_classification_are_those_of_its_probabilities_and_not_of_the_hidden_targets(FmLearner learner)
    {
        FmOptions options = Mcmc with { Learner = learner, Task = FmTask.Classification, Regularization = 0.7f, WeightRegularization = 0.3f };
        FeatureRows drawn = SampledProblem.Draw(150);
        SampledProblem problem = new(options, SampledProblem.Space, new([.. drawn.Targets.Select(target => target > 0 ? 1f : 0f)], drawn.Blocks, drawn.BlockRows));
        FmSampler[] workers = problem.Workers(2);
        problem.Run(workers, 3);
        NaiveFmSweep definition = problem.Definition();
        double expected = definition.Y.Select((label, row) => label - FmLink.Probit.Apply(definition.Predict(row))).Sum(error => error * error);

        problem.RunClocks(workers, 4);

        workers[0].SquaredErrors.ShouldBe(expected, 1e-3);
        expected.ShouldBeInRange(1, 75);
    }

    [Fact]
    public void A_linear_model_has_no_factors_to_move()
    {
        SampledProblem problem = new(Als with { Rank = 0 }, SampledProblem.Space, SampledProblem.Draw(100));
        FmSampler[] workers = problem.Workers(1);
        workers[0].Clocks.ShouldBe(4);

        problem.Run(workers, 5);

        NaiveFmSweep definition = problem.Definition();
        double loss = definition.Loss(Als.WeightRegularization, 0);
        for (int feature = 0; feature < SampledProblem.Space.Count; feature++)
        {
            definition.Weights[feature] += 0.05;
            definition.Loss(Als.WeightRegularization, 0).ShouldBeGreaterThan(loss - 0.01);
            definition.Weights[feature] -= 0.05;
        }
    }

    [Fact]
    public void Clocks_are_taken_one_after_the_other()
    {
        SampledProblem problem = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(30));
        FmSampler worker = problem.Workers(1)[0];
        worker.Begin(problem.Parameters, 1);

        Should.Throw<InvalidOperationException>(() => worker.Statistics(1)).Message.ShouldBe("expected clock 0 of 13, found 1");
        Should.Throw<InvalidOperationException>(() => worker.Apply(0, new double[worker.StatisticsLength(0)]));
        Should.Throw<InvalidOperationException>(() => worker.EndEpoch(problem.Parameters, 1, 1));

        // Asking twice is no mistake: an answer may be lost.
        double[] first = worker.Statistics(0);
        worker.Statistics(0).ShouldBe(first);
        worker.Apply(0, first);
        first = worker.Statistics(1);
        worker.Statistics(1).ShouldBe(first);
    }

    [Fact]
    public void What_sweeps_cannot_learn_is_refused()
    {
        FeatureRows rows = SampledProblem.Draw(10);
        Should.Throw<ArgumentException>(() => new FmSampler(Mcmc with { Order = 3 }, SampledProblem.Space, rows)).Message.ShouldContain("order 3");
        Should.Throw<ArgumentException>(() => new FmSampler(Mcmc with { Task = FmTask.Ranking }, SampledProblem.Space, rows)).Message.ShouldContain("Ranking");
        Should.Throw<ArgumentException>(() => new FmSampler(Mcmc with { Learner = FmLearner.Sgd }, SampledProblem.Space, rows)).Message.ShouldContain("Sgd");
        FeatureRows shared = new(rows.Targets, [rows.Blocks[0], rows.Blocks[0]], [rows.BlockRows[0], rows.BlockRows[0]]);
        Should.Throw<ArgumentException>(() => new FmSampler(Mcmc, SampledProblem.Space, shared)).Message.ShouldContain("of its own");
    }

    [Fact]
    public void Statistics_of_a_clock_allocate_nothing()
    {
        SampledProblem problem = new(Mcmc, SampledProblem.Space, SampledProblem.Draw(100));
        FmSampler worker = problem.Workers(1)[0];
        worker.Begin(problem.Parameters, 1);
        double[] totals = new double[worker.StatisticsLength(0)];
        AllocatedBytes.Least(() => worker.Statistics(0, totals)).ShouldBe(0);
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
        double power = samples ? options.LikelihoodPower : 1;
        double alpha = samples ? power * random.NextGamma((1 + (power * errors.Length)) / 2.0) / ((1 + (power * errors.Sum(e => e * e))) / 2) : 1;
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
            (double rows, double variance) = factor < 0 ? (1, 1) : (options.Rank + 1, 1 / Math.Sqrt(options.Rank));
            double rate = ((rows * variance) + values.Sum(value => (value - mean) * (value - mean)) + (n / (1 + n) * mean * mean)) / 2;
            double precision = random.NextGamma((rows + n) / 2) / rate;
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
