namespace DistRec.Models.MatrixFactorization;

/// <summary>What one pass of stochastic gradient descent goes by.</summary>
/// <param name="Units">What ratings are to the descent.</param>
/// <param name="Rate">γ of the factors.</param>
/// <param name="BiasRate">γ of the biases; 0 keeps them where they are.</param>
/// <param name="Regularization">λ of the factors.</param>
/// <param name="BiasRegularization">λ of the biases.</param>
public readonly record struct MfStep(RatingUnits Units, float Rate, float BiasRate, float Regularization, float BiasRegularization);
