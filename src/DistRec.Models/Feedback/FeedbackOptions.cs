namespace DistRec.Models.Feedback;

/// <summary>Settings of <c>svd++</c>, <c>asvd</c> and <c>nsvd</c>.</summary>
public sealed record FeedbackOptions
{
    /// <summary>Which of the three.</summary>
    public FeedbackForm Form { get; init; }

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>γ of p_u and q_i in the first epoch, above 0.</summary>
    public float LearningRate { get; init; } = 0.015f;

    /// <summary>γ of the biases in the first epoch, above 0.</summary>
    public float BiasLearningRate { get; init; } = 0.005f;

    /// <summary>γ of x_j and y_j in the first epoch, above 0.</summary>
    public float FeedbackLearningRate { get; init; } = 0.002f;

    /// <summary>What every γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    public float LearningRateDecay { get; init; } = 0.97f;

    /// <summary>λ of p_u and q_i, at least 0.</summary>
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the biases, at least 0.</summary>
    public float BiasRegularization { get; init; } = 0.01f;

    /// <summary>λ of x_j and y_j, at least 0.</summary>
    public float FeedbackRegularization { get; init; } = 0.001f;

    /// <summary>Standard deviation of the initial p_u and q_i times √k; x_j and y_j begin at 0.</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Settings that suit each of the three, found by validation on MovieLens ratings.</summary>
    public static FeedbackOptions For(FeedbackForm form) => form switch
    {
        FeedbackForm.Asymmetric => new()
        {
            Form = form, LearningRate = 0.01f, Regularization = 0.02f, FeedbackLearningRate = 0.003f,
        },
        FeedbackForm.Nsvd => new()
        {
            Form = form, LearningRate = 0.02f, LearningRateDecay = 0.95f, Regularization = 0.07f, FeedbackLearningRate = 0.02f, FeedbackRegularization = 0.005f,
        },
        _ => new() { Form = form },
    };
}
