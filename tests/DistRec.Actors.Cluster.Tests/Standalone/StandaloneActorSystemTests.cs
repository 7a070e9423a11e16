using DistRec.Actors.Cluster.Security;
using DistRec.Contracts;
using Google.Protobuf.WellKnownTypes;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class StandaloneActorSystemTests
{
    private static readonly ActorAddress First = new("first", 0);
    private static readonly ActorAddress Second = new("second", 0);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Kinds_live_on_the_nodes_of_their_role()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        cluster.Register(
            new ActorKind("first", 4, _ => ScriptedActor.Answering(), "worker"),
            new ActorKind("second", 1, _ => ScriptedActor.Answering(), "seed"));
        foreach (StandaloneActorSystem node in cluster.Nodes)
        {
            await TestCluster.WhenAsync(node, () => node.HostOf(First) is not null && node.HostOf(Second) is not null, "the hosts");
            node.HostOf(First)!.NodeId.ShouldBe("worker-0");
            node.HostOf(First with { Shard = 3 })!.NodeId.ShouldBe("worker-1");
            node.HostOf(Second)!.NodeId.ShouldBe("seed");
            (await node.AskAsync<Answer>(First with { Shard = 3 }, new Question { Number = 5 }, AskTimeout).Soon()).Number.ShouldBe(5);
            (await node.AskAsync<Answer>(Second, new Question { Number = 6 }, AskTimeout).Soon()).Number.ShouldBe(6);
        }

        cluster.Nodes[1].IsHere(First).ShouldBeTrue();
        cluster.Nodes[2].IsHere(First).ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_type_that_nobody_was_told_of_is_refused_by_name_wherever_the_receiver_lives()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        cluster.Register(
            new ActorKind("first", 1, _ => ScriptedActor.Answering(), "worker"), new ActorKind("second", 1, _ => ScriptedActor.Answering(), "seed"));

        foreach (ActorAddress to in new[] { First, Second })
        {
            UnknownMessageTypeException failure =
                await Should.ThrowAsync<UnknownMessageTypeException>(async () => await cluster.Seed.SendAsync(to, new Empty()));
            failure.Message.ShouldContain("google.protobuf.Empty");
        }
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_stops_nobody_else_on_the_same_connection()
    {
        TaskCompletionSource release = new();
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        cluster.Register(
            new ActorKind("first", 1, _ => new ScriptedActor(async (_, _) => await release.Task), "worker") { MailboxCapacity = 1 },
            new ActorKind("second", 1, _ => ScriptedActor.Answering(), "worker"));
        Task[] stuck =
        [
            .. Enumerable.Range(0, 2000).Select(number => cluster.Seed.SendAsync(First, new Note { Number = number }).AsTask()),
        ];

        for (int number = 0; number < 100; number++)
        {
            (await cluster.Seed.AskAsync<Answer>(Second, new Question { Number = number }, AskTimeout).Soon()).Number.ShouldBe(number);
        }

        stuck.Count(send => !send.IsCompleted).ShouldBeGreaterThan(1900);
        release.SetResult();
        await Task.WhenAll(stuck).Soon();
    }

    [Fact]
    public async Task An_actor_that_failed_for_good_is_reported_on_every_node_and_on_those_that_join_later()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        ActorKind[] Kinds() =>
        [
            new("first", 1, _ => new ScriptedActor((_, _) => throw new InvalidOperationException("the disk is full")), "worker")
            {
                Restart = new RestartPolicy { MaxRestarts = 0 },
            },
        ];
        cluster.Register(Kinds());

        await cluster.Seed.SendAsync(First, new Note()).Soon();

        StandaloneActorSystem late = await cluster.AddWorkerAsync("late", Kinds());
        foreach (StandaloneActorSystem node in cluster.Nodes)
        {
            ActorFailure failure = await node.Failed.Soon();
            failure.Address.ShouldBe(First);
            failure.Cause.Message.ShouldContain("the disk is full");
        }

        cluster.Nodes.ShouldContain(late);
    }

    [Fact]
    public async Task A_directory_finds_an_actors_host_and_tells_when_it_is_another()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(2);
        ValueTask<ActorHost> early = cluster.Seed.FindAsync(First, default);
        await Should.ThrowAsync<UnknownActorException>(async () => await early);
        cluster.Register(new ActorKind("first", 1, _ => ScriptedActor.Answering(), "worker"));
        ActorHost host = await cluster.Seed.FindAsync(First, default).Soon();
        host.Address.ShouldBe(cluster.Nodes[1].Address);
        host.Moved.IsCancellationRequested.ShouldBeFalse();
        TaskCompletionSource moved = new();
        host.Moved.Register(moved.SetResult);

        await cluster.Nodes[1].LeaveAsync().Soon();

        await moved.Task.Soon();
        (await cluster.Seed.FindAsync(First, default).Soon()).Address.ShouldBe(cluster.Nodes[2].Address);
        await TestCluster.WhenAsync(
            cluster.Seed, () => cluster.Seed.Nodes.Select(node => node.NodeId).SequenceEqual(["seed", "worker-1"]), "the end of the node that left");
    }

    [Fact]
    public async Task Messages_to_a_kind_that_no_node_can_host_fail_by_name_after_the_send_timeout_and_not_before_one_joins()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { SendTimeout = TimeSpan.FromMilliseconds(300) });
        ActorKind kind = new("first", 1, _ => ScriptedActor.Answering(), "worker");
        cluster.Register(kind);
        Task<Answer> ask = cluster.Seed.AskAsync<Answer>(First, new Question { Number = 2 }, AskTimeout);

        ActorFailedException failure =
            await cluster.Seed.SendAsync(First, new Note()).Soon().ShouldThrowAsync<ActorFailedException>();
        failure.IsFinal.ShouldBeFalse();
        failure.Message.ShouldContain("no node could host first/0");
        ask.IsCompleted.ShouldBeFalse();

        await cluster.AddWorkerAsync("worker", kind);
        (await ask.Soon()).Number.ShouldBe(2);
    }

    [Fact]
    public async Task Actors_move_to_a_node_that_joined_only_when_they_may()
    {
        Recorded<(int Shard, StartReason Reason)> starts = new();
        ActorKind Kind() => new("first", 4, shard => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (_, reason) =>
            {
                starts.Add((shard, reason));
                return ValueTask.CompletedTask;
            },
        }, "worker");
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with { RebalanceOnJoin = false });
        cluster.Register(Kind());
        await starts.WhenAsync(4);
        StandaloneActorSystem joined = await cluster.AddWorkerAsync("late", Kind());
        await TestCluster.WhenAsync(joined, () => joined.HostOf(First with { Shard = 3 }) is not null, "the late node's view");
        joined.HostOf(First with { Shard = 1 })!.NodeId.ShouldBe("worker-0");

        cluster.Seed.Rebalance();

        (await starts.WhenAsync(6)).Skip(4).Select(start => start.Shard).Order().ShouldBe([1, 3]);
        starts.Items.Skip(4).ShouldAllBe(start => start.Reason == StartReason.Relocation);
    }

    [Fact]
    public async Task A_block_published_by_an_actor_of_one_node_is_pulled_on_another()
    {
        BlockKey key = new("job", 1, "factors", 0, 1);
        byte[] bytes = [.. Enumerable.Range(0, 200_000).Select(position => (byte)(position * 7))];
        await using TestCluster cluster = await TestCluster.StartAsync(
            2, options => options with { Secret = ClusterSecret.FromText("a secret of enough characters") });
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor(async (actor, message) =>
        {
            actor.Context.Blocks.Publish(key, new BytesBlock(bytes));
            await actor.Context.ReplyAsync(new Answer());
        }), "worker"));
        Task<BytesBlock> early = cluster.Nodes[2].Blocks.PullAsync(First, key, new BytesBlockReader()).AsTask();

        await cluster.Seed.AskAsync<Answer>(First, new Question(), AskTimeout).Soon();

        (await early.Soon()).Bytes.ToArray().ShouldBe(bytes);
        (await cluster.Seed.Blocks.PullAsync(First, key, new BytesBlockReader()).Soon()).Bytes.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task Messages_keep_their_order_and_none_is_lost_while_their_receiver_moves_away_from_its_senders_node_and_back()
    {
        Recorded<int> seen = new();
        Recorded<StartReason> starts = new();
        ActorKind Kind() => new("first", 1, _ => new ScriptedActor(async (_, message) =>
        {
            await Task.Yield();
            seen.Add(((Note)message).Number);
        })
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }) { MailboxCapacity = 3 };
        await using TestCluster cluster = await TestCluster.StartAsync(0);
        cluster.Register(Kind());
        using CancellationTokenSource enough = new();
        Task<int> sending = Task.Run(async () =>
        {
            int number = 0;
            while (!enough.IsCancellationRequested)
            {
                // Several at a time, more than the mailbox holds.
                await Task.WhenAll(Enumerable.Range(number, 8).Select(
                    note => cluster.Seed.SendAsync(First, new Note { Number = note }).AsTask()));
                number += 8;
            }

            return number;
        });

        for (int round = 0; round < 4; round++)
        {
            await seen.WhenAsync(seen.Items.Count + 100);
            StandaloneActorSystem worker = await cluster.AddWorkerAsync($"worker-{round}", Kind());
            await starts.WhenAsync((2 * round) + 2);
            await seen.WhenAsync(seen.Items.Count + 100);
            await worker.LeaveAsync().Soon();
            await starts.WhenAsync((2 * round) + 3);
        }

        await seen.WhenAsync(seen.Items.Count + 100);
        await enough.CancelAsync();
        int sent = await sending.Soon();
        (await seen.WhenAsync(sent)).ShouldBe(Enumerable.Range(0, sent));
        cluster.Seed.IsHere(First).ShouldBeTrue();
    }

    [Fact]
    public async Task The_host_of_a_node_can_add_endpoints()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with
        {
            MapEndpoints = routes => Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(routes, "/hello", () => options.NodeId),
        });
        using HttpClient client = new();

        (await client.GetStringAsync(new Uri(cluster.Nodes[1].Address, "/hello")).Soon()).ShouldBe("worker-0");
        (await client.GetAsync(new Uri(cluster.Seed.Address, "/control")).Soon()).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }
}
