using DistRec.Models.Settings;

namespace DistRec.Models.MatrixFactorization;

/// <summary>Settings of <c>mf</c>: biased matrix factorization by stochastic gradient descent ([KBV09]).</summary>
public sealed record MfOptions : ModelOptions
{
    public override string Kind => ModelKinds.Mf;

    public override TrainingScheme Scheme => TrainingScheme.BlockSgd;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 60;

    public override int UsualPatience => 5;

    public override double FirstLearningRate => LearningRate;

    public override double RateDecay => LearningRateDecay;

    public override double InitialSpread => InitialScale;

    /// <summary>Number of factors, k, 1 to 1,024.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumRank, Advice = "64 is a good start")]
    public int Rank { get; init; } = 64;

    /// <summary>γ of the first epoch, above 0.</summary>
    [Setting("Step of the first epoch", Above = 0)]
    public float LearningRate { get; init; } = 0.02f;

    /// <summary>What γ is multiplied with after every epoch, above 0 and at most 1.</summary>
    [Setting("What the step is multiplied with after every epoch", Above = 0, Maximum = 1, Advice = "1 keeps the rate")]
    public float LearningRateDecay { get; init; } = 0.95f;

    /// <summary>λ of the factors, at least 0.</summary>
    [Setting("Lambda of the factors", Minimum = 0)]
    public float Regularization { get; init; } = 0.05f;

    /// <summary>λ of the biases, at least 0.</summary>
    [Setting("Lambda of the biases", Minimum = 0)]
    public float BiasRegularization { get; init; } = 0.01f;

    /// <summary>Whether the prediction has b_u + b_i beside μ.</summary>
    [Setting("Factors alone, without user and item biases", Name = "no-biases")]
    public bool Biases { get; init; } = true;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;
}
