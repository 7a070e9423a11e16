namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>Ways to tell a policy's mean reward from the log of another; formulas are those of <see cref="RowTerms"/>.</summary>
public enum OffPolicyEstimator
{
    /// <summary>Direct method: what a model of rewards expects of the policy. As good as the model; little variance.</summary>
    Dm,

    /// <summary>Inverse propensity weighting: unbiased; large variance where weights are large.</summary>
    Ipw,

    /// <summary>Self-normalized: a weighted mean, which stays within the rewards that there are; its bias fades with 1/n.</summary>
    Snipw,

    /// <summary>Doubly robust: the direct method, corrected by the weighted errors of the model. Unbiased whatever the model.</summary>
    Dr,

    /// <summary>Doubly robust, with the correction self-normalized.</summary>
    Sndr,

    /// <summary>Doubly robust where weights are at most τ, the direct method where they are larger.</summary>
    SwitchDr,

    /// <summary>Doubly robust with weights shrunk by λ.</summary>
    DrOs,
}

/// <summary>An estimate of a policy's mean reward.</summary>
/// <param name="Estimator">How it was come to.</param>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">Its standard error, from the spread of the rows; a model of rewards is taken as it is.</param>
/// <param name="Lower">Low end of the normal interval.</param>
/// <param name="Upper">High end of it.</param>
/// <param name="Bootstrap">The interval between percentiles of estimates from rows drawn again; null where none were drawn.</param>
public readonly record struct OffPolicyEstimate(
    OffPolicyEstimator Estimator, double Value, double StandardError, double Lower, double Upper, BootstrapInterval? Bootstrap = null);

/// <summary>An interval between percentiles of draws.</summary>
/// <param name="Lower">Its low end.</param>
/// <param name="Upper">Its high end.</param>
public readonly record struct BootstrapInterval(double Lower, double Upper);

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
/// <param name="Threshold">τ of Switch-DR, given or chosen; null without a model of rewards.</param>
/// <param name="Shrinkage">λ of DRos, likewise.</param>
/// <param name="Estimates">
/// The estimates in the order of <see cref="OffPolicyEstimator"/>; without a model of rewards IPW and SNIPW alone.
/// </param>
/// <param name="Warnings">Why the figures may mislead; none where there is no reason to think so.</param>
public sealed record OffPolicyResult(
    long Count,
    double EffectiveSampleSize,
    double MeanWeight,
    double LargestWeight,
    long ClippedRows,
    double? Threshold,
    double? Shrinkage,
    IReadOnlyList<OffPolicyEstimate> Estimates,
    IReadOnlyList<string> Warnings)
{
    /// <summary>One of the estimates.</summary>
    /// <exception cref="InvalidOperationException">It takes a model of rewards, and there is none.</exception>
    public OffPolicyEstimate this[OffPolicyEstimator estimator] => Estimates.First(estimate => estimate.Estimator == estimator);
}
