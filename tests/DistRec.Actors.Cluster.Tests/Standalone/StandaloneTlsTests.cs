using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class StandaloneTlsTests : IDisposable
{
    private static readonly ActorAddress First = new("first", 0);

    private readonly TestCertificates _certificates = new();

    [Fact]
    public async Task Nodes_with_certificates_of_the_same_authority_talk_encrypted()
    {
        TlsOptions tls = Issue("node");
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with { Tls = tls });
        cluster.Register(new ActorKind("first", 1, _ => ScriptedActor.Answering(), "worker"));

        (await cluster.Seed.AskAsync<Answer>(First, new Question { Number = 3 }, TimeSpan.FromMinutes(1)).Soon()).Number.ShouldBe(3);

        cluster.Seed.Address.Scheme.ShouldBe("https");
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_authority_does_not_get_in()
    {
        TlsOptions tls = Issue("node");
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Tls = tls });
        TlsOptions foreign = Issue("foreign", "another authority");
        await using StandaloneActorSystem stranger = cluster.NewWorker("stranger", options => options with { Tls = foreign });
        using CancellationTokenSource enough = new();

        Task start = stranger.StartAsync(enough.Token);
        await cluster.Loggers.WhenLoggedAsync("cannot reach the seed");
        await enough.CancelAsync();

        await start.Soon().ShouldThrowAsync<OperationCanceledException>();
        cluster.Seed.Nodes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_node_does_not_join_a_seed_whose_certificate_it_does_not_trust()
    {
        TlsOptions foreign = Issue("foreign", "another authority");
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Tls = foreign with { RequireClientCertificate = false } });
        TlsOptions tls = Issue("node");
        await using StandaloneActorSystem worker = cluster.NewWorker("worker", options => options with { Tls = tls });
        using CancellationTokenSource enough = new();

        Task start = worker.StartAsync(enough.Token);
        await cluster.Loggers.WhenLoggedAsync("cannot reach the seed");
        await enough.CancelAsync();

        await start.Soon().ShouldThrowAsync<OperationCanceledException>();
        cluster.Seed.Nodes.Count.ShouldBe(1);
    }

    public void Dispose() => _certificates.Dispose();

    private TlsOptions Issue(string name, string authority = "the cluster's authority")
    {
        PemFiles files = _certificates.Issue(name, authority);
        return new TlsOptions { CertificateFile = files.Certificate, KeyFile = files.Key, AuthorityFile = files.Authority };
    }
}
