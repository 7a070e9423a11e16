using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec watch</c>: follows a job to its end, and fetches its model where it was submitted.</summary>
internal sealed class WatchVerb : Verb
{
    public override string Name => "watch";

    public override string Summary => "Follows a job of a cluster to its end; with --out it saves the model as well";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec watch 20260131-184205-3fa91c --cluster http://10.0.0.1:7400", "epochs as they end; Ctrl-C leaves the job as it is"),
        ("distrec watch 20260131-184205-3fa91c --cluster http://10.0.0.1:7400 --out runs/als", "the model too, on the machine that submitted the job"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        JobArgument.Definition,
        .. ClusterOptions.All,
        new("out", "DIR", "Save the model there: the --out that the job was submitted with; reads the job's data again"),
        ClusterOptions.ReconnectSeconds,
        .. ActivationOptions.All,
        Json,
        new("quiet", null, "No progress"),
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string job = JobArgument.Read(given);
        using ClusterClient? client = ClusterOptions.Read(given, host);
        var options = new ClusterTrainingOptions { Job = job, GiveUpAfter = ClusterOptions.ReadReconnect(given), CancelsWhenStopped = false };
        bool isJson = given.Flag("json");
        bool isQuiet = given.Flag("quiet");
        ModelDestination? destination = ActivationOptions.Read(given, host);
        if (given.Flag("activate") && !given.Has("out"))
        {
            given.Mistakes.Add("--activate", "--out beside it, since the model is put together here", "none", "give the --out that the job was submitted with");
        }

        given.Mistakes.ThrowIfAny();
        try
        {
            if (given.Text("out") is not { } output)
            {
                return await WatchAsync(client!, options, isJson, isQuiet, host);
            }

            var submitted = SubmittedJob.Load(output, job);
            TrainJob read = submitted.Read(output, isJson, isQuiet, host);
            return await TrainEnding.RunAsync(read, new SubmittedTrainer(client!, options, submitted, host), destination, host);
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            await host.Error.WriteLineAsync($"stopped watching; job {job} goes on until it ends or is cancelled");
            return ExitCode.Interrupted;
        }
    }

    private static async Task<int> WatchAsync(ClusterClient client, ClusterTrainingOptions options, bool isJson, bool isQuiet, CliHost host)
    {
        JobSummary summary = await client.JobAsync(options.Job, host.Stop);
        TrainingOutcome outcome = await ProgressScope.RunAsync(host, isQuiet, async stages =>
        {
            EventView events = new(stages, host.Time, summary.Epochs, null);
            ClusterTraining training = new(client, options with { StatusMessages = new ImmediateProgress<string>(words => stages.Say($"note: {words}")) });
            TrainingOutcome ended = await training.WatchAsync(events, host.Stop);
            events.Complete();
            return ended;
        });
        EpochFigures[] curve = [.. outcome.Epochs.Select(epoch => epoch.ToFigures())];
        if (isJson)
        {
            JsonOutput.Write(host.Output, new
            {
                job = options.Job,
                name = summary.Name,
                model = summary.Model,
                state = JobStateNames.Of(outcome.State),
                stopReason = outcome.Reason,
                bestEpoch = outcome.BestEpoch,
                notes = outcome.Notes,
                curve,
            });
        }
        else
        {
            IAnsiConsole console = Screen.ForResults(host);
            console.Write(Screen.Pairs(
                [("job", options.Job), ("name", summary.Name), ("model", summary.Model), ("ended", $"{JobStateNames.Of(outcome.State)}: {outcome.Reason}"), .. outcome.Notes.Select(note => ("note", note))]));
            TrainSummary.WriteCurve(console, curve, outcome.BestEpoch);
        }

        return await TrainEnding.ExitAsync(host, outcome.State, outcome.Reason, () => $"job {options.Job} was cancelled: submit it again to train from the beginning");
    }
}
