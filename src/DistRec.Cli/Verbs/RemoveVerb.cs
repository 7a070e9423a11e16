using DistRec.Cli.Arguments;
using DistRec.Cli.Jobs;
using DistRec.Cli.Output;
using DistRec.Node.Client;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec remove</c>: a job that has ended is needed no more.</summary>
internal sealed class RemoveVerb : Verb
{
    public override string Name => "remove";

    public override string Summary => "Removes a job that has ended from a cluster, with its model and all that is stored of it";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec remove 20260131-184205-3fa91c --cluster http://10.0.0.1:7400", "frees its place in the store; models that were fetched stay")];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [JobArgument.Definition, .. ClusterOptions.All, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string job = JobArgument.Read(given);
        using ClusterClient? client = ClusterOptions.Read(given, host);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        await client!.RemoveAsync(job, host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { job, removed = true });
        }
        else
        {
            await host.Output.WriteLineAsync($"job {job} is removed");
        }

        return ExitCode.Success;
    }
}
