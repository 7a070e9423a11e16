using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>A node in the process of the tests, set up as a real one, which may end as if its process had died.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly IHost _host;

    private TestNode(IHost host)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
    }

    public ActorSystem System { get; }

    public AkkaCluster Cluster => AkkaCluster.Get(System);

    public ActorRegistry Registry => ActorRegistry.For(System);

    /// <summary>HOST:PORT, by which others join it.</summary>
    public string Seed => $"{Cluster.SelfAddress.Host}:{Cluster.SelfAddress.Port}";

    public static async Task<TestNode> StartAsync(
        AkkaNodeSettings settings, Action<AkkaConfigurationBuilder>? more = null, ILoggerProvider? log = null)
    {
        HostApplicationBuilder app = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (log is not null)
        {
            app.Logging.AddProvider(log);
        }

        app.Services.AddAkka(AkkaNodeSettings.SystemName, (builder, _) =>
        {
            // A system that is terminated behaves like a process that is killed: it tells nobody.
            builder.WithClusterNode(settings)
                .AddHocon("akka.coordinated-shutdown.run-by-actor-system-terminate = off", HoconAddMode.Prepend);
            more?.Invoke(builder);
        });
        IHost host = app.Build();
        await host.StartAsync().WaitAsync(Bound);
        return new TestNode(host);
    }

    /// <summary>A coordinator that forms a cluster.</summary>
    public static AkkaNodeSettings Coordinator() => Of(NodeRoles.Coordinator, FreePort.Find());

    /// <summary>A worker that joins a cluster, at a port that is free.</summary>
    public static AkkaNodeSettings Worker(params IReadOnlyList<string> seeds) => Of(NodeRoles.Worker, 0) with { Seeds = seeds };

    /// <summary>A node on the loopback.</summary>
    public static AkkaNodeSettings Of(string role, int port) =>
        new() { Roles = [role], Listen = new IPEndPoint(IPAddress.Loopback, port), PublicHost = "127.0.0.1" };

    /// <summary>Ends without a word, as a process does that is killed.</summary>
    public Task CrashAsync() => System.Terminate().WaitAsync(Bound);

    /// <summary>Leaves the cluster in good order and ends.</summary>
    public Task StopAsync() => _host.StopAsync().WaitAsync(Bound);

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        _host.Dispose();
    }
}
