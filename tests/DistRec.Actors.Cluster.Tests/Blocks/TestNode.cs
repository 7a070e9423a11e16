using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistRec.Actors.Cluster.Blocks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Tests.Blocks;

/// <summary>One node: a Kestrel on a port of loopback, an exchange and its directory.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestNode(WebApplication app, HttpBlockExchange exchange, TestDirectory directory)
    {
        _app = app;
        Exchange = exchange;
        Directory = directory;
        exchange.Server.Waiting = Waiting.Happened;
    }

    public HttpBlockExchange Exchange { get; }

    public TestDirectory Directory { get; }

    /// <summary>Pulls of other nodes that came to wait here.</summary>
    public KeyEvents Waiting { get; } = new();

    public Uri Address => Directory.Self!;

    public static async Task<TestNode> StartAsync(TestCluster cluster, HttpBlockExchangeOptions options, bool tls)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.TuneForBlocks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
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
        TestDirectory directory = new(cluster);
        HttpBlockExchange exchange = new(directory, options);
        exchange.MapBlocks(app);
        await app.StartAsync();
        directory.Self = new Uri(app.Urls.Single());
        return new TestNode(app, exchange, directory);
    }

    /// <summary>Made for this run: its key never leaves the process.</summary>
    public static X509Certificate2 Certificate { get; } = CreateCertificate();

    public async ValueTask DisposeAsync()
    {
        Exchange.Dispose();
        await _app.DisposeAsync();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=node", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
