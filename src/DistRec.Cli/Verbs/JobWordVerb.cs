using DistRec.Cluster.Client;

namespace DistRec.Cli.Verbs;

/// <summary>One word to a cluster about one of its jobs.</summary>
internal abstract class JobWordVerb : Verb
{
    public sealed override IReadOnlyList<OptionDefinition> Options { get; } = [JobArgument.Definition, .. ClusterOptions.All, Json];

    public sealed override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string job = JobArgument.Read(given);
        using ClusterClient? client = ClusterOptions.Read(given, host);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        await SayAsync(client!, job, host.Stop);
        if (isJson)
        {
            JsonOutput.Write(host.Output, Answer(job));
        }
        else
        {
            await host.Output.WriteLineAsync(Told(job));
        }

        return ExitCode.Success;
    }

    /// <summary>Says the word.</summary>
    protected abstract Task SayAsync(ClusterClient client, string job, CancellationToken cancellationToken);

    /// <summary>What is answered as JSON.</summary>
    protected abstract object Answer(string job);

    /// <summary>What is answered to a person.</summary>
    protected abstract string Told(string job);
}
