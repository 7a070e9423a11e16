using DistRec.Models.Bayesian;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench bpmf</c>: epochs of Gibbs sampling.</summary>
internal sealed class BenchBpmfVerb : BenchAlternatingVerb
{
    public override string Name => "bpmf";

    public override string Summary => "Times epochs of Bayesian matrix factorization by Gibbs sampling on generated ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench bpmf --rank 64 --threads 2 --json", "a data set of MovieLens 20M's size; compare with distrec bench als")];

    protected override TrainingSettings SettingsOf(BenchShape shape) =>
        new() { Model = new BpmfOptions { Rank = shape.Rank, BurnIn = 0 } };
}
