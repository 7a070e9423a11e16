namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>How to evaluate a policy by a log.</summary>
/// <param name="LargestWeight">
/// Weights π/p above it are clipped to it in IPW, SNIPW, DR and SNDR, which trades variance for bias; infinite for none. Switch-DR and
/// DRos have means of their own against large weights.
/// </param>
/// <param name="Confidence">How often an interval is meant to cover the policy's mean reward.</param>
public sealed record OffPolicyOptions(double LargestWeight = double.PositiveInfinity, double Confidence = RateEstimate.UsualConfidence)
{
    /// <summary>Draws of the bootstrap where nothing else is said.</summary>
    public const int UsualDraws = 1_000;

    /// <summary>τ of Switch-DR, at least 0; null has it chosen by the data (<see cref="Slope"/>).</summary>
    public double? Threshold { get; init; }

    /// <summary>λ of DRos, at least 0; null has it chosen likewise.</summary>
    public double? Shrinkage { get; init; }

    /// <summary>Draws of the bootstrap, at least 2; 0 for none. Each takes as many rows as there are.</summary>
    public int Draws { get; init; }

    /// <summary>Keys the draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads of the bootstrap; its bits are the same for any number.</summary>
    public int Threads { get; init; } = 1;
}
