using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>Peers whose process ends, or whose host breaks, in the middle of a TLS handshake with a node's port of Akka.NET.</summary>
public sealed class BrokenHandshakeTests : IAsyncLifetime, IDisposable
{
    private readonly TestCertificates _files = new();
    private readonly Certificates _own;
    private TestNode _node = null!;

    public BrokenHandshakeTests()
    {
        PemFiles files = _files.Issue("node");
        _own = new Certificates(new TlsOptions { CertificateFile = files.Certificate, KeyFile = files.Key, AuthorityFile = files.Authority });
    }

    public async Task InitializeAsync() => _node = await TestNode.StartAsync(TestNode.Coordinator() with { Tls = _own });

    public Task DisposeAsync() => _node.DisposeAsync().AsTask();

    public void Dispose()
    {
        _own.Dispose();
        _files.Dispose();
    }

    /// <summary>After how many bytes of its part of the handshake the peer breaks off; -1 is before it has heard anything.</summary>
    [Theory]
    [InlineData(-1, true)]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(100, true)]
    [InlineData(100, false)]
    [InlineData(400, true)]
    [InlineData(400, false)]
    [InlineData(int.MaxValue, true)]
    [InlineData(int.MaxValue, false)]
    public async Task A_node_that_is_called_by_a_peer_that_breaks_off_lives_on(int after, bool reset)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _node.Cluster.SelfAddress.Port!.Value);
        await HandshakeAsync(socket, after, reset, stream => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", ClientCertificates = [_own.Own], RemoteCertificateValidationCallback = TrustAnyone,
        }));
        await LivesAsync();
    }

    /// <summary>
    /// Akka.NET takes every call whose handshake breaks off for that of a node that is not trusted, and ends it; the process starts it
    /// again where it was a member. Should a later Akka.NET tell the two apart, this test fails, and a limit goes from the README.
    /// </summary>
    [Theory]
    [InlineData(-1, true)]
    [InlineData(-1, false)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    [InlineData(100, true)]
    [InlineData(100, false)]
    public async Task A_node_that_calls_a_peer_that_breaks_off_ends_and_names_it(int after, bool reset)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Call(listener);
        using Socket socket = await listener.AcceptSocketAsync().Soon("the call");
        await HandshakeAsync(socket, after, reset, stream => stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = _own.Own, ClientCertificateRequired = true, RemoteCertificateValidationCallback = TrustAnyone,
        }));

        await _node.System.WhenTerminated.Soon("the end of the node");
        string reason = CoordinatedShutdown.Get(_node.System).ShutdownReason.ShouldNotBeNull().ToString()!;
        reason.ShouldStartWith("TLS handshake failed on outbound connection to ");

        // A connection that was reset before a word may be gone before Akka.NET has asked it whom it leads to.
        if (after >= 0 || !reset || !reason.EndsWith("[]", StringComparison.Ordinal))
        {
            reason.ShouldContain($":{((IPEndPoint)listener.LocalEndpoint).Port}]");
        }
    }

    private async Task LivesAsync()
    {
        CoordinatedShutdown.Get(_node.System).ShutdownReason.ShouldBeNull();
        await using TestNode worker = await TestNode.StartAsync(TestNode.Worker(_node.Seed) with { Tls = _own });
        TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Cluster.RegisterOnMemberUp(joined.SetResult);
        await joined.Task.Soon("the member");
        CoordinatedShutdown.Get(_node.System).ShutdownReason.ShouldBeNull();
    }

    private static async Task HandshakeAsync(Socket socket, int after, bool reset, Func<SslStream, Task> handshake)
    {
        await using SslStream stream = new(new BreakingStream(socket, after));
        try
        {
            await (after < 0 ? Task.CompletedTask : handshake(stream)).Soon("the handshake");
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // It broke off, as it should.
        }

        if (!reset)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        socket.LingerState = new LingerOption(reset, 0);
        socket.Close();
    }

    private static bool TrustAnyone(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null || errors != SslPolicyErrors.None;

    private void Call(TcpListener listener)
    {
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _node.System.ActorSelection($"akka.ssl.tcp://{AkkaNodeSettings.SystemName}@127.0.0.1:{port}/user/nobody").Tell("hello");
    }

    /// <summary>A connection on which so many bytes are sent and no more.</summary>
    private sealed class BreakingStream(Socket socket, int left) : NetworkStream(socket)
    {
        private int _left = left;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = Math.Min(_left, buffer.Length);
            await base.WriteAsync(buffer[..count], cancellationToken);
            _left -= count;
            if (count < buffer.Length)
            {
                throw new IOException("so much is sent and no more");
            }
        }
    }
}
