using DistRec.Numerics.Embedding;
using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class PerplexityTests
{
    [Theory]
    [InlineData(2, 1.5)]
    [InlineData(90, 30)]
    [InlineData(90, 1.01)]
    [InlineData(90, 89.9)]
    [InlineData(4999, 30)]
    public void Probabilities_have_the_perplexity_that_was_asked_for_and_are_those_that_bisection_finds(int count, double perplexity)
    {
        float[] distances = [.. Draws.Observations(count, 16).Select(row => row.Sum(value => value * value))];
        float[] probabilities = Fit(distances, perplexity);
        NaiveTsne.PerplexityOf(probabilities.ToDouble()).ShouldBe(perplexity, 1e-5 * perplexity);
        probabilities.ToDouble().Sum().ShouldBe(1, 1e-6);
        double[] expected = NaiveTsne.Conditional(distances.ToDouble(), perplexity);
        for (int j = 0; j < count; j++)
        {
            ((double)probabilities[j]).ShouldBe(expected[j], 1e-6);
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-12f)]
    [InlineData(1e12f)]
    [InlineData(1e30f)]
    public void A_common_factor_of_the_distances_changes_nothing(float factor)
    {
        float[] distances = [.. Draws.Gaussians(50, 3).Select(value => 1 + (value * value))];
        float[] expected = Fit(distances, 10), found = Fit([.. distances.Select(distance => distance * factor)], 10);
        for (int j = 0; j < found.Length; j++)
        {
            found[j].ShouldBe(expected[j], 1e-6f);
        }
    }

    // No β gives such points the perplexity: it is as near as it can be.
    [Fact]
    public void More_equally_near_neighbours_than_asked_for_share_all_of_it()
    {
        Fit([0, 0, 0, 0], 2).ShouldBe([0.25f, 0.25f, 0.25f, 0.25f]);
        Fit([7, 7, 7, 7, 9], 2).ShouldBe([0.25f, 0.25f, 0.25f, 0.25f, 0]);
        Fit([3], 1).ShouldBe([1]);
        Fit([1, 2], 1)[1].ShouldBe(0, 1e-10f);
        Fit([2, 2, 2], 3).ToDouble().Sum().ShouldBe(1, 1e-6);
        Fit([1, 2, float.MaxValue], 3).ToDouble().Sum().ShouldBe(1, 1e-6);
    }

    private static float[] Fit(float[] distances, double perplexity)
    {
        float[] probabilities = new float[distances.Length];
        double beta = Perplexity.Fit(distances, perplexity, new double[distances.Length], probabilities);
        double.IsFinite(beta).ShouldBeTrue();
        probabilities.ShouldAllBe(probability => probability >= 0 && probability <= 1);
        return probabilities;
    }
}
