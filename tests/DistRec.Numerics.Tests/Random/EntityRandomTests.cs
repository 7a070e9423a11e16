using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Random;

public sealed class EntityRandomTests
{
    // A draw's mean over n samples is within 5 standard errors; the keys are fixed, so a test passes always or never.
    private const int Samples = 200_000;

    [Fact]
    public void The_bits_of_a_stream_are_pinned_because_every_model_depends_on_them()
    {
        EntityRandom random = new(42, RandomPurpose.UserFactors, 0);
        random.NextUInt64().ShouldBe(0x414BFCF2E1899013UL);
        random.NextUInt64().ShouldBe(0x6B47601FCBB72185UL);
        random.NextUInt64().ShouldBe(0x50E08CB7F8E5269FUL);
        new EntityRandom(0, RandomPurpose.ItemFactors, 123_456_789_012, 7).NextUInt64().ShouldBe(0x56E551ED34595433UL);
        new EntityRandom(ulong.MaxValue, RandomPurpose.Split, -1, -1).NextUInt64().ShouldBe(0x313B4BE15E5AF188UL);

        random = new(42, RandomPurpose.ItemFactors, 1);
        random.NextDouble().ShouldBe(0.01788500133051607);
        random.NextInt(1000).ShouldBe(341);
        ((float)random.NextGaussian()).ShouldBe(-0.606103718f);
        ((float)random.NextGaussian()).ShouldBe(1.05710387f);
    }

    [Fact]
    public void It_is_SplitMix64_from_a_mixed_key()
    {
        // Steele, Lea, Flood (2014): consecutive outputs are the finalizer of a state that moves by the golden gamma.
        EntityRandom random = new(1, RandomPurpose.Split, 2, 3);
        ulong state = Unmix(random.NextUInt64());
        for (int draw = 0; draw < 100; draw++)
        {
            state += 0x9E3779B97F4A7C15UL;
            Unmix(random.NextUInt64()).ShouldBe(state);
        }
    }

    [Fact]
    public void The_same_key_gives_the_same_draws_whatever_else_is_drawn()
    {
        EntityRandom first = new(3, RandomPurpose.Split, 4, 5), second = new(3, RandomPurpose.Split, 4, 5), other = new(3, RandomPurpose.Split, 5, 5);
        for (int draw = 0; draw < 20; draw++)
        {
            other.NextGaussian();
            first.NextGaussian().ShouldBe(second.NextGaussian());
        }
    }

    [Fact]
    public void Every_part_of_the_key_opens_another_stream()
    {
        HashSet<ulong> firsts = [];
        for (ulong seed = 0; seed < 8; seed++)
        {
            foreach (RandomPurpose purpose in Enum.GetValues<RandomPurpose>())
            {
                for (int entity = -20; entity < 20; entity++)
                {
                    for (int iteration = 0; iteration < 20; iteration++)
                    {
                        firsts.Add(new EntityRandom(seed, purpose, entity, iteration).NextUInt64()).ShouldBeTrue();
                    }
                }
            }
        }
    }

    [Fact]
    public void Doubles_are_uniform_on_the_unit_interval()
    {
        EntityRandom random = new(1, RandomPurpose.Split, 0);
        double[] draws = [.. Enumerable.Range(0, Samples).Select(_ => random.NextDouble())];

        draws.Min().ShouldBeGreaterThanOrEqualTo(0);
        draws.Max().ShouldBeLessThan(1);
        draws.Average().ShouldBe(0.5, 5 * Math.Sqrt(1.0 / 12 / Samples));
        draws.Average(x => x * x).ShouldBe(1.0 / 3, 5 * Math.Sqrt(4.0 / 45 / Samples));
        ChiSquare(draws.Select(x => (int)(x * 64)), 64).ShouldBeInRange(63 - 5 * Math.Sqrt(2 * 63), 63 + 5 * Math.Sqrt(2 * 63));
    }

    [Fact]
    public void Gaussians_have_the_moments_and_tails_of_the_normal_distribution()
    {
        EntityRandom random = new(1, RandomPurpose.UserFactors, 0);
        double[] draws = [.. Enumerable.Range(0, Samples).Select(_ => random.NextGaussian())];

        draws.Average().ShouldBe(0, 5 / Math.Sqrt(Samples));
        draws.Average(x => x * x).ShouldBe(1, 5 * Math.Sqrt(2.0 / Samples));
        draws.Average(x => x * x * x).ShouldBe(0, 5 * Math.Sqrt(15.0 / Samples));
        draws.Average(x => Math.Pow(x, 4)).ShouldBe(3, 5 * Math.Sqrt(96.0 / Samples));
        draws.Average(x => Math.Abs(x) > 1.959964 ? 1.0 : 0).ShouldBe(0.05, 5 * Math.Sqrt(0.05 * 0.95 / Samples));
        draws.Zip(draws.Skip(1), (x, y) => x * y).Average().ShouldBe(0, 5 / Math.Sqrt(Samples));
    }

