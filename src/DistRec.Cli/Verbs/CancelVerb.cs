using DistRec.Cli.Arguments;
using DistRec.Cli.Jobs;
using DistRec.Cli.Output;
using DistRec.Node.Client;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec cancel</c>: a job should stop.</summary>
internal sealed class CancelVerb : Verb
{
    public override string Name => "cancel";

    public override string Summary => "Stops a job of a cluster; what its finished epochs have learned stays";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec cancel 20260131-184205-3fa91c --cluster http://10.0.0.1:7400", "the job ends as cancelled")];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [JobArgument.Definition, .. ClusterOptions.All, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string job = JobArgument.Read(given);
        using ClusterClient? client = ClusterOptions.Read(given, host);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        await client!.CancelAsync(job, host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { job, cancelRequested = true });
        }
        else
        {
            await host.Output.WriteLineAsync($"job {job} is told to stop");
        }

        return ExitCode.Success;
    }
}
