namespace DistRec.Models.FactorizationMachine;

/// <summary>Settings of <c>fm</c>.</summary>
public sealed record FmOptions
{
    /// <summary>What is predicted.</summary>
    public FmTask Task { get; init; }

    /// <summary>How parameters are learned.</summary>
    public FmLearner Learner { get; init; }

    /// <summary>What a row costs; SGD alone, and the task's own for ranking.</summary>
    public FmLoss Loss { get; init; }

    /// <summary>ε of <see cref="FmLoss.EpsilonInsensitive"/>: errors up to it cost nothing, at least 0.</summary>
    public float Insensitivity { get; init; } = 0.1f;

    /// <summary>0 for <c>fm</c>; of <c>poly-svm</c> the degree of its polynomial, 1 or 2: a linear model over features, and over observed pairs of them.</summary>
    public int Degree { get; init; }

    /// <summary>Number of factors, k, 0 (a linear model) to 1,024.</summary>
    public int Rank { get; init; } = 32;

    /// <summary>d: interactions of up to that many features, 2 to 5; above 2 with SGD alone.</summary>
    public int Order { get; init; } = 2;

    /// <summary>γ of the first epoch, above 0; SGD alone.</summary>
    public float LearningRate { get; init; } = 0.01f;

    /// <summary>What γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    public float LearningRateDecay { get; init; } = 1;

    /// <summary>λ of the factors v, at least 0; where SGDA begins; unused by MCMC.</summary>
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the weights w, at least 0; where SGDA begins; unused by MCMC.</summary>
    public float WeightRegularization { get; init; } = 0.01f;

    /// <summary>Standard deviation of the initial v.</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Epochs of MCMC that are not averaged, at least 0.</summary>
    public int BurnIn { get; init; } = 20;

    /// <summary>
    /// How many samples MCMC keeps, 1 to 256, each drawn together from as many of the later epochs (<see cref="Sampling.SampleKeeper"/>): predictions are the mean over them.
    /// </summary>
    public int KeptSamples { get; init; } = 8;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Settings that suit a task and a learner, found by validation on MovieLens ratings and, for classification, on a9a.</summary>
    public static FmOptions For(FmTask task, FmLearner learner)
    {
        FmOptions options = learner switch
        {
            FmLearner.Sgd when task == FmTask.Ranking => new() { Rank = 64, LearningRate = 0.05f, Regularization = 0.01f, InitialScale = 0.0125f },
            FmLearner.AdaGrad when task == FmTask.Ranking => new() { Rank = 64, LearningRate = 0.1f, Regularization = 0.01f, InitialScale = 0.0125f },
            FmLearner.Sgd when task == FmTask.Classification => new() { Rank = 8, Regularization = 0.01f, WeightRegularization = 1e-4f, InitialScale = 0.05f },
            FmLearner.Sgd => new() { Rank = 64, LearningRate = 0.025f, LearningRateDecay = 0.95f, Regularization = 0.07f, InitialScale = 0.0125f },
            FmLearner.AdaGrad => new() { Rank = 64, LearningRate = 0.03f, Regularization = 0.1f, InitialScale = 0.0125f },
            FmLearner.AdaptiveSgd => new() { Rank = 64, LearningRate = 0.01f, LearningRateDecay = 0.97f, InitialScale = 0.0125f },
            FmLearner.Als => new() { Regularization = 12, WeightRegularization = 2, InitialScale = 0.02f },
            _ => new(),
        };
        return options with { Task = task, Learner = learner };
    }

    /// <summary>Settings that suit <c>poly-svm</c>: a linear model of the losses of support vector machines.</summary>
    public static FmOptions ForPolynomial(FmTask task) => new()
    {
        Task = task, Degree = 2, Rank = 0, Loss = task == FmTask.Classification ? FmLoss.Hinge : FmLoss.EpsilonInsensitive,
        LearningRate = task == FmTask.Classification ? 5e-4f : 0.01f,
    };

    /// <summary>Whether parameters are learned one after the other over cached errors, and not row by row.</summary>
    public bool Sweeps => Learner is FmLearner.Als or FmLearner.Mcmc;
}
