using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Cluster;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>Who gets into a cluster whose connections are encrypted.</summary>
public sealed class NodeTlsTests : TestKit, IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private readonly TestCertificates _files = new();
    private readonly Certificates _own;
    private readonly Certificates _foreign;
    private TestNode _coordinator = null!;

    public NodeTlsTests(ITestOutputHelper output)
        : base(output: output)
    {
        _own = Load(_files.Issue("node"));
        _foreign = Load(_files.Issue("foreign", "another authority"));
    }

    public async Task InitializeAsync() => _coordinator = await TestNode.StartAsync(TestNode.Coordinator() with { Tls = _own });

    public async Task DisposeAsync()
    {
        await _coordinator.DisposeAsync();
        _own.Dispose();
        _foreign.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task A_node_with_a_certificate_of_the_clusters_authority_is_let_in()
    {
        _coordinator.Cluster.SelfAddress.Protocol.ShouldBe("akka.ssl.tcp");

        await using TestNode worker = await TestNode.StartAsync(TestNode.Worker(_coordinator.Seed) with { Tls = _own });

        await AwaitConditionAsync(
            () => Task.FromResult(_coordinator.Cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == 2), Bound);
    }

    [Fact]
    public async Task A_node_with_a_foreign_certificate_and_one_without_are_not_let_in()
    {
        await using TestNode foreign = await TestNode.StartAsync(TestNode.Worker(_coordinator.Seed) with { Tls = _foreign });
        await using TestNode plain = await TestNode.StartAsync(TestNode.Worker(_coordinator.Seed));

        await StaysAloneAsync();
        foreign.Cluster.State.Members.ShouldBeEmpty();
        plain.Cluster.State.Members.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_calls_is_hung_up_on_without_a_certificate_of_the_authority_even_if_it_trusts_anyone(bool showsForeignOne)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _coordinator.Cluster.SelfAddress.Port!.Value);
        await using SslStream stream = new(client.GetStream());

        // With TLS 1.3 the caller learns of the refusal only after its own part of the handshake.
        Task<int> refusal = HandshakeAndReadAsync();
        try
        {
            (await refusal.WaitAsync(Bound)).ShouldBe(0);
        }
        catch (IOException)
        {
            // The connection was reset, or an alert of TLS came.
        }

        async Task<int> HandshakeAndReadAsync()
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = showsForeignOne ? [_foreign.Own] : [],
                RemoteCertificateValidationCallback = TrustAnyone,
            });
            return await stream.ReadAsync(new byte[1]);
        }
    }

    [Fact]
    public async Task A_node_does_not_talk_to_a_seed_with_a_foreign_certificate()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using TestNode worker = await TestNode.StartAsync(
            TestNode.Worker($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}") with { Tls = _own });
        using TcpClient called = await listener.AcceptTcpClientAsync().WaitAsync(Bound);
        await using SslStream stream = new(called.GetStream());

        Task<int> heard = HandshakeAndReadAsync();
        try
        {
            (await heard.WaitAsync(Bound)).ShouldBe(0);
        }
        catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The worker broke the handshake off.
        }

        async Task<int> HandshakeAndReadAsync()
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = X509CertificateLoader.LoadPkcs12(_foreign.Own.Export(X509ContentType.Pkcs12), null),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = TrustAnyone,
            });
            return await stream.ReadAsync(new byte[1]);
        }
    }

    private static bool TrustAnyone(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null || errors != SslPolicyErrors.None;

    private static Certificates Load(PemFiles files) =>
        new(new TlsOptions { CertificateFile = files.Certificate, KeyFile = files.Key, AuthorityFile = files.Authority });

    /// <summary>For long enough that whoever is let in would have joined twice.</summary>
    private async Task StaysAloneAsync()
    {
        await AwaitConditionAsync(() => Task.FromResult(_coordinator.Cluster.State.Members.Count == 1), Bound);
        await Should.ThrowAsync<Exception>(() => AwaitConditionAsync(
            () => Task.FromResult(_coordinator.Cluster.State.Members.Count > 1), TimeSpan.FromSeconds(4)));
    }
}
