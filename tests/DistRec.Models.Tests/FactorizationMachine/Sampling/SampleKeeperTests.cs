using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class SampleKeeperTests
{
    private const int Epochs = 11;

    private static readonly FmOptions Options = new() { Learner = FmLearner.Mcmc, Rank = 3, BurnIn = 2, KeptSamples = 3 };

    [Fact]
    public void Epochs_after_the_burn_in_are_shared_out_evenly()
    {
        int[] kept = [.. Enumerable.Range(0, Epochs + 1).Select(epoch => SampleSchedule.KeptCount(Options, Epochs, epoch))];
        kept.ShouldBe([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
        int[] places = [.. Enumerable.Range(0, Epochs + 1).Select(epoch => SampleSchedule.PlaceOf(Options, Epochs, epoch))];
        places.ShouldBe([0, 0, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    }

    [Theory]
    [InlineData(500, 20, 8)]
    [InlineData(100, 7, 10)]
    [InlineData(30, 20, 16)]
    [InlineData(5, 20, 4)]
    [InlineData(1, 0, 3)]
    public void Every_sample_has_epochs_and_the_last_epoch_is_in_the_last(int epochs, int burnIn, int keptSamples)
    {
        FmOptions options = Options with { BurnIn = burnIn, KeptSamples = keptSamples };
        int length = Math.Max(1, epochs - burnIn), kept = Math.Min(keptSamples, length);
        int[] stretches = [.. Enumerable.Range(1, epochs).Select(epoch => SampleSchedule.KeptCount(options, epochs, epoch)).Where(count => count > 0)
            .GroupBy(count => count).Select(stretch => stretch.Count())];
        stretches.Length.ShouldBe(kept);
        stretches.Sum().ShouldBe(length);
        stretches.ShouldAllBe(count => count == length / kept || count == (length / kept) + 1);
        SampleSchedule.KeptCount(options, epochs, epochs).ShouldBe(kept);
    }

    [Fact]
    public void A_kept_sample_predicts_by_the_mean_terms_of_its_stretch()
    {
        SampledProblem problem = new(Options, SampledProblem.Space, SampledProblem.Draw(120));
        FmSampler[] workers = problem.Workers(1);
        double[] sum = [];
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            problem.RunEpoch(workers, epoch, Epochs);
            int place = SampleSchedule.PlaceOf(Options, Epochs, epoch);
            if (place > 0)
            {
                double[] terms = Terms(problem, -1);
                sum = place == 1 ? terms : [.. sum.Zip(terms, (a, b) => a + b)];
                double[] kept = Terms(problem, SampleSchedule.KeptCount(Options, Epochs, epoch) - 1);
                kept.Zip(sum, (found, total) => Math.Abs(found - (total / place))).Max().ShouldBeLessThan(2e-5);
            }
        }
    }

    [Fact]
    public void Where_rows_have_no_feature_of_their_own_the_last_sample_of_a_stretch_is_kept()
    {
        // Two users alike in everything.
        RelationBlock users = SampledProblem.Block("user", RelationEntity.User, [[(0, 1.0), (1, 2.0)], [(0, 1.0), (1, 2.0)]]);
        SampledProblem problem = new(Options, SampledProblem.Space, new FeatureRows([1, 2, 3], [users], [[0, 1, 1]]));
        FmSampler[] workers = problem.Workers(1);
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            problem.RunEpoch(workers, epoch, Epochs);
            int kept = SampleSchedule.KeptCount(Options, Epochs, epoch);
            if (kept > 0)
            {
                Terms(problem, kept - 1).ShouldBe(Terms(problem, -1));
            }
        }
    }

    [Fact]
    public void Block_rows_that_no_row_has_need_no_feature_of_their_own()
    {
        // The third user is told by what others are told by alone.
        RelationBlock users = SampledProblem.Block("user", RelationEntity.User, [[(0, 1.0), (2, 2.0)], [(1, 1.0), (2, 1.5), (3, 1.0)], [(2, 1.0), (3, 1.0)]]);
        SampledProblem problem = new(Options, SampledProblem.Space, new FeatureRows([1, 2, 3], [users], [[0, 1, 1]]));

        problem.Run(problem.Workers(1), Epochs);

        Terms(problem, 2).ShouldNotBe(Terms(problem, -1));
    }

    // w₀, and q and c of every block row, of a kept sample or of the present parameters.
    private static double[] Terms(SampledProblem problem, int sample)
    {
        FmShape shape = FmShape.Of(problem.Options);
        List<double> terms = [Weight(problem.FeatureSpace.Count)];
        foreach (RatingMatrix matrix in problem.Rows.Blocks.Select(block => block.Rows))
        {
            for (int row = 0; row < matrix.RowCount; row++)
            {
                int[] columns = matrix.RowColumns(row).ToArray();
                float[] x = matrix.RowValues(row).ToArray();
                double number = columns.Select((column, t) => x[t] * Weight(column)).Sum();
                for (int factor = 0; factor < shape.Rank; factor++)
                {
                    double[] z = [.. columns.Select((column, t) => (double)x[t] * problem.Parameters.Factors.Row(column)[(sample < 0 ? 0 : shape.SampleStart(sample)) + factor])];
                    terms.Add(z.Sum());
                    number += ((z.Sum() * z.Sum()) - z.Sum(value => value * value)) / 2;
                }

                terms.Add(number);
            }
        }

        return [.. terms];

        double Weight(int feature) =>
            sample < 0 ? problem.Parameters.Weights[feature] : problem.Parameters.Factors.Row(feature)[shape.SampleStart(sample) + shape.FactorWidth];
    }
}
