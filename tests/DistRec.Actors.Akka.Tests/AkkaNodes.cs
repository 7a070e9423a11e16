using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

/// <summary>Nodes of one cluster in the test's process, on ports of their own, with everything quick that may be.</summary>
internal static class AkkaNodes
{
    /// <summary>The engine's own timings, for tests in which nodes die; elsewhere a busy machine must not look like a death.</summary>
    public const string SwiftDeath = "akka.cluster.failure-detector.acceptable-heartbeat-pause = 2 s\n";

    private const string SlowDeath = "akka.cluster.failure-detector.acceptable-heartbeat-pause = 20 s\n";

    private const string Quick = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          remote.flush-wait-on-shutdown = 100 ms
          coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 2 s
          cluster {
            gossip-interval = 100 ms
            leader-actions-interval = 100 ms
            periodic-tasks-initial-delay = 100 ms
            unreachable-nodes-reaper-interval = 200 ms
            shutdown-after-unsuccessful-join-seed-nodes = off
            distributed-data.gossip-interval = 100 ms
            distributed-data.notify-subscribers-interval = 50 ms
            sharding.retry-interval = 100 ms
            sharding.distributed-data.gossip-interval = 100 ms
          }
        }
        """;

    public static async Task<AkkaActorSystem[]> StartAsync(
        int count, EngineSettings settings, Func<int, string>? configuration = null)
    {
        AkkaActorSystem[] nodes =
            [.. Enumerable.Range(0, count).Select(number => Start(settings, configuration?.Invoke(number) ?? "", number))];
        foreach (AkkaActorSystem node in nodes)
        {
            node.Join(nodes[0].ClusterAddress);
        }

        await Task.WhenAll(nodes.Select(node => node.JoinedAsync())).Soon("the cluster");
        return nodes;
    }

    /// <summary>Where a node says that its HTTP endpoints are; nothing listens there.</summary>
    public static Uri HttpAddressOf(int number) => new($"http://127.0.0.{number + 1}:7400/");

    public static AkkaActorSystem Start(
        EngineSettings settings, string configuration = "", int number = 0, TimeSpan? leaveTimeout = null) => new(new AkkaActorSystemOptions
    {
        ClusterName = "test",
        Configuration = SlowDeath + configuration + "\n" + Quick,
        Messages = [ContractMessagesReflection.Descriptor],
        Time = settings.Time,
        MessageSizeLimit = settings.MessageSizeLimit,
        SendTimeout = settings.SendTimeout,
        ComputeThreads = 2,

        // Nodes that all leave at once wait in vain for each other's consent.
        LeaveTimeout = leaveTimeout ?? TimeSpan.FromMilliseconds(500),
        HttpAddress = HttpAddressOf(number),
        Blocks = _ => new LocalBlockExchange(),
    });
}
