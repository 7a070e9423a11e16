using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

/// <summary>One node that only sends, and workers that come and go.</summary>
internal sealed class AkkaClusterUnderTest : ClusterUnderTest
{
    private const string WorkerRole = "worker";

    private readonly EngineSettings _settings = new(TimeProvider.System);
    private readonly AkkaActorSystem _outside;
    private readonly SortedDictionary<int, AkkaActorSystem> _workers = [];
    private readonly List<Func<int, IReadOnlyList<ActorKind>>> _kinds = [];
    private int _lastNumber;

    private AkkaClusterUnderTest() => _outside = AkkaNodes.Start(_settings, AkkaNodes.SwiftDeath + "akka.cluster.roles = [seed]");

    public override IActorSystem Outside => _outside;

    public override IReadOnlyList<int> Hosts => [.. _workers.Keys];

    public static async Task<AkkaClusterUnderTest> StartAsync(int hosts)
    {
        AkkaClusterUnderTest cluster = new();
        cluster._outside.Join(cluster._outside.ClusterAddress);
        await cluster._outside.JoinedAsync().Soon("the first node");
        for (int host = 0; host < hosts; host++)
        {
            await cluster.AddAsync();
        }

        return cluster;
    }

    public override void Register(Func<int, IReadOnlyList<ActorKind>> kinds)
    {
        _kinds.Add(kinds);
        _outside.Register(OfWorkers(kinds(0)));
        foreach ((int number, AkkaActorSystem worker) in _workers)
        {
            worker.Register(OfWorkers(kinds(number)));
        }
    }

    public override async Task<int> AddAsync()
    {
        int number = ++_lastNumber;
        AkkaActorSystem worker = AkkaNodes.Start(_settings, AkkaNodes.SwiftDeath + $"akka.cluster.roles = [{WorkerRole}]", number, TimeSpan.FromSeconds(15));
        worker.Join(_outside.ClusterAddress);
        await worker.JoinedAsync().Soon($"node {number}");
        foreach (AkkaActorSystem node in _workers.Values.Append(_outside))
        {
            // Others hear of it a moment later, and place nothing on it before.
            await KnowsAsync(node, worker).Soon($"the news of node {number}");
        }

        foreach (Func<int, IReadOnlyList<ActorKind>> kinds in _kinds)
        {
            worker.Register(OfWorkers(kinds(number)));
        }

        _workers.Add(number, worker);
        return number;
    }

    public override async Task KillAsync(int node)
    {
        _workers.Remove(node, out AkkaActorSystem? worker);
        await worker!.CrashAsync();
    }

    public override async Task LeaveAsync(int node)
    {
        _workers.Remove(node, out AkkaActorSystem? worker);
        await worker!.LeaveAsync();
        await worker.DisposeAsync();
    }

    public override async ValueTask DisposeAsync() =>
        // Nodes that all leave at once wait in vain for each other's consent.
        await Task.WhenAll(_workers.Values.Append(_outside).Select(node => node.CrashAsync())).Soon("the end of the nodes");

    private static async Task KnowsAsync(AkkaActorSystem node, AkkaActorSystem other)
    {
        while (true)
        {
            Task changed = node.View.Changed;
            if (node.View.Nodes.Any(info => info.Incarnation == other.OwnIncarnation))
            {
                return;
            }

            await changed;
        }
    }

    private static ActorKind[] OfWorkers(IReadOnlyList<ActorKind> kinds) => [.. kinds.Select(kind => kind with { Role = WorkerRole })];
}
