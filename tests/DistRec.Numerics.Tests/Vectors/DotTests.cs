using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Tests.Vectors;

public sealed class DotTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void It_is_the_sum_of_products_within_the_rounding_of_its_length(int length)
    {
        float[] a = Draws.Gaussians(length, 1);
        float[] b = Draws.Gaussians(length, 2);
        double expected = a.Zip(b, (x, y) => (double)x * y).Sum();
        double size = a.Zip(b, (x, y) => Math.Abs((double)x * y)).Sum();

        // Higham, section 3.1: |error| ≤ γ_n Σ |a_j b_j|, γ_n = n u / (1 − n u), u = 2⁻²⁴.
        double roundings = Dot.RoundingsOf(length) * Math.Pow(2, -24);
        ((double)Dot.Compute(a, b)).ShouldBe(expected, roundings / (1 - roundings) * size);
        Dot.Double(a, b).ShouldBe(expected, length * Math.Pow(2, -53) * size);
    }

    [Fact]
    public void It_is_zero_over_nothing()
    {
        Dot.Compute([], []).ShouldBe(0);
        Dot.Double([], []).ShouldBe(0);
    }

    [Fact]
    public void It_is_exact_on_small_integers()
    {
        float[] ones = [.. Enumerable.Repeat(1f, 37)];
        float[] numbers = [.. Enumerable.Range(1, 37).Select(n => (float)n)];

        Dot.Compute(ones, numbers).ShouldBe(37 * 38 / 2);
        Dot.Double(ones, numbers).ShouldBe(37 * 38 / 2);
    }

    [Fact]
    public void Different_lengths_are_refused_with_both_lengths()
    {
        Should.Throw<ArgumentException>(() => Dot.Compute([1, 2], [1])).Message.ShouldContain("expected 2 values as in the first vector, found 1");
        Should.Throw<ArgumentException>(() => Dot.Double([1, 2], [1])).Message.ShouldContain("expected 2 values as in the first vector, found 1");
    }
}
