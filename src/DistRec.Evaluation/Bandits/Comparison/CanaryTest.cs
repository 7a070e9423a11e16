using DistRec.Data;

namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>
/// Sequential test of a canary against its control: may be looked at after every impression, and stopped whenever one likes, without
/// losing its error bounds.
/// </summary>
/// <remarks>
/// <para>
/// An impression goes to the canary with a known probability π and gets a reward y from 0 to 1. With any m known before, x = (y − m)/(1 −
/// π) for the control and −(y − m)/π for the canary has the mean Δ = control's rate − canary's rate, given all that went before: an
/// estimate by inverse propensities around a baseline (Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro, "Anytime-valid off-policy
/// inference for contextual bandits", 2022). m is the mean reward so far, which keeps x small.
/// </para>
/// <para>
/// Against "Δ ≤ δ" a gambler starts with 1 and bets the share c of its wealth that x will exceed δ: wealth is multiplied by 1 + c (x −
/// δ)/b, b being the most that δ − x can come to. While Δ ≤ δ its expected wealth never grows, so it reaches 1/α with a probability of at
/// most α, whenever one looks (Ville's inequality; Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", JRSS
/// B 2024). Twelve gamblers with c = 2^(−j/2) for j = 1 … 12 share the start, so that nobody needs to know how large the difference is,
/// and their mean wealth is the e-value. Against "Δ ≥ δ" twelve others bet on the opposite. The first of both to reach 1/α or 1/β
/// decides.
/// </para>
/// <para>
/// So P(ever RollBack) ≤ α while Δ ≤ δ, and P(ever Accept) ≤ β while Δ ≥ δ; Δ may drift with time of day as long as it stays on its side.
/// Nothing is assumed of rewards but their range. What it takes: π is what the draw was made with; users who return to their arm are
/// observed once (their first impression, or one sum), since their arm is not drawn again; and impressions are observed in an order that
/// does not hang on their rewards, such as that in which the time for their clicks runs out.
/// </para>
/// </remarks>
public sealed class CanaryTest
{
    private const int Gamblers = 12;

    // Wealth above it is given away, which no bound minds, so that nothing overflows.
    private const double Enough = 1e100;

    private static readonly double[] Shares = [.. Enumerable.Range(1, Gamblers).Select(gambler => Math.Pow(2, -gambler / 2.0))];

    private readonly CanaryOptions _options;
    private readonly double[] _worse, _notWorse;

    /// <summary>A test, from its start or from what was kept of it.</summary>
    /// <param name="options">What is tested.</param>
    /// <param name="kept">What <see cref="Keep"/> gave.</param>
    /// <exception cref="InputException">An option is out of its range, or what was kept is not of such a test.</exception>
    public CanaryTest(CanaryOptions options, CanaryEvidence? kept = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        options.Check();
        kept ??= CanaryEvidence.AtStart(Gamblers);
        if (kept.Worse.Length != Gamblers || kept.NotWorse.Length != Gamblers)
        {
            throw InputException.At(
                "evidence of a canary",
                $"the wealth of {Gamblers} gamblers on each side",
                $"{kept.Worse.Length} and {kept.NotWorse.Length}",
                "begin the test again");
        }

        (Control, Canary, Decision) = (kept.Control, kept.Canary, kept.Decision);
        (WorsePValue, NotWorsePValue) = (kept.WorsePValue, kept.NotWorsePValue);
        (_worse, _notWorse) = ([.. kept.Worse], [.. kept.NotWorse]);
    }

    /// <summary>What was observed of the control.</summary>
    public ArmStatistics Control { get; private set; }

    /// <summary>What was observed of the canary.</summary>
    public ArmStatistics Canary { get; private set; }

    /// <summary>The first decision that was reached; it stands.</summary>
    public CanaryDecision Decision { get; private set; }

    /// <summary>
    /// The e-value against "not worse by more than the margin": mean wealth, 1 at the start; has an expectation of at most 1 where that
    /// is true.
    /// </summary>
    public double WorseEvidence => _worse.Average();

    /// <summary>The e-value against "worse by the margin or more".</summary>
    public double NotWorseEvidence => _notWorse.Average();

    /// <summary>
    /// Always-valid p value of "not worse by more than the margin": 1 over the highest evidence so far. The probability that it ever is p
    /// or less is at most p where that is true.
    /// </summary>
    public double WorsePValue { get; private set; }

    /// <summary>Always-valid p value of "worse by the margin or more".</summary>
    public double NotWorsePValue { get; private set; }

    /// <summary>All that the test needs to go on elsewhere, with the same bits.</summary>
    public CanaryEvidence Keep() => new(Control, Canary, [.. _worse], [.. _notWorse], WorsePValue, NotWorsePValue, Decision);

    /// <summary>Observes an impression whose reward is known for good. After a decision, evidence goes on and the decision stays.</summary>
    /// <param name="isCanary">Whether the canary gave it.</param>
    /// <param name="reward">From 0 to 1.</param>
    /// <param name="canaryShare">π: how probable it was that the canary would give it, between 0 and 1.</param>
    /// <returns>The decision so far.</returns>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public CanaryDecision Observe(bool isCanary, double reward, double canaryShare)
    {
        if (!(canaryShare is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(canaryShare), canaryShare, "expected a probability between 0 and 1: where one arm gets all, nothing is compared");
        }

        // m, as if half a reward in one impression had been seen before, is never 0 or 1.
        double mean = (0.5 + Control.Rewards.ToDouble() + Canary.Rewards.ToDouble()) / (1 + Control.Impressions + Canary.Impressions);
        double control = 1 / (1 - canaryShare), canary = 1 / canaryShare;
        if (isCanary)
        {
            Canary = Canary.AddImpression().AddReward(reward);
        }
        else
        {
            Control = Control.AddImpression().AddReward(reward);
        }

        double x = (reward - mean) * (isCanary ? -canary : control);
        double lowest = -Math.Max(mean * control, (1 - mean) * canary);
        double highest = Math.Max((1 - mean) * control, mean * canary);
        double margin = _options.Margin;
        WorsePValue = Math.Min(WorsePValue, Bet(_worse, (x - margin) / (margin - lowest)));

        // Where x never exceeds the margin there is nothing to lose by betting on that, and no bet that is fair: none is made.
        NotWorsePValue = Math.Min(NotWorsePValue, Bet(_notWorse, highest > margin ? (margin - x) / (highest - margin) : 0));
        if (Decision == CanaryDecision.Continue)
        {
            Decision = WorsePValue <= _options.FalseRollBacks ? CanaryDecision.RollBack
                : NotWorsePValue <= _options.FalseAccepts ? CanaryDecision.Accept
                : CanaryDecision.Continue;
        }

        return Decision;
    }

    // Wealth after a bet whose loss is at most the stake; returns 1 over the mean of it.
    private static double Bet(double[] wealth, double gain)
    {
        double sum = 0;
        for (int gambler = 0; gambler < Gamblers; gambler++)
        {
            wealth[gambler] = Math.Min(Enough, wealth[gambler] * (1 + (Shares[gambler] * gain)));
            sum += wealth[gambler];
        }

        return Math.Min(1, Gamblers / sum);
    }
}
