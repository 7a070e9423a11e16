using System.Net;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>The HTTP server of a node, whatever its engine.</summary>
/// <param name="address">Where it listens; port 0 takes one that is free.</param>
/// <param name="requireClientCertificate">Whether whoever connects must show a certificate, where there are any.</param>
/// <param name="certificates">Null for connections in the clear.</param>
/// <param name="loggers">Hear of its troubles.</param>
internal sealed class NodeServer(
    IPEndPoint address, bool requireClientCertificate, Certificates? certificates, ILoggerFactory loggers) : IAsyncDisposable
{
    private WebApplication? _application;

    /// <summary>Where it listens; with the port it was given if none was asked for.</summary>
    public Uri ListensOn { get; private set; } = null!;

    public async Task StartAsync(Action<IEndpointRouteBuilder> map, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.TuneForBlocks();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, Secure));
        WebApplication application = builder.Build();
        _application = application;
        application.UseWebSockets();
        map(application);
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        ListensOn = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            await application.StopAsync().ConfigureAwait(false);
            await application.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Secure(ListenOptions listen)
    {
        if (certificates is not { } known)
        {
            return;
        }

        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = known.Own,
            ClientCertificateMode = requireClientCertificate
                ? ClientCertificateMode.RequireCertificate
                : ClientCertificateMode.NoCertificate,
            ClientCertificateValidation = (certificate, _, errors) => known.IsTrusted(certificate, errors),
        });
    }
}
