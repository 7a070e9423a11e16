using DistRec.Evaluation.Bandits;
using MathNet.Numerics;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class LargestBetaTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, 60, 940)]
    [InlineData(52, 950, 61, 940)]
    [InlineData(1, 2000, 3, 40)]
    [InlineData(30, 1, 1, 1)]
    [InlineData(400, 7600, 500, 7500)]
    [InlineData(60, 100_000, 1, 3)]
    public void Of_two_it_is_the_sum_that_whole_shapes_have(int firstSuccesses, int firstFailures, int secondSuccesses, int secondFailures)
    {
        // P(second > first) = Σ_{i<α₂} B(α₁ + i, β₁ + β₂) / ((β₂ + i) B(1 + i, β₂) B(α₁, β₁)).
        double expected = 0;
        for (int i = 0; i < secondSuccesses; i++)
        {
            expected += Math.Exp(
                SpecialFunctions.BetaLn(firstSuccesses + i, firstFailures + secondFailures) - Math.Log(secondFailures + i)
                - SpecialFunctions.BetaLn(1 + i, secondFailures) - SpecialFunctions.BetaLn(firstSuccesses, firstFailures));
        }

        double[] found = LargestBeta.Probabilities([new(firstSuccesses, firstFailures), new(secondSuccesses, secondFailures)]);

        found[1].ShouldBe(expected, 1e-8);
        found.Sum().ShouldBe(1, 1e-12);
    }

    [Fact]
    public void Small_probabilities_are_right_in_proportion()
    {
        // P(U > Beta(1000, 1)) = ∫ x¹⁰⁰⁰ dx
        LargestBeta.Probabilities([new(1000, 1), new(1, 1)])[1].ShouldBe(1.0 / 1001, 1e-11);

        // P(Beta(1, 10) > Beta(30, 1)) = ∫ 10 (1 − x)⁹ x³⁰ dx = 10 B(31, 10)
        double expected = 10 * Math.Exp(SpecialFunctions.BetaLn(31, 10));
        LargestBeta.Probabilities([new(30, 1), new(1, 10)])[1].ShouldBe(expected, expected * 1e-3);
        expected.ShouldBe(1.2e-9, 1e-10);
    }

    [Fact]
    public void Of_several_it_is_what_a_plain_sum_over_rates_gives()
    {
        BetaShape[] shapes = [new(13, 389), new(20.5, 361), new(4, 58), new(1, 1), new(30_001, 570_001)];
        double[] expected = PlainSum(shapes, 400_000);

        double[] found = LargestBeta.Probabilities(shapes);

        for (int index = 0; index < shapes.Length; index++)
        {
            found[index].ShouldBe(expected[index], 1e-7);
        }
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(7, 40, 900)]
    [InlineData(20, 5e7, 95e7)]
    public void Equals_share(int count, double successes, double failures) =>
        LargestBeta.Probabilities([.. Enumerable.Repeat(new BetaShape(successes, failures), count)])
            .ShouldAllBe(probability => Math.Abs(probability - (1.0 / count)) < 1e-8);

    [Fact]
    public void Order_does_not_matter()
    {
        double[] found = LargestBeta.Probabilities([new(5, 100), new(9, 120), new(2, 30)]);
        double[] turned = LargestBeta.Probabilities([new(2, 30), new(5, 100), new(9, 120)]);

        turned.ShouldBe([found[2], found[0], found[1]], 1e-12);
    }

    [Fact]
    public void Any_counts_give_finite_shares()
    {
        double[] shapes = [1, 2, 1e3, 1e9, 1e15];
        foreach (BetaShape first in shapes.SelectMany(a => shapes.Select(b => new BetaShape(a, b))))
        {
            foreach (BetaShape second in shapes.SelectMany(a => shapes.Select(b => new BetaShape(a, b))))
            {
                double[] found = LargestBeta.Probabilities([first, second, new(1, 1)]);
                found.ShouldAllBe(probability => probability >= 0 && probability <= 1);
                found.Sum().ShouldBe(1, 1e-9);
            }
        }
    }

    // Σ over cells of (F_k(end) − F_k(start)) Π_{j≠k} F_j(middle), each F from its continued fraction.
    private static double[] PlainSum(BetaShape[] shapes, int cells)
    {
        double[] sums = new double[shapes.Length], before = new double[shapes.Length];
        for (int cell = 0; cell < cells; cell++)
        {
            double[] middle = [.. shapes.Select(shape => Cumulative(shape, (cell + 0.5) / cells))];
            double[] end = [.. shapes.Select(shape => Cumulative(shape, (cell + 1.0) / cells))];
            for (int index = 0; index < shapes.Length; index++)
            {
                double others = middle.Where((_, other) => other != index).Aggregate(1.0, (product, f) => product * f);
                sums[index] += (end[index] - before[index]) * others;
            }

            before = end;
        }

        return sums;
    }

    private static double Cumulative(BetaShape shape, double x) => SpecialFunctions.BetaRegularized(shape.Successes, shape.Failures, x);
}
