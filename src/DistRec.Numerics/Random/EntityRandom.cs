namespace DistRec.Numerics.Random;

/// <summary>
/// A stream of random numbers that belongs to one entity at one iteration: the same (seed, purpose, entity, iteration)
/// always gives the same draws, whatever partition, thread or node asks for them and in whatever order.
/// </summary>
/// <remarks>
/// The key is mixed into the starting state of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). Nothing here is suitable for cryptography.
/// </remarks>
public struct EntityRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15UL;

    private ulong _state;
    private double _spareGaussian;
    private bool _hasSpareGaussian;

    /// <summary>Opens the stream of one entity.</summary>
    /// <param name="seed">The job's seed.</param>
    /// <param name="purpose">What the draws are for, so that two uses of one entity never share a stream.</param>
    /// <param name="entity">Global index of the user, item or rating.</param>
    /// <param name="iteration">Epoch or sampling step; 0 where there is none.</param>
    public EntityRandom(ulong seed, RandomPurpose purpose, long entity, long iteration = 0)
    {
        ulong key = Mix(seed + Gamma);
        key = Mix(key ^ ((ulong)purpose * 0xD1B54A32D192ED03UL + Gamma));
        key = Mix(key ^ ((ulong)entity * 0xAEF17502108EF2D9UL + Gamma));
        _state = Mix(key ^ ((ulong)iteration * 0xF1357AEA2E62A9C5UL + Gamma));
    }

    /// <summary>The next 64 uniformly distributed bits.</summary>
    public ulong NextUInt64()
    {
        _state += Gamma;
        return Mix(_state);
    }

    /// <summary>A uniform draw from [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer from [0, <paramref name="bound"/>), free of modulo bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);

        // Lemire, "Fast random integer generation in an interval", ACM TOMACS 2019, with a 64-bit word:
        // rejection is needed with probability bound / 2^64.
        ulong threshold = (0UL - (ulong)bound) % (ulong)bound;
        while (true)
        {
            ulong high = Math.BigMul(NextUInt64(), (ulong)bound, out ulong low);
            if (low >= threshold)
            {
                return (int)high;
            }
        }
    }

    /// <summary>A draw from the normal distribution with mean 0 and variance 1 (polar method of Marsaglia).</summary>
    public double NextGaussian()
    {
        if (_hasSpareGaussian)
        {
            _hasSpareGaussian = false;
            return _spareGaussian;
        }

        double x, y, squaredRadius;
        do
        {
            x = 2 * NextDouble() - 1;
            y = 2 * NextDouble() - 1;
            squaredRadius = x * x + y * y;
        }
        while (squaredRadius is >= 1 or 0);

        double scale = Math.Sqrt(-2 * Math.Log(squaredRadius) / squaredRadius);
        _spareGaussian = y * scale;
        _hasSpareGaussian = true;
        return x * scale;
    }

    /// <summary>A draw from the gamma distribution with scale 1 (Marsaglia, Tsang, "A simple method for generating gamma variables", 2000).</summary>
    /// <param name="shape">At least 1/2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shape"/> is below 1/2 or not finite.</exception>
    public double NextGamma(double shape)
    {
        if (!double.IsFinite(shape) || shape < 0.5)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "expected a finite number of at least 1/2");
        }

        if (shape < 1)
        {
            // Γ(a) = Γ(a + 1) U^(1/a)
            double boost = Math.Pow(1 - NextDouble(), 1 / shape);
            return NextGamma(shape + 1) * boost;
        }

        double d = shape - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = NextGaussian();
            double v = 1 + c * x;
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (Math.Log(1 - NextDouble()) < x * x / 2 + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }

    /// <summary>A draw from the beta distribution: X/(X + Y) of gamma draws X and Y.</summary>
    /// <param name="successes">α, at least 1/2.</param>
    /// <param name="failures">β, at least 1/2.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is below 1/2 or not finite.</exception>
    public double NextBeta(double successes, double failures)
    {
        double x = NextGamma(successes);
        return x / (x + NextGamma(failures));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
