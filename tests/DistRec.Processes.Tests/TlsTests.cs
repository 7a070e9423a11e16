using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DistRec.Cluster.Client;
using DistRec.Cluster.Security;
using DistRec.Contracts;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Processes.Tests;

/// <summary>A cluster with certificates of its own authority, and those who have none of them.</summary>
[Collection(OwnClusterTests.Name)]
public sealed class TlsTests(TlsTests.EncryptedCluster encrypted) : IClassFixture<TlsTests.EncryptedCluster>
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private TestCluster Cluster => encrypted.Cluster;

    [Fact]
    public async Task Two_workers_make_the_model_of_one_process_over_tls()
    {
        Cluster.Coordinator.Address.Scheme.ShouldBe("https");
        Cluster.Coordinator.Log.ShouldContain($"akka.ssl.tcp://distrec@127.0.0.1:{Cluster.Coordinator.Address.Port + 1}");
        TrainingOutcome outcome = await Cluster.TrainAsync(Jobs.Data, Jobs.Als);
        await outcome.ShouldBeAsInOneProcessAsync(Jobs.Als);
    }

    [Fact]
    public async Task A_node_with_a_foreign_certificate_that_knows_the_secret_trusts_nobody_and_ends_by_name()
    {
        string[] options = [.. Cluster.JoinOptions, .. TestCluster.OptionsOf(encrypted.Foreign)];
        (int code, string log) = await NodeProcess.RunToEndAsync(new NodeStart(options, TestCluster.WithSecret()));
        code.ShouldBe(2, log);
        log.ShouldContain("error: expected to become a member of the cluster, found that the cluster goes on without this node");
        log.ShouldNotContain(" is ready on ");
        await NodesAreThreeAsync();
    }

    [Fact]
    public async Task A_node_without_a_certificate_that_knows_the_secret_tries_in_vain_and_nobody_counts_it()
    {
        await using NodeProcess stranger = NodeProcess.Launch(new NodeStart(Cluster.JoinOptions, TestCluster.WithSecret()));
        await stranger.HeardAsync("Couldn't join seed nodes after [2] attempts");
        stranger.Log.ShouldNotContain(" is ready on ");
        await NodesAreThreeAsync();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public async Task Whoever_calls_with_a_foreign_certificate_or_none_is_hung_up_on_at_both_ports(int port, bool hasForeignOne)
    {
        using TcpClient client = await ConnectAsync(port);
        await using SslStream stream = new(client.GetStream());
        using Certificates foreign = new(encrypted.Foreign);

        // With TLS 1.3 the caller learns of the refusal only after its own part of the handshake.
        int heard = await HeardAsync(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = hasForeignOne ? new X509CertificateCollection { foreign.Own } : [],
                RemoteCertificateValidationCallback = TrustAnyone,
            });
            await stream.WriteAsync("GET /cluster HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            return await stream.ReadAsync(new byte[1]);
        });
        heard.ShouldBe(0);
        await NodesAreThreeAsync();
    }

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("\u0020\0\0\0\u000a\u001e\u0012\u001cakka.tcp://distrec@stranger")]
    public async Task Whoever_speaks_to_the_port_of_akka_in_the_clear_learns_nothing(string words)
    {
        using TcpClient client = await ConnectAsync(1);
        NetworkStream stream = client.GetStream();
        List<byte> heard = [];
        await HeardAsync(async () =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(words));
            client.Client.Shutdown(SocketShutdown.Send);
            byte[] bytes = new byte[256];
            int read;
            while ((read = await stream.ReadAsync(bytes)) > 0)
            {
                heard.AddRange(bytes.AsSpan(0, read));
            }

            return 0;
        });

        // At most the seven bytes of an alert of TLS.
        heard.Count.ShouldBeLessThanOrEqualTo(7);
        await NodesAreThreeAsync();
    }

    private async Task<TcpClient> ConnectAsync(int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Cluster.Coordinator.Address.Port + port);
        return client;
    }

    // The stranger would trust anyone; it is the cluster that must not.
    private static bool TrustAnyone(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => certificate is not null;

    private static async Task<int> HeardAsync(Func<Task<int>> talk)
    {
        try
        {
            return await talk().WaitAsync(Bound);
        }
        catch (IOException)
        {
            // The connection was reset, or an alert of TLS came.
            return 0;
        }
    }

    private async Task NodesAreThreeAsync()
    {
        using ClusterClient client = Cluster.Client();
        (await client.StatusAsync()).Nodes.Select(node => node.State).ShouldBe(["up", "up", "up"]);
    }

    /// <summary>The cluster of these tests.</summary>
    public sealed class EncryptedCluster : IAsyncLifetime, IDisposable
    {
        private readonly TestCertificates _certificates = new();

        internal TestCluster Cluster { get; private set; } = null!;

        internal TlsOptions Foreign { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Foreign = Options(_certificates.Issue("foreign", "another authority"));
            Cluster = await TestCluster.StartAsync(2, new ClusterSettings { Tls = Options(_certificates.Issue("node")) });
        }

        public Task DisposeAsync() => Cluster.DisposeAsync().AsTask();

        public void Dispose() => _certificates.Dispose();

        private static TlsOptions Options(PemFiles files) =>
            new() { CertificateFile = files.Certificate, KeyFile = files.Key, AuthorityFile = files.Authority };
    }
}
