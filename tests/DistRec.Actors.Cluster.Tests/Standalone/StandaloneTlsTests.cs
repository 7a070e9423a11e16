using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class StandaloneTlsTests : IDisposable
{
    private static readonly ActorAddress First = new("first", 0);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-tls-");
    private readonly X509Certificate2 _authority = Authority("the cluster's authority");

    [Fact]
    public async Task Nodes_with_certificates_of_the_same_authority_talk_encrypted()
    {
        TlsOptions tls = Issue("node", _authority);
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with { Tls = tls });
        cluster.Register(new ActorKind("first", 1, _ => ScriptedActor.Answering(), "worker"));

        (await cluster.Seed.AskAsync<Answer>(First, new Question { Number = 3 }, TimeSpan.FromMinutes(1)).Soon()).Number.ShouldBe(3);

        cluster.Seed.Address.Scheme.ShouldBe("https");
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_another_authority_does_not_get_in()
    {
        TlsOptions tls = Issue("node", _authority);
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Tls = tls });
        using X509Certificate2 other = Authority("another authority");
        TlsOptions foreign = Issue("foreign", other);
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
        using X509Certificate2 other = Authority("another authority");
        TlsOptions foreign = Issue("foreign", other);
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Tls = foreign with { RequireClientCertificate = false } });
        TlsOptions tls = Issue("node", _authority);
        await using StandaloneActorSystem worker = cluster.NewWorker("worker", options => options with { Tls = tls });
        using CancellationTokenSource enough = new();

        Task start = worker.StartAsync(enough.Token);
        await cluster.Loggers.WhenLoggedAsync("cannot reach the seed");
        await enough.CancelAsync();

        await start.Soon().ShouldThrowAsync<OperationCanceledException>();
        cluster.Seed.Nodes.Count.ShouldBe(1);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private TlsOptions Issue(string name, X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(
            authority, DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), [1, 2, 3, 4]);
        string file = PathOf($"{name}.pem");
        string keyFile = PathOf($"{name}.key");
        string authorityFile = PathOf($"{name}.ca");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(authorityFile, authority.ExportCertificatePem());
        return new TlsOptions { CertificateFile = file, KeyFile = keyFile, AuthorityFile = authorityFile };
    }
}
