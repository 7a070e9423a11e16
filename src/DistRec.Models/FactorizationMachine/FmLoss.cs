using System.Runtime.CompilerServices;

namespace DistRec.Models.FactorizationMachine;

/// <summary>What a row's score ŷ costs against its target y.</summary>
public enum FmLoss
{
    /// <summary>The one of the task: squared for regression, logistic for classification, pairwise logistic for ranking.</summary>
    OfTask,

    /// <summary>½(ŷ − y)².</summary>
    Squared,

    /// <summary>−ln of the probability of y, which is 0 or 1: ln(1 + e^ŷ) − y ŷ.</summary>
    Logistic,

    /// <summary>max(0, 1 − (2y − 1) ŷ), y being 0 or 1.</summary>
    Hinge,

    /// <summary>max(0, |ŷ − y| − ε).</summary>
    EpsilonInsensitive,
}

/// <summary>Slopes of the losses, and what training reports of a row.</summary>
internal static class FmLosses
{
    /// <summary>The loss that settings ask for.</summary>
    public static FmLoss Of(FmOptions options) => (options.Loss, options.Task) switch
    {
        (FmLoss.OfTask, FmTask.Regression) => FmLoss.Squared,
        (FmLoss.OfTask, _) => FmLoss.Logistic,
        _ => options.Loss,
    };

    /// <summary>∂loss/∂ŷ of one row.</summary>
    /// <param name="step">Which loss.</param>
    /// <param name="score">ŷ.</param>
    /// <param name="target">y.</param>
    /// <param name="measure">Grows by (ŷ − y)², or (σ(ŷ) − y)² for classification; no more finite after a score that is not.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Slope(in FmStep step, float score, float target, ref double measure)
    {
        float error = score - target;
        if (step.Loss == FmLoss.Squared)
        {
            measure += error * error;
            return error;
        }

        return OtherSlope(step, score, target, ref measure);
    }

    /// <summary>σ(x) = 1 / (1 + e^−x).</summary>
    public static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    /// <summary>−ln σ(d) = ln(1 + e^−d) of a difference of scores; not finite where that is not.</summary>
    public static double PairLoss(float difference) =>
        Math.Max(0.0, -difference) + Math.Log(1 + Math.Exp(-Math.Abs((double)difference))) + (0 * difference);

    private static float OtherSlope(in FmStep step, float score, float target, ref double measure)
    {
        float error = score - target;
        if (step.Loss == FmLoss.EpsilonInsensitive)
        {
            measure += error * error;
            return MathF.Abs(error) > step.Insensitivity ? MathF.CopySign(1, error) : 0 * error;
        }

        // The last term is 0, or NaN for a score that is not finite: σ alone would hide it.
        error = Sigmoid(score) - target;
        measure += (error * error) + (0 * score);
        float sign = (2 * target) - 1;
        return step.Loss == FmLoss.Logistic ? error : sign * score < 1 ? -sign : 0;
    }
}
