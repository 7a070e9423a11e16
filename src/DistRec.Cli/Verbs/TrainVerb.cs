using DistRec.Cli.Arguments;
using DistRec.Cli.Jobs;
using DistRec.Cli.Output;
using DistRec.Cli.Training;
using DistRec.Training.Protocol;

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

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        TrainJob job = TrainJobReader.Read(given, host);
        TrainRunResult run = await ProgressScope.RunAsync(host, job.Quiet, stages => TrainRun.RunAsync(job, host, stages));
        if (job.Json)
        {
            JsonOutput.Write(host.Output, run.Result);
        }
        else if (run.Outcome.State != JobState.Failed)
        {
            Spectre.Console.IAnsiConsole console = Screen.ForResults(host);
            TrainSummary.Write(console, run.Result);
            if (run.Result.ModelPath is not null)
            {
                TrainSummary.WriteNext(console, job.Out, run.ExampleUser, run.ExampleItem);
            }
        }

        switch (run.Outcome.State)
        {
            case JobState.Completed:
                return ExitCode.Success;
            case JobState.Cancelled:
                await host.Error.WriteLineAsync($"stopped: {run.Outcome.Reason}");
                await host.Error.WriteLineAsync(run.Outcome.CheckpointPath is null ? "no epoch was done: start again to train" : $"go on with: {ResumeLine(host)}");
                return ExitCode.Interrupted;
            default:
                await host.Error.WriteLineAsync($"error: training failed: {run.Outcome.Reason}");
                return ExitCode.Failure;
        }
    }

    private static string ResumeLine(CliHost host) =>
        ShellText.Line(["distrec", .. host.Arguments.Where(argument => argument != "--resume"), "--resume"]);
}
