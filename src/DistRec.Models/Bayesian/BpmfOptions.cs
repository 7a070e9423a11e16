using DistRec.Models.Settings;

namespace DistRec.Models.Bayesian;

/// <summary>Settings of <c>bpmf</c>: Bayesian probabilistic matrix factorization by Gibbs sampling ([SM08]), with biases.</summary>
public sealed record BpmfOptions : ModelOptions
{
    public override string Kind => ModelKinds.Bpmf;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int FactorCount => Rank;

    public override int UsualEpochs => 120;

    public override bool Averages => true;

    /// <summary>Number of factors, k, 1 to 512.</summary>
    [Setting("Number of factors", Minimum = 1, Maximum = MaximumSampledRank, Advice = "32 is a good start")]
    public int Rank { get; init; } = 32;

    /// <summary>α, the precision of a rating around its prediction: 1 over the noise's variance, above 0.</summary>
    [Setting("1 over the variance of a rating around its prediction", Above = 0)]
    public float Precision { get; init; } = 1.5f;

    /// <summary>Epochs that are drawn but not averaged, at least 0.</summary>
    [Setting("Epochs that are drawn but not averaged")]
    public int BurnIn { get; init; } = 15;

    /// <summary>β₀, how many rows at zero the prior of a mean counts as, above 0.</summary>
    [Setting("How many rows at zero the prior of a side's mean counts as", Above = 0)]
    public float PriorStrength { get; init; } = 2f;

    /// <summary>v, the variance of a factor that the prior of a side's precision is centred at, W₀⁻¹ = ν₀vI with ν₀ = k + 1, above 0.</summary>
    [Setting("Variance of a factor that the prior of a side's precision is centred at", Above = 0)]
    public float PriorVariance { get; init; } = 0.5f;

    /// <summary>Standard deviation of the initial factors times √k.</summary>
    [Setting("Standard deviation of the initial factors times the root of the rank", Above = 0)]
    public float InitialScale { get; init; } = 1f;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    public override ModelOptions FittedTo(int epochs, Func<string, bool> isGiven)
    {
        ArgumentNullException.ThrowIfNull(isGiven);
        return isGiven("burn-in") ? this : this with { BurnIn = MostBurnIn(BurnIn, epochs) };
    }

    public override int WidthOf(Side side) => BpmfTables.WidthOf(Rank);

    public override IRowSolver CreateSolver() => new BpmfSolver(this);

    public override FactorModel ToModel(FactorModel trained) => BpmfTables.ToModel(trained, this);

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check(BurnIn >= 0 && BurnIn < epochs, "burn-in", $"0 to {epochs - 1}, fewer than the epochs", BurnIn, "a third of the epochs is plenty");
    }
}
