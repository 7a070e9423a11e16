using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec jobs</c>: what has a cluster been asked to do?</summary>
internal sealed class JobsVerb : Verb
{
    public override string Name => "jobs";

    public override string Summary => "Lists the jobs of a cluster";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec jobs --cluster http://10.0.0.1:7400", "all jobs in the order of their submission")];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [.. ClusterOptions.All, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        using ClusterClient? client = ClusterOptions.Read(given, host);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        IReadOnlyList<JobSummary> jobs = await client!.JobsAsync(host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { jobs });
            return ExitCode.Success;
        }

        IAnsiConsole console = Screen.ForResults(host);
        if (jobs.Count == 0)
        {
            console.WriteLine("no jobs yet: distrec submit gives the cluster one");
            return ExitCode.Success;
        }

        Table table = Screen.TableOf("job", "name", "model", "state", "epoch>", "validation RMSE>", "submitted (UTC)", "took>", "reason");
        foreach (JobSummary job in jobs)
        {
            table.AddTexts(
                job.Id, job.Name, job.Model, job.State, $"{job.Epoch}/{job.Epochs}", Quantity.Error(job.ValidationRmse),
                $"{job.Submitted.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
                job.Started is { } started ? Quantity.Duration(((job.Ended ?? host.Time.GetUtcNow()) - started).TotalSeconds) : "",
                job.Reason);
        }

        console.Write(table);
        return ExitCode.Success;
    }
}
