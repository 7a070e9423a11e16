using DistRec.Models.Settings;

namespace DistRec.Models.Baseline;

/// <summary>Settings of <c>baseline</c>: r̂_ui = μ + b_u + b_i ([KBV09], equation 3).</summary>
public sealed record BaselineOptions : ModelOptions
{
    public override string Kind => ModelKinds.Baseline;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int UsualEpochs => 15;

    public override int UsualPatience => 3;

    public override bool RemembersRows => false;

    /// <summary>λ_u: how many ratings at the mean a user's bias is damped with, at least 0.</summary>
    [Setting("Lambda of user biases", Minimum = 0)]
    public float UserRegularization { get; init; } = 5f;

    /// <summary>λ_i: likewise for an item's bias, at least 0.</summary>
    [Setting("Lambda of item biases", Minimum = 0)]
    public float ItemRegularization { get; init; } = 3f;

    public override IRowSolver CreateSolver() => new BaselineSolver(this);
}
