using DistRec.Data;
using DistRec.Numerics.Embedding;

namespace DistRec.Evaluation.Maps;

/// <summary>Settings of <see cref="Tsne"/>. The defaults are those of the papers.</summary>
public sealed record TsneOptions
{
    /// <summary>Most perplexity that can be asked for.</summary>
    public const double MaxPerplexity = 1000;

    /// <summary>
    /// About how many neighbours a point keeps near, 1 to 1,000. Three times as many points are needed besides it: where there are fewer,
    /// a third of what there is, and at least 1.
    /// </summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Steps of gradient descent, 1 to 100,000.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>
    /// So many of the first steps exaggerate attraction, which lets clusters form and pass each other; 0 to <see cref="Iterations"/>.
    /// </summary>
    public int ExaggeratedIterations { get; init; } = 250;

    /// <summary>What attraction is multiplied with in these steps, 1 to 100.</summary>
    public double Exaggeration { get; init; } = 12;

    /// <summary>
    /// Up to so many points all pairs are computed, beyond them the algorithm of Barnes and Hut is used, 0 to 20,000; n points take 4n²
    /// bytes then.
    /// </summary>
    public int ExactUpTo { get; init; } = 5000;

    /// <summary>
    /// θ of Barnes and Hut, 0 (all pairs) to 0.7: a square of points counts as one whose side is shorter than θ times its distance.
    /// </summary>
    public double Theta { get; init; } = 0.5;

    /// <summary>Keys where points begin; the same options and seed give the same map, to the bit.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>How many threads may work, 1 to 1,024, or −1 for one a processor. The map does not depend on it.</summary>
    public int Threads { get; init; } = -1;

    /// <summary>What is wrong with the settings, a line each.</summary>
    internal IEnumerable<string> Mistakes()
    {
        (bool IsRight, string Setting, string Expected, object Found)[] checks =
        [
            (Perplexity is >= 1 and <= MaxPerplexity, "perplexity", "1 to 1,000", Perplexity),
            (Iterations is >= 1 and <= 100_000, "iterations", "1 to 100,000", Iterations),
            (ExaggeratedIterations >= 0 && ExaggeratedIterations <= Math.Max(0, Iterations),
                "exaggerated iterations", "0 to the number of iterations", ExaggeratedIterations),
            (Exaggeration is >= 1 and <= 100, "exaggeration", "1 to 100", Exaggeration),
            (ExactUpTo is >= 0 and <= 20_000, "exact up to", "0 to 20,000 points", ExactUpTo),
            (Theta is >= 0 and <= TreeForces.MaxTheta, "theta", $"0 to {TreeForces.MaxTheta}", Theta),
            (Threads is -1 or (>= 1 and <= 1024), "threads", "1 to 1,024, or −1 for one a processor", Threads),
        ];
        return checks
            .Where(check => !check.IsRight)
            .Select(check => InputException.At(check.Setting, check.Expected, $"{check.Found}", "change it").Message);
    }
}
