using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace DistRec.Cluster.Tests.Blocks;

/// <summary>One node: a Kestrel on a port of the loopback, and an exchange.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestNode(WebApplication app, HttpBlockExchange exchange)
    {
        _app = app;
        Exchange = exchange;
        exchange.Server.Waiting = Waiting.Happened;
    }

    public HttpBlockExchange Exchange { get; }

    /// <summary>Pulls of other nodes that came to wait here.</summary>
    public KeyEvents Waiting { get; } = new();

    public string Endpoint => Exchange.Endpoint;

    public Uri Address => new(Endpoint);

    /// <summary>Starts it.</summary>
    /// <param name="options">How its blocks travel.</param>
    /// <param name="tls">Whether it and whoever calls it show certificates.</param>
    /// <param name="port">Where it listens; 0 takes a free one.</param>
    public static async Task<TestNode> StartAsync(HttpBlockExchangeOptions options, bool tls, int port)
    {
        WebApplicationBuilder builder = QuietBuilder.Create();
        builder.WebHost.TuneForBlocks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (tls)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = Certificate;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (certificate, _, _) => certificate.Thumbprint == Certificate.Thumbprint;
                });
            }
        }));
        WebApplication app = builder.Build();
        HttpBlockExchange exchange = new(options: options);
        exchange.MapBlocks(app);
        await app.StartAsync();
        exchange.Endpoint = app.Urls.Single();
        return new TestNode(app, exchange);
    }

    /// <summary>Made for this run: its key never leaves the process.</summary>
    public static X509Certificate2 Certificate { get; } = CreateCertificate();

    public Task<TBlock> PullAsync<TBlock>(
        string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock => Exchange.PullAsync(endpoint, key, reader, cancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        Exchange.Dispose();
        await _app.DisposeAsync();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=node", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
