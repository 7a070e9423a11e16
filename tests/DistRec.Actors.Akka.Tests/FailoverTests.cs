using System.Diagnostics;
using DistRec.Actors.Cluster;
using DistRec.Contracts;
using Xunit.Abstractions;

namespace DistRec.Actors.Akka.Tests;

/// <summary>Nodes that die without a word, with the timings of the engine's own configuration.</summary>
public sealed class FailoverTests(ITestOutputHelper output)
{
    // What moves here moves because a node died, and not to spread the load.
    private const string NoRebalancing = AkkaNodes.SwiftDeath + "akka.cluster.sharding.rebalance-interval = 1 h";

    private static readonly ActorAddress First = new("first", 0);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(15);

    // The target is 10 s on a quiet machine.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Actors_of_a_dead_node_start_afresh_elsewhere_and_are_told(int nodes)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(nodes, _ => NoRebalancing);
        await cluster.RegisterAsync("first", 6);
        int dying = cluster.HostOf(First);
        ActorAddress[] lost = cluster.ActorsOn(dying);
        cluster.Starts.Items.ShouldAllBe(start => start.Reason == StartReason.First);

        long crash = Stopwatch.GetTimestamp();
        await cluster.CrashAsync(dying);
        IReadOnlyList<(int Node, ActorAddress Actor, StartReason Reason)> starts = await cluster.Starts.WhenAsync(6 + lost.Length);
        TimeSpan took = Stopwatch.GetElapsedTime(crash);

        output.WriteLine($"{lost.Length} actors were back after {took.TotalSeconds:F1} s");
        starts.Skip(6).ShouldAllBe(start => start.Reason == StartReason.Relocation && start.Node != dying);
        starts.Skip(6).Select(start => start.Actor).ShouldBe(lost, ignoreOrder: true);
        took.ShouldBeLessThan(Longest);
        foreach (ActorAddress actor in lost)
        {
            Question question = new() { Number = actor.Shard };
            (await cluster.Nodes[cluster.OtherThan(dying)].AskAsync<Answer>(actor, question, AskTimeout).Soon()).Number.ShouldBe(actor.Shard);
        }
    }

    [Fact]
    public async Task The_oldest_nodes_death_costs_no_more_and_takes_a_single_actor_along()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(3, number => AkkaNodes.SwiftDeath + $"akka.cluster.roles = [{(number < 2 ? "seed" : "worker")}]");
        await cluster.RegisterAsync("coordinator", 1, role: "seed");
        ActorAddress coordinator = new("coordinator", 0);
        int first = cluster.HostOf(coordinator);
        first.ShouldBeLessThan(2, "only nodes with the role host it");

        long crash = Stopwatch.GetTimestamp();
        await cluster.CrashAsync(first);
        await cluster.Starts.WhenAsync(2);
        TimeSpan took = Stopwatch.GetElapsedTime(crash);

        output.WriteLine($"the coordinator was back after {took.TotalSeconds:F1} s");
        cluster.Starts.Items[1].ShouldBe((1 - first, coordinator, StartReason.Relocation));
        took.ShouldBeLessThan(Longest);
        (await cluster.Nodes[2].AskAsync<Answer>(coordinator, new Question { Number = 3 }, AskTimeout).Soon()).Number.ShouldBe(3);
    }

    [Fact]
    public async Task An_ask_whose_node_dies_fails_by_name()
    {
        Recorded<Google.Protobuf.IMessage> seen = new();
        await using TestCluster cluster = await TestCluster.StartAsync(3, _ => NoRebalancing);
        await cluster.RegisterAsync("first", 6, (actor, message) =>
        {
            actor.Context.CaptureReply();
            seen.Add(message);
            return ValueTask.CompletedTask;
        });
        int dying = cluster.HostOf(First);
        Task<Answer> ask = cluster.Nodes[cluster.OtherThan(dying)].AskAsync<Answer>(First, new Question(), TimeSpan.FromMinutes(5));
        await seen.WhenAsync(1);

        await cluster.CrashAsync(dying);

        ActorFailedException failure = await ask.Soon().ShouldThrowAsync<ActorFailedException>();
        failure.Address.ShouldBe(First);
        failure.IsFinal.ShouldBeFalse();
        failure.Message.ShouldContain("was lost");
    }

    [Fact]
    public async Task What_is_known_of_a_dead_nodes_actors_is_forgotten()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(3, _ => NoRebalancing);
        await cluster.RegisterAsync("first", 6);
        int dying = cluster.HostOf(First);
        IActorDirectory directory = cluster.Nodes[cluster.OtherThan(dying)].Directory;
        ActorHost before = await directory.FindAsync(First, default).Soon();
        before.Address.ShouldBe(TestCluster.HttpAddressOf(dying));
        TaskCompletionSource moved = new();
        using CancellationTokenRegistration registration = before.Moved.Register(moved.SetResult);

        await cluster.CrashAsync(dying);

        await moved.Task.Soon("the news that the host is gone");
        ActorHost after = await directory.FindAsync(First, default).Soon();
        after.Address.ShouldNotBe(TestCluster.HttpAddressOf(dying));
    }
}
