using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class StandaloneNodeLossTests : NodeLossContract
{
    protected override async Task<ClusterUnderTest> StartClusterAsync(int hosts)
    {
        StandaloneUnderTest cluster = new(await TestCluster.StartAsync(workers: 0, options => options with
        {
            ReconnectGrace = TimeSpan.FromMilliseconds(200),
        }));
        for (int host = 0; host < hosts; host++)
        {
            await cluster.AddAsync();
        }

        return cluster;
    }

    private sealed class StandaloneUnderTest(TestCluster cluster) : ClusterUnderTest
    {
        private readonly SortedDictionary<int, StandaloneActorSystem> _workers = [];
        private Func<int, IReadOnlyList<ActorKind>>? _kinds;
        private int _last;

        public override IActorSystem Outside => cluster.Seed;

        public override IReadOnlyList<int> Hosts => [.. _workers.Keys];

        public override void Register(Func<int, IReadOnlyList<ActorKind>> kinds)
        {
            _kinds = kinds;
            cluster.Seed.Register(kinds(0));
            foreach ((int number, StandaloneActorSystem worker) in _workers)
            {
                worker.Register(kinds(number));
            }
        }

        public override async Task<int> AddAsync()
        {
            int number = ++_last;
            _workers.Add(number, await cluster.AddWorkerAsync($"worker-{number}", _kinds?.Invoke(number) ?? []));
            return number;
        }

        public override async Task KillAsync(int node)
        {
            _workers.Remove(node, out StandaloneActorSystem? worker).ShouldBeTrue();
            await worker!.DieAsync().Soon("the death of a node");
        }

        public override async Task LeaveAsync(int node)
        {
            _workers.Remove(node, out StandaloneActorSystem? worker).ShouldBeTrue();
            await worker!.LeaveAsync();
        }

        public override ValueTask DisposeAsync() => cluster.DisposeAsync();
    }
}
