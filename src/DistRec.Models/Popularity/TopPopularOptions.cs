using DistRec.Models.Settings;

namespace DistRec.Models.Popularity;

/// <summary>Settings of <c>top-popular</c>, of which there are none: an item's score is how many users have interacted with it.</summary>
public sealed record TopPopularOptions : ModelOptions
{
    public override string Kind => ModelKinds.TopPopular;

    public override TrainingScheme Scheme => TrainingScheme.Alternating;

    public override int UsualEpochs => 1;

    public override bool IsImplicit => true;

    public override bool DropsZeros => true;

    public override bool RemembersRows => false;

    public override (float Minimum, float Maximum)? ScoreRange => (0, float.MaxValue);

    public override IRowSolver CreateSolver() => new TopPopularSolver();

    public override string? WhyUnused(string name) => name == JobSettings.Patience ? $"{Kind} counts once" : base.WhyUnused(name);

    protected override void CheckTogether(int epochs, Action<bool, string, string, object, string> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check(epochs == 1, "epochs", $"1, since {Kind} counts once", epochs, "leave it out");
    }
}
