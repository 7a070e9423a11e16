using DistRec.Models.ImplicitAls;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench implicit</c>: iterations of implicit ALS.</summary>
internal sealed class BenchImplicitVerb : BenchAlternatingVerb
{
    public override string Name => "implicit";

    public override string Summary => "Times iterations of implicit ALS on generated interactions";

    public override IReadOnlyList<OptionDefinition> Options => [.. BenchShape.Options, .. BenchShape.ImplicitOptions, Json];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec bench implicit --rank 64 --threads 2 --json", "a data set of MovieLens 20M's size, solved exactly"),
        ("distrec bench implicit --rank 64 --threads 2 --method cg", "by three steps of conjugate gradients"),
    ];

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Model = new ImplicitAlsOptions { Rank = shape.Rank, Method = shape.Method } };
}
