namespace DistRec.Cli.Jobs;

/// <summary>The data set that a bare <c>distrec train</c> generates: large enough to learn from, small enough for seconds.</summary>
internal static class GeneratedDefaults
{
    public const long Ratings = 1_000_000;
    public const int Users = 2_000;
    public const int Items = 1_000;

    /// <summary>Planted factors: few enough to be found from so many ratings.</summary>
    public const int Rank = 4;
}

/// <summary>How much is kept aside where nothing else is said.</summary>
internal static class SplitDefaults
{
    public const double TestRatio = 0.1;
}
