using DistRec.Actors.Cluster;
using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

public sealed class ClusterViewTests
{
    private static readonly ActorAddress First = new("first", 0);

    [Fact]
    public async Task Every_node_knows_what_the_others_are_and_forgets_who_leaves()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(3, number => $"akka.cluster.roles = [{(number == 0 ? "seed" : "worker")}]");
        foreach (AkkaActorSystem node in cluster.Nodes)
        {
            await UntilAsync(node.View, view => view.Nodes.Count == 3);

            node.View.Nodes.Select(info => info.Role).ShouldBe(["seed", "worker", "worker"], ignoreOrder: true);
            node.View.Nodes.Select(info => info.Address).ShouldBe(Enumerable.Range(0, 3).Select(TestCluster.HttpAddressOf), ignoreOrder: true);
            node.View.Nodes.ShouldAllBe(info => info.Threads == 2 && info.NodeId == info.Address.Authority);
            node.View.Nodes.Select(info => info.Incarnation).ShouldBeUnique();
        }

        await cluster.LeaveAsync(2);

        await UntilAsync(cluster.Nodes[0].View, view => view.Nodes.Count == 2);
    }

    [Fact]
    public async Task An_actors_host_is_found_out_when_somebody_wants_to_know()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        await cluster.RegisterAsync("first", 2);
        IClusterView view = cluster.Nodes[0].View;

        await UntilAsync(view, known => known.HostOf(First) is not null);

        view.HostOf(First)!.Address.ShouldBe(TestCluster.HttpAddressOf(cluster.HostOf(First)));
        view.HostOf(new("nobody", 0)).ShouldBeNull();
    }

    private static async Task UntilAsync(IClusterView view, Func<IClusterView, bool> holds)
    {
        while (true)
        {
            Task changed = view.Changed;
            if (holds(view))
            {
                return;
            }

            await changed.Soon("news of the cluster");
        }
    }
}
