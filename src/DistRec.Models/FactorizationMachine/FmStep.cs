namespace DistRec.Models.FactorizationMachine;

/// <summary>What one pass of stochastic gradient descent goes by.</summary>
/// <param name="Loss">The loss of a row; not <see cref="FmLoss.OfTask"/>.</param>
/// <param name="Rate">γ.</param>
/// <param name="Regularization">λ of the factors v.</param>
/// <param name="WeightRegularization">λ of the weights w.</param>
/// <param name="Insensitivity">ε of <see cref="FmLoss.EpsilonInsensitive"/>.</param>
public readonly record struct FmStep(FmLoss Loss, float Rate, float Regularization, float WeightRegularization, float Insensitivity)
{
    /// <summary>The rates of an epoch.</summary>
    public static FmStep Of(FmOptions options, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FmStep(FmLosses.Of(options), (float)learningRate, options.Regularization, options.WeightRegularization, options.Insensitivity);
    }
}
