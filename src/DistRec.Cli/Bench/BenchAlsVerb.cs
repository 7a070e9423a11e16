using DistRec.Models.Als;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench als</c>: iterations of exact alternating least squares.</summary>
internal sealed class BenchAlsVerb : BenchAlternatingVerb
{
    public override string Name => "als";

    public override string Summary => "Times iterations of exact ALS on generated ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench als --ratings 20000000 --users 138000 --items 27000 --rank 64 --threads 2 --json", "a data set of MovieLens 20M's size")];

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Model = new AlsOptions { Rank = shape.Rank } };
}
