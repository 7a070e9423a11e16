namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>What a <see cref="CanaryTest"/> has come to.</summary>
/// <param name="Control">What was observed of the control.</param>
/// <param name="Canary">What was observed of the canary.</param>
/// <param name="Worse">Wealth of each gambler on "worse by more than the margin".</param>
/// <param name="NotWorse">Wealth of each gambler on the opposite.</param>
/// <param name="WorsePValue">Always-valid p value of "not worse by more than the margin".</param>
/// <param name="NotWorsePValue">Always-valid p value of "worse by the margin or more".</param>
/// <param name="Decision">The first decision that was reached.</param>
public sealed record CanaryEvidence(
    ArmStatistics Control,
    ArmStatistics Canary,
    double[] Worse,
    double[] NotWorse,
    double WorsePValue,
    double NotWorsePValue,
    CanaryDecision Decision)
{
    internal static CanaryEvidence AtStart(int gamblers)
    {
        double[] ones = [.. Enumerable.Repeat(1.0, gamblers)];
        return new CanaryEvidence(default, default, ones, ones, 1, 1, CanaryDecision.Continue);
    }
}
