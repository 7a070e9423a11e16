using DistRec.Cluster.Api;
using DistRec.Cluster.Client;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec cluster status</c>: who is in the cluster, and what does it do?</summary>
internal sealed class ClusterStatusVerb : Verb
{
    public override string Name => "status";

    public override string Summary => "Shows nodes, where the running job's shards are, and what its last epoch moved";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec cluster status --cluster http://10.0.0.1:7400", "nodes, shards and the running job")];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [.. ClusterOptions.All, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        using ClusterClient? client = ClusterOptions.Read(given, host);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        ClusterStatus status = await client!.StatusAsync(host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, status);
        }
        else
        {
            ClusterText.Write(Screen.ForResults(host), client.Address, status);
        }

        return ExitCode.Success;
    }
}
