using System.Globalization;
using System.Net;
using Akka.Configuration;
using DistRec.Actors.Cluster;

namespace DistRec.Node.Hosting.Engines;

/// <summary>
/// A node's configuration of Akka.NET: what the node was told goes before its files, and those before what makes a cluster on
/// one machine without any file.
/// </summary>
/// <param name="Configuration">As HOCON.</param>
/// <param name="FormsCluster">Whether the node is the first of a cluster, because it is a seed and was told of no other.</param>
internal sealed record AkkaSettings(string Configuration, bool FormsCluster)
{
    private const string Tcp = "akka.remote.dot-netty.tcp";

    /// <exception cref="ArgumentException">A file cannot be read, or the node lacks what it needs; all mistakes at once.</exception>
    public static AkkaSettings From(TrainingNodeOptions options)
    {
        List<string> mistakes = [];
        Config files = Read(options.AkkaFiles, mistakes);
        List<string> told = [];
        if (options.AkkaListen is { } listen)
        {
            told.Add($"{Tcp}.hostname = \"{listen.Address}\"");
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{Tcp}.port = {listen.Port}"));
        }

        string hostname = options.AkkaListen?.Address.ToString() ?? files.GetString($"{Tcp}.hostname", "127.0.0.1");
        string name = options.Advertise?.Host ?? files.GetString($"{Tcp}.public-hostname", "");
        if (name.Length == 0)
        {
            // A node that listens on all its addresses still needs one name, which is part of its identity.
            name = hostname is "0.0.0.0" or "::" or "" ? Dns.GetHostName() : hostname;
        }

        told.Add($"{Tcp}.public-hostname = \"{name}\"");
        bool isEncrypted = files.GetBoolean($"{Tcp}.enable-ssl", false);
        if (isEncrypted)
        {
            // Only the side that is called shows a certificate. A node that answers on a connection of its own calls back, so
            // whoever wants to join has to show one as well.
            told.Add("akka.remote.use-passive-connections = off");
        }

        IList<string> seeds = options.AkkaSeeds.Count == 0
            ? files.GetStringList("akka.cluster.seed-nodes", [])
            : [.. options.AkkaSeeds.Select(seed => $"akka.{(isEncrypted ? "ssl." : "")}tcp://distrec@{seed}")];
        told.Add($"akka.cluster.seed-nodes = [{string.Join(", ", seeds.Select(seed => $"\"{seed}\""))}]");

        IList<string> roles = files.GetStringList("akka.cluster.roles", []);
        if (roles.Count > 0 && !roles.Contains(options.Role))
        {
            mistakes.Add($"akka.cluster.roles: expected [\"{options.Role}\"], the node's role, found [{string.Join(", ", roles)}]; take the file of that role, or leave the key out");
        }

        told.Add($"akka.cluster.roles = [\"{options.Role}\"]");
        if (seeds.Count == 0 && options.Role == StandaloneOptions.WorkerRole)
        {
            mistakes.Add("akka.cluster.seed-nodes: expected the addresses of the seed nodes, found none; name them in the file, or join them by HOST:PORT");
        }

        if (!isEncrypted && !options.AllowPlaintext && !IsLoopback(name))
        {
            mistakes.Add($"{Tcp}.enable-ssl: expected true off the loopback, since the node calls itself {name}; add the TLS file, or allow plaintext in a network that is trusted");
        }

        if (mistakes.Count > 0)
        {
            throw new ArgumentException($"The Akka.NET node cannot start:\n  {string.Join("\n  ", mistakes)}");
        }

        int port = options.Role == StandaloneOptions.SeedRole ? TrainingNodeOptions.AkkaSeedPort : 0;
        Config fallback = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""{{Tcp}} { hostname = "127.0.0.1", port = {{port}} }"""));
        Config configuration = ConfigurationFactory.ParseString(string.Join('\n', told)).WithFallback(files).WithFallback(fallback);
        return new AkkaSettings(configuration.ToString(includeFallback: true), seeds.Count == 0);
    }

    private static Config Read(IReadOnlyList<string> paths, List<string> mistakes)
    {
        Config files = Config.Empty;
        foreach (string path in paths)
        {
            try
            {
                // What a later file says counts.
                files = ConfigurationFactory.ParseString(File.ReadAllText(path)).WithFallback(files);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ConfigurationException or FormatException)
            {
                mistakes.Add($"{path}: expected a file of HOCON, found {exception.Message}; see cluster-config for examples");
            }
        }

        return files;
    }

    private static bool IsLoopback(string name) =>
        name is "localhost" || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
}
