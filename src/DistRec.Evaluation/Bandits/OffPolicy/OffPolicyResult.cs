namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>An estimate of a policy's mean reward.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error, from the spread of the rows.</param>
/// <param name="Lower">Low end of the normal interval.</param>
/// <param name="Upper">High end of it.</param>
public readonly record struct OffPolicyEstimate(double Value, double StandardError, double Lower, double Upper);

/// <summary>What a log tells of a policy that did not make it.</summary>
/// <param name="Count">Rows, n.</param>
/// <param name="EffectiveSampleSize">
/// (Σw)² / Σw², w = π/p after clipping: as many rows of the policy itself would tell as much; 0 where all weights are 0.
/// </param>
/// <param name="MeanWeight">
/// Σw / n before clipping; near 1 where propensities are right and the log has every arm that the policy chooses.
/// </param>
/// <param name="LargestWeight">The largest weight before clipping.</param>
/// <param name="ClippedRows">Rows whose weight was clipped.</param>
/// <param name="Ipw">Inverse propensity weighting, Σwr / n.</param>
/// <param name="Snipw">Self-normalized, Σwr / Σw.</param>
/// <param name="DirectMethod">
/// Mean of what the model expects of the policy; null without a model. Its error leaves out the model's own.
/// </param>
/// <param name="DoublyRobust">The direct method, corrected by the weighted errors of the model; null without one.</param>
/// <param name="Warnings">Why the figures may mislead; none where there is no reason to think so.</param>
public sealed record OffPolicyResult(
    long Count,
    double EffectiveSampleSize,
    double MeanWeight,
    double LargestWeight,
    long ClippedRows,
    OffPolicyEstimate Ipw,
    OffPolicyEstimate Snipw,
    OffPolicyEstimate? DirectMethod,
    OffPolicyEstimate? DoublyRobust,
    IReadOnlyList<string> Warnings);
