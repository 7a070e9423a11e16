using DistRec.Cluster.Client;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec submit</c>: as <c>train</c>, on a cluster.</summary>
internal sealed class SubmitVerb : Verb
{
    public override string Name => "submit";

    public override string Summary => "Trains a model on a cluster; takes the options of train";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec submit --cluster http://10.0.0.1:7400 --data ml-latest-small --model als --watch --out runs/als", "upload, train there, fetch the model"),
        ("distrec submit --cluster http://10.0.0.1:7400 --data ratings.csv --name nightly", "submit, and fetch the model later with watch"),
        ("distrec submit --cluster http://10.0.0.1:7400 --data ratings.csv --watch --activate --server http://10.0.0.7:7500 --as nightly", "and let a server answer with the model"),
        ("distrec submit --job job.yaml --secret-file cluster.secret --watch --json", "options of a file, the cluster of $DISTREC_CLUSTER"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => SubmitOptions.All;

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => SubmitOptions.Of(model is null ? ModelCatalogue.All : [model]);

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions merged = TrainJobReader.WithJobFile(given);
        using ClusterClient? client = ClusterOptions.Read(merged, host);
        var options = new ClusterTrainingOptions
        {
            Job = JobIds.Create(host.Time),
            Name = merged.Text("name") ?? "",
            GiveUpAfter = ClusterOptions.ReadReconnect(merged),
        };
        ModelDestination? destination = ActivationOptions.Read(merged, host);
        if (merged.Flag("activate") && !merged.Flag("watch"))
        {
            merged.Mistakes.Add("--activate", "--watch beside it, since the model is put together here", "none", "give --watch, or --activate with distrec watch --out later");
        }

        TrainJob job = TrainJobReader.ReadForCluster(merged, host);
        var trainer = new ClusterTrainer(client!, options, job.Given, host);
        if (merged.Flag("watch"))
        {
            return await TrainEnding.RunAsync(job, trainer, destination, host);
        }

        await ProgressScope.RunAsync(host, job.Quiet, stages => SubmitAsync(job, trainer, host, stages));
        Write(host, job, client!, options);
        return ExitCode.Success;
    }

    private static async Task<bool> SubmitAsync(TrainJob job, ClusterTrainer trainer, CliHost host, IStageView stages)
    {
        await trainer.PrepareAsync(stages);
        JobData data = await DataSource.LoadAsync(job, host, stages);
        host.Stop.ThrowIfCancellationRequested();
        stages.Say(data.Describe());
        foreach (string note in job.Notes.Concat(FeedbackSource.NotesOf(data)))
        {
            stages.Say($"note: {note}");
        }

        await trainer.SubmitAsync(trainer.Fit(job, data).SuitedTo(data.Split.Train), data.ForTraining(job), stages);
        return true;
    }

    private static void Write(CliHost host, TrainJob job, ClusterClient client, ClusterTrainingOptions options)
    {
        string cluster = client.Address.GetLeftPart(UriPartial.Authority);
        if (job.Json)
        {
            JsonOutput.Write(host.Output, new { job = options.Job, name = options.Name, cluster, @out = Path.GetFullPath(job.Out) });
            return;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine($"job {options.Job} is submitted");
        console.WriteLine("Next:");
        console.WriteLine($"  distrec watch {options.Job} --cluster {cluster} --out {ShellText.Quote(job.Out)}");
        console.WriteLine($"  distrec jobs --cluster {cluster}");
        console.WriteLine($"  distrec cancel {options.Job} --cluster {cluster}");
    }
}
