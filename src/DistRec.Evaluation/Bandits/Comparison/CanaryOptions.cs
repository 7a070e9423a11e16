using DistRec.Data;

namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>What is to become of a canary.</summary>
public enum CanaryDecision
{
    /// <summary>Nothing is proved yet.</summary>
    Continue,

    /// <summary>Its rate is lower than the control's by more than the margin.</summary>
    RollBack,

    /// <summary>Its rate is not lower than the control's by more than the margin.</summary>
    Accept,
}

/// <summary>What a canary is tested against, and how often the test may be wrong.</summary>
/// <param name="Margin">
/// δ: the loss of rate that is tolerated, from 0 to below 1 and absolute: 0.005 is half a percentage point. With 0 a canary as good as
/// the control is neither rolled back nor accepted; who wants it accepted says by how little it may be worse.
/// </param>
/// <param name="FalseRollBacks">α: how probable it may be that a canary within the margin is ever rolled back.</param>
/// <param name="FalseAccepts">β: how probable it may be that a canary beyond the margin is ever accepted.</param>
public sealed record CanaryOptions(double Margin = 0, double FalseRollBacks = 0.05, double FalseAccepts = 0.05)
{
    internal void Check()
    {
        Require(Margin is >= 0 and < 1, "margin of the canary", "a loss from 0 to below 1", Margin, "half a percentage point is 0.005");
        Require(FalseRollBacks is > 0 and < 1, "false roll-backs", "a probability between 0 and 1", FalseRollBacks, "0.05 is usual");
        Require(FalseAccepts is > 0 and < 1, "false accepts", "a probability between 0 and 1", FalseAccepts, "0.05 is usual");
    }

    private static void Require(bool holds, string place, string expected, double found, string advice)
    {
        if (!holds)
        {
            throw InputException.At(place, expected, $"{found}", advice);
        }
    }
}
