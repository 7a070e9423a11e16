namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>
/// What a row adds to the sums that all estimates are made of; added up, those sums. With w = π/p, clipped where that is asked for, d =
/// Σ_a π(a) q̂(a) and e = r − q̂(chosen), over n rows:
/// <code>
/// DM        Σd/n
/// IPW       Σwr/n
/// SNIPW     Σwr/Σw                      Swaminathan, Joachims, "The self-normalized estimator for counterfactual learning", NIPS 2015
/// DR        Σ(d + we)/n                 Dudík, Erhan, Langford, Li, "Doubly robust policy evaluation and optimization", 2014
/// SNDR      Σd/n + Σwe/Σw               Thomas, Brunskill, "Data-efficient off-policy policy evaluation", ICML 2016, for one step
/// Switch-DR Σ(d + w[w ≤ τ]e)/n          Wang, Agarwal, Dudík, "Optimal and adaptive off-policy evaluation", ICML 2017
/// DRos      Σ(d + λw/(w² + λ) e)/n      Su et al., "Doubly robust off-policy evaluation with shrinkage", ICML 2020
/// </code>
/// w is never clipped in the last two.
/// </summary>
internal struct RowTerms
{
    public double Weight;
    public double Rewarded;
    public double Direct;
    public double Corrected;
    public double Switched;
    public double Shrunk;

    /// <summary>Of one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="largestWeight">What weights are clipped to.</param>
    /// <param name="threshold">τ.</param>
    /// <param name="shrinkage">λ.</param>
    public static RowTerms Of(in LoggedOutcome row, double largestWeight, double threshold, double shrinkage)
    {
        double ratio = row.TargetProbability / row.Propensity, weight = Math.Min(ratio, largestWeight);
        RowTerms terms = new() { Weight = weight, Rewarded = weight * row.Reward };
        if (row.Model is { } model)
        {
            double error = row.Reward - model.OfChosen;
            terms.Direct = model.OfTarget;
            terms.Corrected = weight * error;
            terms.Switched = SwitchedWeight(ratio, threshold) * error;
            terms.Shrunk = ShrunkWeight(ratio, shrinkage) * error;
        }

        return terms;
    }

    /// <summary>w where it is at most τ, else 0.</summary>
    public static double SwitchedWeight(double weight, double threshold) => weight <= threshold ? weight : 0;

    /// <summary>λ w/(w² + λ), which is at most √λ/2.</summary>
    public static double ShrunkWeight(double weight, double shrinkage) =>
        shrinkage > 0 ? weight / ((weight * (weight / shrinkage)) + 1) : 0;

    /// <summary>The estimate of sums over some rows.</summary>
    public readonly double Value(OffPolicyEstimator estimator, long rows) => estimator switch
    {
        OffPolicyEstimator.Dm => Direct / rows,
        OffPolicyEstimator.Ipw => Rewarded / rows,
        OffPolicyEstimator.Snipw => OverWeights(Rewarded),
        OffPolicyEstimator.Dr => (Direct + Corrected) / rows,
        OffPolicyEstimator.Sndr => (Direct / rows) + OverWeights(Corrected),
        OffPolicyEstimator.SwitchDr => (Direct + Switched) / rows,
        OffPolicyEstimator.DrOs => (Direct + Shrunk) / rows,
        _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, "expected an estimator"),
    };

    /// <summary>
    /// How far a row moves an estimate, times n: its term less the mean of all, and for quotients their derivative (the delta method:
    /// Owen, "Monte Carlo theory, methods and examples", 2013, section 9.2).
    /// </summary>
    /// <param name="estimator">The estimate.</param>
    /// <param name="sums">Sums over all rows.</param>
    /// <param name="rows">How many there are.</param>
    public readonly double Influence(OffPolicyEstimator estimator, in RowTerms sums, long rows)
    {
        double mean = sums.Weight / rows;
        return estimator switch
        {
            OffPolicyEstimator.Snipw => mean > 0 ? (Rewarded - (Weight * sums.OverWeights(sums.Rewarded))) / mean : 0,
            OffPolicyEstimator.Sndr => Direct - (sums.Direct / rows)
                + (mean > 0 ? (Corrected - (Weight * sums.OverWeights(sums.Corrected))) / mean : 0),
            _ => Value(estimator, 1) - sums.Value(estimator, rows),
        };
    }

    /// <summary>Adds a row as often as it counts.</summary>
    public void Add(in RowTerms other, int count = 1)
    {
        Weight += count * other.Weight;
        Rewarded += count * other.Rewarded;
        Direct += count * other.Direct;
        Corrected += count * other.Corrected;
        Switched += count * other.Switched;
        Shrunk += count * other.Shrunk;
    }

    private readonly double OverWeights(double sum) => Weight > 0 ? sum / Weight : 0;
}
