namespace DistRec.Data;

/// <summary>
/// What generated ratings are like: r = μ + b_u + b_i + p_u·q_i + noise, for users of log-normal activity who pick items by a Zipf law.
/// The defaults have the shape of MovieLens 20M.
/// </summary>
public sealed record SyntheticOptions
{
    /// <summary>Ratings to make, exactly.</summary>
    public long RatingCount { get; init; } = 20_000_000;

    /// <summary>Users.</summary>
    public int UserCount { get; init; } = 138_000;

    /// <summary>Items.</summary>
    public int ItemCount { get; init; } = 27_000;

    /// <summary>Number of planted factors.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>The k-th most popular item is picked with a weight of k to the power of minus this.</summary>
    public double ItemExponent { get; init; } = 0.9;

    /// <summary>Standard deviation of the logarithm of a user's activity.</summary>
    public double ActivitySigma { get; init; } = 1;

    /// <summary>Most activity of a user, in multiples of the median.</summary>
    public double ActivityCap { get; init; } = 40;

    /// <summary>μ.</summary>
    public double Mean { get; init; } = 3.5;

    /// <summary>Standard deviation of b_u.</summary>
    public double UserBiasDeviation { get; init; } = 0.35;

    /// <summary>Standard deviation of b_i.</summary>
    public double ItemBiasDeviation { get; init; } = 0.45;

    /// <summary>Variance of p_u·q_i.</summary>
    public double InteractionVariance { get; init; } = 0.36;

    /// <summary>Standard deviation of the noise.</summary>
    public double NoiseDeviation { get; init; } = 0.8;

    /// <summary>Whether ratings are rounded to half stars and clipped to 0.5 … 5.</summary>
    public bool Rounded { get; init; } = true;

    /// <summary>Whether ratings get timestamps.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Whether items get the titles "Item 0", "Item 1", ….</summary>
    public bool Titles { get; init; }

    /// <summary>Whether users get an age and a gender and items a genre that go with their factors.</summary>
    public bool Features { get; init; }

    /// <summary>Seed; the same options give the same data, to the bit.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Threads; the data is the same for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <exception cref="InputException">Settings are out of range; all of them are named.</exception>
    internal void Validate()
    {
        var errors = new List<string>();
        void Require(bool isRight, string setting, string expected, object found)
        {
            if (!isRight)
            {
                errors.Add(InputException.At(setting, expected, $"{found}", "change it").Message);
            }
        }

        Require(UserCount >= 1, "users", "at least 1", UserCount);
        Require(ItemCount >= 1, "items", "at least 1", ItemCount);
        long most = Math.Min(Array.MaxLength, (long)Math.Max(0, UserCount) * Math.Max(0, ItemCount));
        Require(RatingCount >= 1 && RatingCount <= most, "ratings", $"1 to {most:N0}, as each user rates an item once", RatingCount);
        Require(Rank is >= 1 and <= 1024, "rank", "1 to 1024", Rank);
        Require((long)Math.Max(UserCount, ItemCount) * (Rank + 7L) <= Array.MaxLength, "rank", $"at most {Array.MaxLength:N0} factors a side", Rank);
        Require(ItemExponent is >= 0 and <= 10, "item exponent", "0 to 10", ItemExponent);
        Require(ActivitySigma is >= 0 and <= 10, "activity sigma", "0 to 10", ActivitySigma);
        Require(ActivityCap >= 1, "activity cap", "at least 1", ActivityCap);
        Require(double.IsFinite(Mean), "mean", "a finite number", Mean);
        Require(UserBiasDeviation is >= 0 and < 1e3, "user bias deviation", "0 to 1,000", UserBiasDeviation);
        Require(ItemBiasDeviation is >= 0 and < 1e3, "item bias deviation", "0 to 1,000", ItemBiasDeviation);
        Require(InteractionVariance is >= 0 and < 1e3, "interaction variance", "0 to 1,000", InteractionVariance);
        Require(NoiseDeviation is >= 0 and < 1e3, "noise deviation", "0 to 1,000", NoiseDeviation);
        Require(Threads >= 1, "threads", "at least 1", Threads);
        if (errors.Count > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, errors));
        }
    }
}
