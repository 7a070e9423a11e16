using DistRec.Models.Neural;

namespace DistRec.Models.Tests.Neural;

public sealed class RowStepTests
{
    private static readonly double[][] Gradients = [[2, -1, 0.5, 4], [-0.5, 0.25, 0, 1], [3, 3, 3, 3]];

    [Fact]
    public void Adam_goes_by_the_means_of_gradients_and_of_their_squares_each_freed_of_having_begun_at_0()
    {
        (float[] row, float bias) = Run(OptimizerKind.Adam, 0.1f, 0.02f, 0.3f);

        double[] expected = [0.4, -0.3, 0.2], mean = new double[3], square = new double[3];
        for (int step = 1; step <= Gradients.Length; step++)
        {
            for (int index = 0; index < 3; index++)
            {
                double gradient = (Gradients[step - 1][index] / Gradients[step - 1][3]) + ((index < 2 ? 0.02 : 0.3) * expected[index]);
                mean[index] = (0.9 * mean[index]) + (0.1 * gradient);
                square[index] = (0.999 * square[index]) + (0.001 * gradient * gradient);
                expected[index] -= 0.1 * (mean[index] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(square[index] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        ((double)row[0]).ShouldBe(expected[0], 1e-5);
        ((double)row[1]).ShouldBe(expected[1], 1e-5);
        ((double)bias).ShouldBe(expected[2], 1e-5);
    }

    [Fact]
    public void Sgd_goes_by_the_mean_gradient_alone()
    {
        (float[] row, float bias) = Run(OptimizerKind.Sgd, 0.1f, 0.02f, 0.3f);

        double[] expected = [0.4, -0.3, 0.2];
        foreach (double[] gradients in Gradients)
        {
            for (int index = 0; index < 3; index++)
            {
                expected[index] -= 0.1 * ((gradients[index] / gradients[3]) + ((index < 2 ? 0.02 : 0.3) * expected[index]));
            }
        }

        ((double)row[0]).ShouldBe(expected[0], 1e-6);
        ((double)row[1]).ShouldBe(expected[1], 1e-6);
        ((double)bias).ShouldBe(expected[2], 1e-6);
    }

    [Fact]
    public void A_sum_that_is_beyond_what_is_exact_ends_the_descent()
    {
        float bias = 0;
        float[] row = new float[2];
        NeuralOptions options = new() { Rank = 2, Optimizer = OptimizerKind.Sgd };
        new RowStep(NeuralShape.Of(options), options.Optimizer, 0.1).Take(row, ref bias, [1e7, 0, 0, 1], 0, 0);

        row[0].ShouldBe(float.NaN);
        row[1].ShouldBe(0);
    }

    private static (float[] Row, float Bias) Run(OptimizerKind optimizer, float rate, float regularization, float biasRegularization)
    {
        NeuralOptions options = new() { Rank = 2, Optimizer = optimizer };
        NeuralShape shape = NeuralShape.Of(options);
        float[] row = new float[shape.Width];
        (row[0], row[1]) = (0.4f, -0.3f);
        float bias = 0.2f;
        foreach (double[] gradients in Gradients)
        {
            new RowStep(shape, optimizer, rate).Take(row, ref bias, gradients, regularization, biasRegularization);
        }

        return (row, bias);
    }
}