    [Fact]
    public void Neighbouring_keys_are_uncorrelated()
    {
        Func<int, EntityRandom>[] neighbours =
        [
            key => new EntityRandom(5, RandomPurpose.ItemFactors, key),
            key => new EntityRandom(5, RandomPurpose.ItemFactors, 0, key),
            key => new EntityRandom((ulong)key, RandomPurpose.ItemFactors, 0),
        ];
        foreach (Func<int, EntityRandom> stream in neighbours)
        {
            double[] firsts = [.. Enumerable.Range(0, Samples).Select(key => stream(key).NextGaussian())];
            foreach (int distance in (int[])[1, 2, 3, 64])
            {
                firsts.Zip(firsts.Skip(distance), (x, y) => x * y).Average().ShouldBe(0, 5 / Math.Sqrt(Samples));
            }

            firsts.Average().ShouldBe(0, 5 / Math.Sqrt(Samples));
            firsts.Average(x => x * x).ShouldBe(1, 5 * Math.Sqrt(2.0 / Samples));
        }
    }

    [Fact]
    public void One_bit_of_the_key_flips_half_the_bits_of_the_draw()
    {
        double flipped = 0;
        for (int entity = 0; entity < 1000; entity++)
        {
            ulong before = new EntityRandom(9, RandomPurpose.Split, entity).NextUInt64();
            ulong after = new EntityRandom(9, RandomPurpose.Split, entity ^ (1L << (entity % 63))).NextUInt64();
            flipped += ulong.PopCount(before ^ after);
        }

        (flipped / 1000).ShouldBe(32, 5 * Math.Sqrt(16.0 / 1000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Integers_are_in_range_and_equally_likely(int bound)
    {
        EntityRandom random = new(2, RandomPurpose.VisitOrder, bound);
        int[] draws = [.. Enumerable.Range(0, Samples).Select(_ => random.NextInt(bound))];

        draws.ShouldAllBe(draw => draw >= 0 && draw < bound);
        ChiSquare(draws, bound).ShouldBeLessThanOrEqualTo(bound - 1 + 5 * Math.Sqrt(2 * bound));
    }

    [Fact]
    public void Integers_reach_both_ends_of_the_largest_range_and_keep_their_mean()
    {
        EntityRandom random = new(2, RandomPurpose.VisitOrder, 0);
        double mean = Enumerable.Range(0, Samples).Select(_ => random.NextInt(int.MaxValue) / (double)int.MaxValue).Average();

        mean.ShouldBe(0.5, 5 * Math.Sqrt(1.0 / 12 / Samples));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_bound_that_leaves_no_integer_is_refused(int bound) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new EntityRandom(1, RandomPurpose.Split, 1).NextInt(bound));

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3.7)]
    [InlineData(250)]
    public void Gamma_draws_have_the_mean_and_the_variance_of_theory(double shape)
    {
        EntityRandom random = new(1, RandomPurpose.UserPrior, 0);
        double[] draws = [.. Enumerable.Range(0, Samples).Select(_ => random.NextGamma(shape))];

        // Both are the shape; their own deviations over n draws are √(a/n) and about √((2a² + 6a)/n).
        double mean = draws.Average();
        mean.ShouldBe(shape, 5 * Math.Sqrt(shape / Samples));
        draws.Average(draw => (draw - mean) * (draw - mean)).ShouldBe(shape, 5 * Math.Sqrt((2 * shape * shape + 6 * shape) / Samples));
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(1, 1)]
    [InlineData(1, 40)]
    [InlineData(300, 5000)]
    public void Beta_draws_have_the_mean_and_the_variance_of_theory(double successes, double failures)
    {
        EntityRandom random = new(1, RandomPurpose.UserPrior, 1);
        double[] draws = [.. Enumerable.Range(0, Samples).Select(_ => random.NextBeta(successes, failures))];

        double total = successes + failures, mean = successes / total, variance = mean * (1 - mean) / (total + 1);
        draws.ShouldAllBe(draw => draw >= 0 && draw <= 1);
        draws.Average().ShouldBe(mean, 5 * Math.Sqrt(variance / Samples));

        // A variance's own relative deviation is √((κ − 1)/n); the kurtosis κ of these is at most 9.
        draws.Average(draw => (draw - mean) * (draw - mean)).ShouldBe(variance, variance * 5 * Math.Sqrt(8.0 / Samples));
    }

    [Theory]
    [InlineData(0.49)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gamma_distribution_without_a_sensible_shape_is_refused(double shape) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new EntityRandom(1, RandomPurpose.Split, 1).NextGamma(shape));

    // Σ (observed − expected)² / expected, with n − 1 degrees of freedom.
    private static double ChiSquare(IEnumerable<int> draws, int classes)
    {
        int[] counts = new int[classes];
        foreach (int draw in draws)
        {
            counts[draw]++;
        }

        double expected = (double)Samples / classes;
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }

    // The finalizer of SplitMix64 backwards.
    private static ulong Unmix(ulong z)
    {
        z = UnshiftXor(z, 31) * Inverse(0x94D049BB133111EBUL);
        z = UnshiftXor(z, 27) * Inverse(0xBF58476D1CE4E5B9UL);
        return UnshiftXor(z, 30);
    }

    private static ulong UnshiftXor(ulong z, int shift) => z ^ (z >> shift) ^ (shift * 2 < 64 ? z >> (2 * shift) : 0);

    // Newton's iteration for the inverse of an odd number modulo 2⁶⁴ doubles the right bits each time.
    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int step = 0; step < 6; step++)
        {
            inverse *= 2 - odd * inverse;
        }

        return inverse;
    }
}
