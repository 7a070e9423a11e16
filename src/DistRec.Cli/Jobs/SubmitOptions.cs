namespace DistRec.Cli.Jobs;

/// <summary>The options of <c>submit</c>: those of <c>train</c>, but for what only a process that trains by itself can do.</summary>
internal static class SubmitOptions
{
    private static readonly (string Name, string Advice)[] Local =
    [
        ("threads", "leave it out: each node has as many as it was started with"),
        ("resume", "leave it out: a cluster goes on by itself after a loss, and a cancelled job is submitted again"),
        ("serve", "let a server that runs take the model: --watch --activate --server URL"),
        ("checkpoint-every", "leave it out: a cluster keeps the state of every epoch by itself"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } = Of(ModelCatalogue.All);

    /// <summary>Those that some models have.</summary>
    public static IReadOnlyList<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models) =>
    [
        .. TrainOptions.Under("Cluster", [
            .. ClusterOptions.All,
            new("name", "TEXT", "What to call the job in lists"),
            new("watch", null, "Follow the job to its end and save the model; Ctrl-C cancels the job"),
            ClusterOptions.ReconnectSeconds]),
        .. TrainOptions.Of(models).Select(ForCluster),
    ];

    /// <summary>Options that say how the job reached the cluster, and nothing of the job.</summary>
    public static IReadOnlyList<string> OfTheCommand { get; } = [.. ClusterOptions.All.Select(option => option.Name), "name", "watch", "reconnect-seconds", "job", "json", "quiet", "out", "serve", .. ActivationOptions.All.Select(option => option.Name)];

    /// <summary>Refuses what makes no sense on a cluster.</summary>
    public static void RefuseLocal(GivenOptions given)
    {
        foreach ((string name, string advice) in Local)
        {
            given.Refuse([name], "nothing, since the job trains on a cluster", advice);
        }
    }

    private static OptionDefinition ForCluster(OptionDefinition option) => option.Name switch
    {
        "partitions" => option with { Help = "Partitions of each side [as many as the workers have threads, from 8 to 64]" },
        "out" => option with { Help = "Folder of the model; what it takes to fetch it later goes to DIR.work [runs/MODEL-DATA]" },
        _ => option with { IsHidden = Local.Any(local => local.Name == option.Name) },
    };
}
