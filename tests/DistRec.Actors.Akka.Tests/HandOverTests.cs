using DistRec.Actors.Cluster;
using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

/// <summary>Actors that move because their node leaves in good order or another joins.</summary>
public sealed class HandOverTests
{
    private static readonly ActorAddress First = new("first", 0);

    [Fact]
    public async Task What_is_sent_to_an_actor_while_its_node_leaves_arrives_once_and_in_order()
    {
        Recorded<int> seen = new();
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        await cluster.RegisterAsync("first", 4, (_, message) =>
        {
            seen.Add(((Note)message).Number);
            return ValueTask.CompletedTask;
        });
        int leaver = cluster.HostOf(First);
        AkkaActorSystem stayer = cluster.Nodes[cluster.OtherThan(leaver)];
        for (int number = 0; number < 100; number++)
        {
            await stayer.SendAsync(First, new Note { Number = number });
        }

        await seen.WhenAsync(100);
        Task leaving = cluster.LeaveAsync(leaver);
        for (int number = 100; number < 400; number++)
        {
            await stayer.SendAsync(First, new Note { Number = number }).Soon($"the send of {number}");
        }

        (await seen.WhenAsync(400)).Order().ShouldBe(Enumerable.Range(0, 400));
        seen.Items.ShouldBe(Enumerable.Range(0, 400));
        await leaving.Soon("the leave");
        cluster.Starts.Items.ShouldContain((cluster.OtherThan(leaver), First, StartReason.Relocation));
    }

    [Fact]
    public async Task Nodes_that_all_leave_at_once_do_not_wait_for_each_other()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        await cluster.RegisterAsync("first", 4);

        await Task.WhenAll(cluster.LeaveAsync(0), cluster.LeaveAsync(1)).Soon("the leave of both");
    }

    [Fact]
    public async Task A_node_that_no_other_could_stand_in_for_leaves_at_once()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2, number => $"akka.cluster.roles = [{(number == 0 ? "seed" : "worker")}]");
        await cluster.RegisterAsync("coordinator", 1, role: "seed");

        await cluster.Nodes[0].LeaveAsync().Soon("the leave");

        cluster.Starts.Items.Count.ShouldBe(1);
        (await cluster.Nodes[1].AskAsync<Answer>(new("coordinator", 0), new Question { Number = 6 }, TimeSpan.FromSeconds(15)).Soon()).Number.ShouldBe(6);
    }

    [Fact]
    public async Task A_directory_hears_that_an_actor_has_moved()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        await cluster.RegisterAsync("first", 4);
        int leaver = cluster.HostOf(First);
        AkkaActorSystem stayer = cluster.Nodes[cluster.OtherThan(leaver)];
        IActorDirectory directory = stayer.Directory;
        directory.IsHere(First).ShouldBeFalse();
        ActorHost before = await directory.FindAsync(First, default).Soon();
        before.Address.ShouldBe(TestCluster.HttpAddressOf(leaver));
        TaskCompletionSource moved = new();
        using CancellationTokenRegistration registration = before.Moved.Register(moved.SetResult);

        await cluster.LeaveAsync(leaver);

        await moved.Task.Soon("the news that it moved");
        (await directory.FindAsync(First, default).Soon()).Address.ShouldBe(TestCluster.HttpAddressOf(cluster.OtherThan(leaver)));
        directory.IsHere(First).ShouldBeTrue();
    }

    [Fact]
    public async Task A_directory_knows_no_actor_that_nobody_registered()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);

        await Should.ThrowAsync<UnknownActorException>(async () => await cluster.Nodes[0].Directory.FindAsync(First, default));
    }

    [Fact]
    public async Task An_actor_that_fails_for_good_is_reported_on_every_node()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        foreach (AkkaActorSystem node in cluster.Nodes)
        {
            node.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => throw new InvalidOperationException("broken")))
            {
                Restart = new RestartPolicy { MaxRestarts = 0 },
            });
        }

        await cluster.Nodes[0].SendAsync(First, new Note());

        foreach (AkkaActorSystem node in cluster.Nodes)
        {
            ActorFailure failure = await node.Failed.Soon();
            failure.Address.ShouldBe(First);
            failure.Cause.Message.ShouldContain("broken");
        }
    }
}
