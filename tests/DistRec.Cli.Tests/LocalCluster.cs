using System.Net;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cli.Tests;

/// <summary>Tests that call a coordinator and a worker in this process.</summary>
public abstract class LocalCluster : IAsyncLifetime, IDisposable
{
    private protected const string Secret = "a secret of the tests";

    private ClusterNode? _coordinator;
    private ClusterNode? _worker;

    private protected TemporaryFolder Folder { get; } = new();

    private protected string Cluster => _coordinator!.Address.GetLeftPart(UriPartial.Authority);

    private protected virtual TlsOptions? Tls => null;

    public async Task InitializeAsync()
    {
        ClusterNodeOptions node = new() { Roles = [], Secret = ClusterSecret.FromText(Secret), Tls = Tls, Store = Folder["store"], Journal = Folder["jobs.db"], Threads = 2 };
        _coordinator = await ClusterNode.StartAsync(node with { Roles = [NodeRoles.Coordinator] }, NullLoggerFactory.Instance);
        _worker = await ClusterNode.StartAsync(
            node with { Roles = [NodeRoles.Worker], Join = [new DnsEndPoint(_coordinator.Address.Host, _coordinator.Address.Port)] }, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        await _worker!.DisposeAsync();
        await _coordinator!.DisposeAsync();
    }

    public virtual void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static CliHost WithSecret(CliHost host) => host with { Variable = name => name == "DISTREC_SECRET" ? Secret : null };

    private protected Task<CommandResult> RunAsync(string[] command, params string[] more) =>
        CommandLine.RunAsync(WithSecret, [.. command, "--cluster", Cluster, .. more]);
}
