using DistRec.Cli.Training;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec train</c>: ratings in, a model folder out.</summary>
internal sealed class TrainVerb : Verb
{
    public override string Name => "train";

    public override string Summary => "Trains a model on ratings and saves it";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec train", "generated ratings, matrix factorization: takes seconds"),
        ("distrec train --data ml-latest-small --model als --rank 32 --out runs/als", "a published data set, downloaded once"),
        ("distrec train --train u1.base --test u1.test --model mf --learning-rate 0.01", "a split that came as two files"),
        ("distrec train --job job.yaml --epochs 5 --json", "options of a file, one of them replaced, for a script"),
        ("distrec train --data ratings.csv --checkpoint-every 1 --resume", "go on where the last run was stopped"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => TrainOptions.All;

    public override Task<int> RunAsync(GivenOptions given, CliHost host) =>
        TrainEnding.RunAsync(TrainJobReader.Read(given, host), new LocalTrainer(host), host);
}
