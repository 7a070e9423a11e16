namespace DistRec.Models.Feedback;

/// <summary>What one pass of stochastic gradient descent goes by.</summary>
/// <param name="Units">What ratings are to the descent.</param>
/// <param name="Rate">γ of p_u and q_i.</param>
/// <param name="BiasRate">γ of the biases.</param>
/// <param name="FeedbackRate">γ of x_j and y_j.</param>
/// <param name="Regularization">λ of p_u and q_i.</param>
/// <param name="BiasRegularization">λ of the biases.</param>
/// <param name="FeedbackRegularization">λ of x_j and y_j.</param>
/// <param name="NeighborRate">γ of w_ij and c_ij.</param>
/// <param name="NeighborRegularization">λ of w_ij and c_ij.</param>
public readonly record struct FeedbackStep(
    RatingUnits Units, float Rate, float BiasRate, float FeedbackRate, float Regularization, float BiasRegularization, float FeedbackRegularization,
    float NeighborRate = 0, float NeighborRegularization = 0)
{
    /// <summary>The rates of an epoch whose γ of p_u and q_i is given; the others keep their ratio to it.</summary>
    public static FeedbackStep Of(FeedbackOptions options, RatingUnits units, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(options);
        double share = learningRate / options.FirstLearningRate;
        return new FeedbackStep(
            units,
            (float)(options.LearningRate * share),
            (float)(options.BiasLearningRate * share),
            (float)(options.FeedbackLearningRate * share),
            options.Regularization,
            options.BiasRegularization,
            options.FeedbackRegularization,
            (float)(options.NeighborLearningRate * share),
            options.NeighborRegularization);
    }
}
