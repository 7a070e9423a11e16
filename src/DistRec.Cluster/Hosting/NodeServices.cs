using System.Net;
using DistRec.Cluster.Blocks;
using DistRec.Cluster.Security;
using DistRec.Training.Compute;
using DistRec.Training.Databases;
using DistRec.Training.Protocol;
using DistRec.Training.Work;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Hosting;

/// <summary>What a node has beside its actors: opened before they start, closed when they have ended.</summary>
internal sealed class NodeServices : IAsyncDisposable
{
    private readonly ComputePool _compute;

    private NodeServices(
        ClusterNodeOptions options, IPEndPoint listen, Uri address, AkkaNodeSettings akka, Certificates? certificates, CoordinatorServices? jobs,
        ILoggerFactory loggers)
    {
        Options = options;
        Listen = listen;
        Certificates = certificates;
        Jobs = jobs;
        _compute = new ComputePool(options.Threads);
        Blocks = new HttpBlockExchange(address.AbsoluteUri, new HttpBlockExchangeOptions
        {
            Secret = options.Secret,
            Time = options.Time,
            Logger = loggers.CreateLogger<HttpBlockExchange>(),
            ConfigureHandler = handler => certificates?.Secure(handler.SslOptions),
        });
        Resources = new NodeResources(Blocks, _compute);
        Akka = akka;
    }

    public ClusterNodeOptions Options { get; }

    /// <summary>Where HTTP listens.</summary>
    public IPEndPoint Listen { get; }

    public Certificates? Certificates { get; }

    public HttpBlockExchange Blocks { get; }

    public NodeResources Resources { get; }

    /// <summary>What Akka.NET is told.</summary>
    public AkkaNodeSettings Akka { get; }

    /// <summary>What a coordinator has; null on other nodes.</summary>
    public CoordinatorServices? Jobs { get; }

    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="Data.InputException">Store or journal cannot be used.</exception>
    public static async Task<NodeServices> OpenAsync(ClusterNodeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        Certificates? certificates = options.Tls is { } tls ? new Certificates(tls) : null;
        CoordinatorServices? jobs = null;
        try
        {
            IPEndPoint listen = options.Listen.Port > 0 ? options.Listen : new IPEndPoint(options.Listen.Address, FreePorts.FindPair(options.Listen.Address));
            Uri address = options.Advertise ?? new Uri($"{(certificates is null ? "http" : "https")}://{listen}/");
            AkkaNodeSettings akka = AkkaOf(options, listen, address, certificates);
            akka.Validate();
            jobs = options.Coordinates ? await CoordinatorServices.OpenAsync(options, loggers, cancellationToken).ConfigureAwait(false) : null;
            return new NodeServices(options, listen, address, akka, certificates, jobs, loggers);
        }
        catch
        {
            certificates?.Dispose();
            if (jobs is not null)
            {
                await jobs.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>What the node says of itself to others.</summary>
    public NodeDescription Describe()
    {
        NodeTraffic traffic = Blocks.TotalTraffic;
        Uri address = new(Blocks.Endpoint);
        return new NodeDescription
        {
            Id = Options.Id.Length > 0 ? Options.Id : address.Authority,
            Address = Blocks.Endpoint,
            Threads = Options.Works ? Options.Threads : 0,
            Version = Release.Version,
            ReceivedBytes = traffic.ReceivedBytes,
            SentBytes = traffic.SentBytes,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Blocks.Dispose();
        _compute.Dispose();
        Certificates?.Dispose();
        if (Jobs is not null)
        {
            await Jobs.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static AkkaNodeSettings AkkaOf(ClusterNodeOptions options, IPEndPoint listen, Uri address, Certificates? certificates) => new()
    {
        Roles = options.Roles,
        Listen = new IPEndPoint(listen.Address, options.AkkaPort ?? listen.Port + 1),
        PublicHost = address.Host.Trim('[', ']'),
        PublicPort = options.AkkaPort ?? (options.Advertise is { } advertised ? advertised.Port + 1 : listen.Port + 1),
        Seeds = [.. options.Join.Select(coordinator => $"{coordinator.Host}:{coordinator.Port + 1}")],
        Tls = certificates,
        AllowPlaintext = options.AllowPlaintext,
        Files = options.AkkaFiles,
        KnownMembersFile = options.Coordinates ? KnownMembersOf(options) : null,
    };

    // Beside the journal, where that is a file.
    private static string KnownMembersOf(ClusterNodeOptions options) =>
        DatabaseSetting.IsFile(options.Journal) ? options.Journal + ".members" : $"distrec-{options.Listen.Port}.members";
}
