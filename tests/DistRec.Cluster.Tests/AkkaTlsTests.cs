using DistRec.Actors.Cluster;
using DistRec.Contracts;
using DistRec.Node.Client;
using DistRec.Node.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Tests;

/// <summary>Akka.NET with the files of cluster-config and certificates of the tests' own, in builds that have it.</summary>
[Collection("processes, one cluster at a time")]
public sealed class AkkaTlsTests : IDisposable
{
    private const string Password = "of the tests' certificates";

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [SkippableFact]
    public async Task Two_workers_on_akka_make_the_model_of_one_process_over_tls()
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(2, Encrypted(_certificates.Issue("node")));
        cluster.Seed.Address.Scheme.ShouldBe("https");
        cluster.Seed.Log.ShouldContain("akka.ssl.tcp://distrec@127.0.0.1:");

        TrainingOutcome als = await cluster.TrainAsync(Jobs.Data, Jobs.Als);
        als.State.ShouldBe(JobState.Completed, als.Reason);
        Jobs.HashOf(als).ShouldBe(await Jobs.HashInOneProcessAsync(Jobs.Als));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("akka.remote.dot-netty.tcp.ssl.suppress-validation = true")]
    public async Task A_node_with_a_foreign_certificate_does_not_get_into_a_cluster_on_akka_even_if_it_trusts_anyone(string more)
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(1, Encrypted(_certificates.Issue("node")));
        PemFiles foreign = _certificates.Issue("foreign", "another authority");
        ClusterSettings settings = Encrypted(foreign, more);
        await RefusedAsync(cluster, [.. cluster.AkkaJoin, .. TestCluster.OptionsOf(settings.Tls.ShouldNotBeNull()), .. settings.Options("worker")], settings.Variables);
    }

    [SkippableFact]
    public async Task A_node_without_a_certificate_does_not_get_into_a_cluster_on_akka()
    {
        SkipWithoutAkka();
        await using TestCluster cluster = await TestCluster.StartAsync(1, Encrypted(_certificates.Issue("node")));
        await RefusedAsync(cluster, cluster.AkkaJoin, new Dictionary<string, string>());
        await cluster.Seed.HeardAsync("not an SSL/TLS record");
    }

    /// <summary>A node that knows the secret goes on trying in vain, and no node of the cluster counts it.</summary>
    private static async Task RefusedAsync(TestCluster cluster, IReadOnlyList<string> options, IReadOnlyDictionary<string, string> variables)
    {
        Dictionary<string, string> all = new(variables.Concat(TestCluster.WithSecret()));
        await using NodeProcess stranger = NodeProcess.Launch(new NodeStart(options, all));
        await stranger.HeardAsync("Couldn't join seed nodes after [2] attempts");
        stranger.Log.ShouldNotContain(" is ready on ");
        using ClusterClient client = cluster.Client();
        (await client.StatusAsync()).Nodes.Count.ShouldBe(2);
    }

    private static ClusterSettings Encrypted(PemFiles node, string more = "")
    {
        string site = Site(node, more);
        return new ClusterSettings
        {
            Engine = NodeEngine.Akka,
            Tls = new TlsOptions { CertificateFile = node.Certificate, KeyFile = node.Key, AuthorityFile = node.Authority },
            Options = role => ["--akka-config", string.Join(',', Shipped($"akka-{role}.conf"), Shipped("akka-tls.conf"), site)],
            Variables = new Dictionary<string, string> { ["SSL_CERT_FILE"] = node.Authority },
        };
    }

    /// <summary>What an operator puts behind the files that are shipped.</summary>
    private static string Site(PemFiles node, string more)
    {
        string path = Path.ChangeExtension(node.Certificate, ".conf");
        File.WriteAllText(path, $$"""
            akka.remote.dot-netty.tcp {
              hostname = "127.0.0.1"
              public-hostname = "127.0.0.1"
              port = 0
              ssl.certificate { path = "{{TestCertificates.WriteBundle(node, Password)}}", password = "{{Password}}" }
            }
            akka.cluster.seed-nodes = []
            {{more}}
            """);
        return path;
    }

    private static string Shipped(string file) => Path.Combine(AppContext.BaseDirectory, "cluster-config", file);

    private static void SkipWithoutAkka() => Skip.IfNot(TrainingNode.Has(NodeEngine.Akka), "this build has no Akka.NET");
}
