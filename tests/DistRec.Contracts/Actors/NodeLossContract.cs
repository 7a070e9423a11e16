using System.Collections.Concurrent;
using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

/// <summary>What engines of several nodes promise when nodes come and go.</summary>
public abstract class NodeLossContract : IAsyncLifetime
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromMinutes(5);
    private static readonly ActorAddress First = new("first", 0);

    private readonly Recorded<(int Node, int Shard, StartReason Reason)> _starts = new();
    private readonly ConcurrentDictionary<int, int> _alive = new();
    private readonly Recorded<string> _twice = new();
    private ClusterUnderTest? _cluster;

    private ClusterUnderTest Cluster => _cluster!;

    public async Task InitializeAsync() => _cluster = await StartClusterAsync(hosts: 2);

    public async Task DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _twice.Items.ShouldBeEmpty("an actor lives on exactly one node");
    }

    protected abstract Task<ClusterUnderTest> StartClusterAsync(int hosts);

    [Fact]
    public async Task Actors_live_on_every_node_and_can_reach_each_other()
    {
        Register(8, (_, actor, message) => message is Question question
            ? actor.Context.ReplyAsync(new Answer { Number = question.Number })
            : ForwardAsync(actor, (Note)message));
        await _starts.WhenAsync(8);

        _starts.Items.GroupBy(start => start.Node).Select(node => node.Count()).ShouldBe([4, 4]);
        for (int shard = 0; shard < 8; shard++)
        {
            await Cluster.Outside.SendAsync(First with { Shard = shard }, new Note { Number = shard });
            (await AskAsync(shard)).Number.ShouldBe(1);
        }

        async ValueTask ForwardAsync(ScriptedActor actor, Note note)
        {
            Answer answer = await actor.Context.AskAsync<Answer>(
                First with { Shard = (note.Number + 1) % 8 }, new Question { Number = 5 }, TimeSpan.FromSeconds(10));
            answer.Number.ShouldBe(5);
        }
    }

    [Fact]
    public async Task An_actor_whose_node_dies_is_started_afresh_elsewhere_and_told_so()
    {
        Register(2, (_, actor, message) => actor.Context.ReplyAsync(new Answer { Number = ((Question)message).Number }));
        int node = await HostOfAsync(0, 2);

        await Cluster.KillAsync(node);

        (int Node, int Shard, StartReason Reason) again = (await _starts.WhenAsync(3))[2];
        again.Reason.ShouldBe(StartReason.Relocation);
        again.Shard.ShouldBe(0);
        again.Node.ShouldNotBe(node);
        (await AskAsync(0, 9)).Number.ShouldBe(9);
        (await AskAsync(1, 8)).Number.ShouldBe(8);
        _starts.Items.Count.ShouldBe(3, "the other node's actor stays where it is");
    }

    [Fact]
    public async Task Asks_of_an_actor_whose_node_dies_fail_as_ones_that_may_be_repeated()
    {
        Recorded<int> asked = new();
        Register(2, (_, actor, _) =>
        {
            actor.Context.CaptureReply();
            asked.Add(1);
            return ValueTask.CompletedTask;
        });
        int node = await HostOfAsync(0, 2);
        Task<Answer>[] asks = [.. Enumerable.Range(0, 5).Select(_ => Cluster.Outside.AskAsync<Answer>(First, new Question(), AskTimeout))];
        await asked.WhenAsync(5);

        await Cluster.KillAsync(node);

        foreach (Task<Answer> ask in asks)
        {
            (await ask.Soon().ShouldThrowAsync<ActorFailedException>()).IsFinal.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Sends_that_wait_for_an_actor_whose_node_dies_end_by_name_or_reach_the_next()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource never = new();
        Recorded<int> seen = new();
        int first = -1;
        Register(2, async (at, actor, message) =>
        {
            if (at == Volatile.Read(ref first))
            {
                entered.TrySetResult();
                await never.Task.WaitAsync(actor.Context.Stopping);
            }

            seen.Add(((Note)message).Number);
        }, capacity: 2);
        Volatile.Write(ref first, await HostOfAsync(0, 2));
        Task[] sends = [.. Enumerable.Range(0, 50).Select(number => Cluster.Outside.SendAsync(First, new Note { Number = number }).AsTask())];
        await entered.Task.Soon();

        await Cluster.KillAsync(first);

        int failed = 0;
        foreach (Task send in sends)
        {
            Exception? outcome = await Record.ExceptionAsync(() => send.Soon());
            if (outcome is not null)
            {
                outcome.ShouldBeOfType<ActorFailedException>().IsFinal.ShouldBeFalse();
                failed++;
            }
        }

        failed.ShouldBeGreaterThan(0);
        seen.Items.ShouldBe(seen.Items.Order().ToArray(), "what reaches the next keeps its order");
        seen.Items.ShouldBeUnique();
    }

    [Fact]
    public async Task A_node_that_leaves_hands_its_actors_over_with_all_that_waits_for_them()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource told = new();
        TaskCompletionSource mayEnd = new();
        Recorded<int> seen = new();
        Recorded<string> ended = new();
        Register(2, async (_, actor, message) =>
        {
            entered.TrySetResult();
            using CancellationTokenRegistration stopping = actor.Context.Stopping.Register(() => told.TrySetResult());
            await mayEnd.Task;
            seen.Add(((Note)message).Number);
        }, ended: ended, capacity: 4);
        int node = await HostOfAsync(0, 2);
        Task[] sends = [.. Enumerable.Range(0, 100).Select(number => Cluster.Outside.SendAsync(First, new Note { Number = number }).AsTask())];
        await entered.Task.Soon();

        Task leave = Cluster.LeaveAsync(node);
        await told.Task.Soon("the word that the actor is to move");
        leave.IsCompleted.ShouldBeFalse();
        mayEnd.SetResult();

        await leave.Soon();
        await Task.WhenAll(sends).Soon();
        (await seen.WhenAsync(100)).ShouldBe(Enumerable.Range(0, 100));
        ended.Items.ShouldContain("stopping 0");
        (int Node, int Shard, StartReason Reason) again = (await _starts.WhenAsync(3))[2];
        again.ShouldBe((Cluster.Hosts.Single(), 0, StartReason.Relocation));
    }

    [Fact]
    public async Task Messages_keep_their_order_and_none_is_lost_while_their_receiver_moves_in_good_order()
    {
        Recorded<int> seen = new();
        Register(2, async (_, _, message) =>
        {
            await Task.Yield();
            seen.Add(((Note)message).Number);
        }, capacity: 3);
        await HostOfAsync(0, 2);
        using CancellationTokenSource enough = new();
        Task<int> sending = Task.Run(async () =>
        {
            int number = 0;
            while (!enough.IsCancellationRequested)
            {
                // Two at a time without waiting, so that order is not owed to the waiting.
                Task one = Cluster.Outside.SendAsync(First, new Note { Number = number++ }).AsTask();
                await Task.WhenAll(one, Cluster.Outside.SendAsync(First, new Note { Number = number++ }).AsTask());
            }

            return number;
        });

        for (int round = 0; round < 3; round++)
        {
            await MoreAsync();
            int host = _starts.Items.Last(start => start.Shard == 0).Node;
            await Cluster.AddAsync().Soon();
            await Cluster.LeaveAsync(host).Soon();
        }

        await MoreAsync();
        await enough.CancelAsync();
        int sent = await sending.Soon();
        (await seen.WhenAsync(sent)).ShouldBe(Enumerable.Range(0, sent));

        async Task MoreAsync()
        {
            Task more = seen.WhenAsync(seen.Items.Count + 50);
            if (await Task.WhenAny(more, sending) == sending)
            {
                // A send that failed says more than messages that do not come.
                await sending;
            }

            await more;
        }
    }

    [Fact]
    public async Task Actors_move_to_a_node_that_joins()
    {
        Register(6, (_, actor, message) => actor.Context.ReplyAsync(new Answer { Number = ((Question)message).Number }));
        await _starts.WhenAsync(6);

        int joined = await Cluster.AddAsync();

        IReadOnlyList<(int Node, int Shard, StartReason Reason)> moved = (await _starts.WhenAsync(8)).Skip(6).ToArray();
        moved.ShouldAllBe(start => start.Node == joined && start.Reason == StartReason.Relocation);
        for (int shard = 0; shard < 6; shard++)
        {
            (await AskAsync(shard, shard)).Number.ShouldBe(shard);
        }
    }

    [Fact]
    public async Task Whatever_dies_or_leaves_no_actor_is_lost_and_none_lives_twice()
    {
        Register(8, (_, actor, message) => actor.Context.ReplyAsync(new Answer { Number = ((Question)message).Number }));
        await _starts.WhenAsync(8);

        for (int round = 0; round < 4; round++)
        {
            await Cluster.AddAsync().Soon();
            int victim = Cluster.Hosts[round % Cluster.Hosts.Count];
            await (round % 2 == 0 ? Cluster.KillAsync(victim) : Cluster.LeaveAsync(victim)).Soon();
            for (int shard = 0; shard < 8; shard++)
            {
                (await AskUntilAnsweredAsync(shard)).Number.ShouldBe(shard);
            }
        }

        _twice.Items.ShouldBeEmpty();
    }

    private async Task<Answer> AskUntilAnsweredAsync(int shard)
    {
        while (true)
        {
            try
            {
                return await AskAsync(shard, shard);
            }
            catch (ActorFailedException exception) when (!exception.IsFinal)
            {
                // Its node is going; the next one answers.
            }
        }
    }

    private Task<Answer> AskAsync(int shard, int number = 1) =>
        Cluster.Outside.AskAsync<Answer>(First with { Shard = shard }, new Question { Number = number }, AskTimeout).Soon();

    private async Task<int> HostOfAsync(int shard, int shards) =>
        (await _starts.WhenAsync(shards)).Last(start => start.Shard == shard).Node;

    private void Register(
        int shards, Func<int, ScriptedActor, IMessage, ValueTask> onReceive, Recorded<string>? ended = null, int capacity = 64) =>
        Cluster.Register(node =>
        [
            new ActorKind(First.Kind, shards, shard => new ScriptedActor((actor, message) => onReceive(node, actor, message))
            {
                Starting = (_, reason) =>
                {
                    if (_alive.AddOrUpdate(shard, 1, (_, lives) => lives + 1) != 1)
                    {
                        _twice.Add($"shard {shard} on node {node}");
                    }

                    _starts.Add((node, shard, reason));
                    return ValueTask.CompletedTask;
                },
                Ending = _ =>
                {
                    ended?.Add($"stopping {shard}");
                    return ValueTask.CompletedTask;
                },
                Disposing = () => _alive.AddOrUpdate(shard, 0, (_, lives) => lives - 1),
            }) { MailboxCapacity = capacity },
        ]);
}
