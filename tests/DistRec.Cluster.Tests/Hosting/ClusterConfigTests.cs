using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.DistributedData;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>The files of cluster-config, the defaults, and what the README says of both.</summary>
public sealed class ClusterConfigTests
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));
    private static readonly string Folder = Path.Combine(Repository, "cluster-config");
    private static readonly string Defaults = Path.Combine(Repository, "src/DistRec.Cluster/Hosting/reference.conf");

    [Fact]
    public async Task The_files_say_what_a_node_does_without_them()
    {
        await using TestNode node = await TestNode.StartAsync(TestNode.Coordinator());

        foreach ((string key, string value) in Directory.GetFiles(Folder, "*.conf").SelectMany(Values))
        {
            node.System.Settings.Config.GetString(key).ShouldBe(value, key);
        }
    }

    [Fact]
    public async Task Every_default_is_a_key_that_akka_knows()
    {
        using ActorSystem plain = ActorSystem.Create(
            "plain", "akka { actor.provider = cluster, remote.dot-netty.tcp { hostname = \"127.0.0.1\", port = 0 } }");
        Config akka = plain.Settings.Config.WithFallback(ClusterSharding.DefaultConfig()).WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());

        // Sharding's distributed data takes what it does not say itself from distributed data at large.
        Values(Defaults).Select(entry => entry.Key)
            .Where(key => !akka.HasPath(key)
                && !akka.HasPath(key.Replace("sharding.distributed-data", "distributed-data", StringComparison.Ordinal)))
            .ShouldBeEmpty();
        await plain.Terminate();
    }

    [Fact]
    public void Every_key_is_explained()
    {
        string readme = File.ReadAllText(Path.Combine(Folder, "README.md"));

        Directory.GetFiles(Folder, "*.conf").Append(Defaults).SelectMany(Values).Select(entry => entry.Key.Split('.')[^1]).Distinct()
            .Where(key => !readme.Contains(key, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<(string Key, string Value)> Values(string path) =>
        Values("", ConfigurationFactory.ParseString(File.ReadAllText(path)).Root);

    private static IEnumerable<(string Key, string Value)> Values(string prefix, HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => Values(prefix.Length == 0 ? item.Key : $"{prefix}.{item.Key}", item.Value))
        : [(prefix, value.IsArray() ? "" : value.GetString())];

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
