namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// What a row of the feature table carries: v of order 2, 3, … d, each padded to whole vectors of zeros; then what the learner
/// remembers: AdaGrad sums of squared gradients in the same form, and one more vector whose first number is that of w; MCMC the mean over samples, factors and one more
/// vector whose first number is w̄.
/// </summary>
/// <param name="Rank">k.</param>
/// <param name="Order">d.</param>
/// <param name="Learner">Whose state there is.</param>
/// <param name="MeanRank">Factors of the mean over samples of MCMC; 0 with other learners.</param>
public readonly record struct FmShape(int Rank, int Order, FmLearner Learner, int MeanRank)
{
    /// <summary>The shape for these settings.</summary>
    public static FmShape Of(FmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FmShape(options.Rank, options.Order, options.Learner, options.Learner == FmLearner.Mcmc && options.Rank > 0 ? options.MeanRank : 0);
    }

    /// <summary>Floats of v of one order: k rounded up to whole vectors.</summary>
    public int Stride => Rank == 0 ? 0 : FactorTable.StrideOf(Rank);

    /// <summary>Floats of v of all orders.</summary>
    public int FactorWidth => (Order - 1) * Stride;

    /// <summary>Where v of an order, 2 to d, begins in a row.</summary>
    public int StartOf(int order) => (order - 2) * Stride;

    /// <summary>Where the learner's state begins in a row.</summary>
    public int StateStart => FactorWidth;

    /// <summary>Floats of the factors of the mean.</summary>
    public int MeanWidth => MeanRank == 0 ? 0 : FactorTable.StrideOf(MeanRank);

    /// <summary>Where w̄ stands in a row.</summary>
    public int MeanWeight => StateStart + MeanWidth;

    /// <summary>Floats of a row.</summary>
    public int Width => Learner switch
    {
        FmLearner.AdaGrad => (2 * FactorWidth) + FactorTable.Lanes,
        FmLearner.Mcmc => MeanWeight + FactorTable.Lanes,
        _ => FactorWidth,
    };

    /// <summary>Rows of the table: of the features and the intercept; then one a group whose λ is learned, or those that <see cref="Sampling.MeanProbes"/> takes.</summary>
    /// <param name="features">Number of features.</param>
    /// <param name="groups">Groups of features.</param>
    public int RowsFor(int features, int groups) => features + 1 + Learner switch
    {
        FmLearner.AdaptiveSgd => groups,
        FmLearner.Mcmc => Sampling.MeanProbes.Rows,
        _ => 0,
    };
}
