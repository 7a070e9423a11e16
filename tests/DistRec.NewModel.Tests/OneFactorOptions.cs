using DistRec.Models;
using DistRec.Models.Settings;

namespace DistRec.NewModel.Tests;

/// <summary>Settings of <c>one-factor</c>: r̂_ui = μ + p_u q_i, a number for each user and item, by alternating least squares.</summary>
public sealed record OneFactorOptions : ModelOptions
{
    public override string Kind => "one-factor";

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int FactorCount => 1;

    public override int UsualEpochs => 12;

    public override int UsualPatience => 3;

    public override bool RemembersRows => false;

    /// <summary>How many ratings at the mean a row is damped with, above 0 and at most 100.</summary>
    [Setting("How many ratings at the mean a row is damped with", Above = 0, Maximum = 100, Advice = "2 is a good start")]
    public float Damping { get; init; } = 2;

    /// <summary>Keys every random draw.</summary>
    public ulong Seed { get; init; } = 42;

    public override IRowSolver CreateSolver() => new OneFactorSolver(this);
}
