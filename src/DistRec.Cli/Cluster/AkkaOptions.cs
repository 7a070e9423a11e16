using DistRec.Cli.Arguments;
using DistRec.Node.Hosting;

namespace DistRec.Cli.Cluster;

/// <summary>The engine of a node, and what it is told if that is Akka.NET.</summary>
internal static class AkkaOptions
{
    private static readonly string[] OfAkka = ["akka-config", "akka-listen"];
    private static readonly string[] OfStandalone = ["heartbeat-ms", "detection-ms"];

    /// <summary>Reads the engine, and refuses options of the other one.</summary>
    public static NodeEngine ReadEngine(GivenOptions given)
    {
        string word = given.Text("engine") ?? "standalone";
        if (word is not ("standalone" or "akka"))
        {
            given.Mistakes.Add(given.PlaceOf("engine"), "standalone or akka", $"\"{word}\"", "leave it out for standalone");
            return NodeEngine.Standalone;
        }

        NodeEngine engine = word == "akka" ? NodeEngine.Akka : NodeEngine.Standalone;
        if (!TrainingNode.Has(engine))
        {
            given.Mistakes.Add(
                given.PlaceOf("engine"), "an engine of this build, which has standalone", "akka",
                "build DistRec where the package feed serves Akka.NET, or leave it out for standalone");
        }

        foreach (string name in (engine == NodeEngine.Akka ? OfStandalone : OfAkka).Where(given.Has))
        {
            given.Mistakes.Add(
                given.PlaceOf(name), $"nothing, since the engine is {word}", $"\"{given.Text(name)}\"",
                engine == NodeEngine.Akka ? "leave it out, and see akka.cluster.failure-detector in cluster-config/README.md" : "leave it out, or give --engine akka");
        }

        return engine;
    }

    /// <summary>Files of HOCON, in order.</summary>
    public static IReadOnlyList<string> ReadFiles(GivenOptions given) => Split(given.Text("akka-config"));

    /// <summary>HOST:PORT of seed nodes, in order.</summary>
    public static IReadOnlyList<string> ReadSeeds(GivenOptions given)
    {
        string[] seeds = Split(given.Text("join"));
        foreach (string seed in seeds.Where(seed =>
            !Uri.TryCreate($"akka://{seed}", UriKind.Absolute, out Uri? address) || address.Port <= 0 || address.Authority != seed))
        {
            given.Mistakes.Add(given.PlaceOf("join"), "HOST:PORT of every seed node, separated by commas", $"\"{seed}\"", "give what --akka-listen is on the seeds");
        }

        return seeds;
    }

    private static string[] Split(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
