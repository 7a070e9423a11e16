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

    /// <summary>Whether parameters are learned one after the other over cached errors, and not row by row.</summary>
    public bool Sweeps => Learner is FmLearner.Als or FmLearner.Mcmc;
}
