using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class PosteriorMeanTests
{
    private const int Epochs = 40;
    private const int BurnIn = 3;

    private static readonly FmOptions Options = new() { Learner = FmLearner.Mcmc, Rank = 3, BurnIn = BurnIn };

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Answers_are_the_mean_over_the_answers_of_the_samples(int keptSamples)
    {
        // As many factors as features hold every mean exactly.
        SampledProblem problem = new(Options with { MeanRank = 48, KeptSamples = keptSamples }, SampledProblem.Space, SampledProblem.Draw(120));
        double[] sums = new double[problem.Rows.Count];
        int samples = 0, epoch = 0;
        problem.Run(problem.Workers(2), Epochs, () =>
        {
            epoch++;
            int step = keptSamples == 0 ? 1 : (Epochs - BurnIn + keptSamples - 1) / keptSamples;
            if (epoch > BurnIn && (epoch - BurnIn - 1) % step == 0)
            {
                samples++;
                double[] drawn = Answers(problem, isMean: false);
                sums = [.. sums.Zip(drawn, (sum, answer) => sum + answer)];
            }
        });

        double[] means = Answers(problem, isMean: true);

        samples.ShouldBe(keptSamples == 0 ? Epochs - BurnIn : keptSamples);
        means.Zip(sums, (mean, sum) => Math.Abs(mean - (sum / samples))).Max().ShouldBeLessThan(1e-4);
    }

    [Fact]
    public void Before_the_burn_in_is_over_the_newest_parameters_answer()
    {
        SampledProblem problem = new(Options, SampledProblem.Space, SampledProblem.Draw(120));
        FmSampler[] workers = problem.Workers(1);
        problem.RunEpoch(workers, 1, Epochs);

        Answers(problem, isMean: true).ShouldBe(Answers(problem, isMean: false));
    }

    [Fact]
    public void Few_factors_hold_what_the_samples_have_in_common()
    {
        double Distance(int meanRank)
        {
            SampledProblem exact = Sampled(48), narrow = Sampled(meanRank);
            return Math.Sqrt(Answers(exact, isMean: true).Zip(Answers(narrow, isMean: true), (a, b) => (a - b) * (a - b)).Average());
        }

        double twelve = Distance(12), two = Distance(2);

        // Of samples that differ by about 0.3.
        twelve.ShouldBeLessThan(0.06);
        two.ShouldBeGreaterThan(1.5 * twelve);
    }

    private static SampledProblem Sampled(int meanRank)
    {
        SampledProblem problem = new(Options with { MeanRank = meanRank }, SampledProblem.Space, SampledProblem.Draw(120));
        problem.Run(problem.Workers(1), Epochs);
        return problem;
    }

    private static double[] Answers(SampledProblem problem, bool isMean)
    {
        FmShape shape = FmShape.Of(problem.Options);
        FmMachine newest = new(shape with { Learner = FmLearner.Als }, FmLink.Identity, problem.Parameters, problem.FeatureSpace);
        return [.. Enumerable.Range(0, problem.Rows.Count).Select(row =>
            isMean ? FmPredictor.Predict(shape, problem.Parameters, problem.Rows, row) : newest.Predict(problem.Rows, row))];
    }
}
