using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DistRec.Contracts;
using Google.Protobuf;
using DistRec.Oracles;

namespace DistRec.Actors.Tests.Local;

public sealed class LocalActorSystemTests
{
    private static readonly ActorAddress First = new("first", 0);

    [Fact]
    public async Task A_message_is_handed_over_by_reference()
    {
        await using LocalActorSystem system = new();
        Recorded<IMessage> seen = new();
        system.Register(new ActorKind("first", 1, _ => ScriptedActor.Recording(seen)));
        Note note = new();

        await system.SendAsync(First, note);

        (await seen.WhenAsync(1)).ShouldHaveSingleItem().ShouldBeSameAs(note);
    }

    [Fact]
    public async Task A_pull_returns_the_very_block_that_was_published_and_does_not_wait()
    {
        await using LocalActorSystem system = new();
        BlockKey key = new("job", 1, "factors", 0, 1);
        BytesBlock block = new(1, 2, 3);
        system.Blocks.Publish(key, block);

        Task<BytesBlock> pull = system.Blocks.PullAsync(First, key, new BytesBlockReader()).AsTask();

        pull.IsCompletedSuccessfully.ShouldBeTrue();
        (await pull).ShouldBeSameAs(block);
    }

    [Fact]
    public async Task A_pull_of_a_published_block_allocates_nothing()
    {
        await using LocalActorSystem system = new();
        BlockKey key = new("job", 1, "factors", 0, 1);
        BytesBlockReader reader = new();
        system.Blocks.Publish(key, new BytesBlock(1));

        AllocatedBytes.Least(() =>
        {
            for (int pull = 0; pull < 1000; pull++)
            {
#pragma warning disable CA2012 // a published block is there at once: nothing is left to await
                _ = system.Blocks.PullAsync(First, key, reader).Result;
#pragma warning restore CA2012
            }
        }).ShouldBe(0);
    }

    [Fact]
    public async Task A_send_waits_as_soon_as_as_many_messages_wait_as_the_mailbox_holds()
    {
        TaskCompletionSource release = new();
        TaskCompletionSource entered = new();
        await using LocalActorSystem system = new();
        system.Register(new ActorKind("first", 1, _ => new ScriptedActor(async (_, _) =>
        {
            entered.TrySetResult();
            await release.Task;
        })) { MailboxCapacity = 3 });
        await system.SendAsync(First, new Note());
        await entered.Task.Soon();

        Task[] sends = [.. Enumerable.Range(0, 5).Select(_ => system.SendAsync(First, new Note()).AsTask())];

        sends.Select(send => send.IsCompleted).ShouldBe([true, true, true, false, false]);
        release.SetResult();
        await Task.WhenAll(sends).Soon();
    }

    [Fact]
    public async Task Stopping_waits_no_longer_than_its_timeout_and_names_the_actors_that_still_run()
    {
        ManualTime time = new();
        TaskCompletionSource never = new();
        TaskCompletionSource entered = new();
        LocalActorSystem system = new(new LocalActorSystemOptions { Time = time, StopTimeout = TimeSpan.FromSeconds(5) });
        system.Register(new ActorKind("first", 2, shard => new ScriptedActor(async (_, _) =>
        {
            entered.SetResult();
            await never.Task;
        })));
        await system.SendAsync(First with { Shard = 1 }, new Note());
        await entered.Task.Soon();

        Task stop = system.DisposeAsync().AsTask();
        await time.WhenArmedAsync(TimeSpan.FromSeconds(5)).Soon("the stop timeout");
        time.Advance(TimeSpan.FromSeconds(5));

        StopTimeoutException failure = await stop.Soon().ShouldThrowAsync<StopTimeoutException>();
        failure.StillRunning.ShouldContain(First with { Shard = 1 });
        failure.Message.ShouldContain("first/1");
        Should.Throw<ObjectDisposedException>(() => system.Compute.ForAsync(1, (_, _) => { }));
        never.SetResult();
    }

    [Fact]
    public async Task An_actor_that_throws_while_it_stops_is_reported_and_the_others_stop_all_the_same()
    {
        Recorded<int> stopped = new();
        LocalActorSystem system = new();
        system.Register(new ActorKind("first", 3, shard => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Ending = _ =>
            {
                stopped.Add(shard);
                return shard == 1 ? throw new InvalidOperationException("the checkpoint") : ValueTask.CompletedTask;
            },
        }));
        await EveryShardHasStartedAsync(system, 3);

        AggregateException failure = await system.DisposeAsync().Soon().ShouldThrowAsync<AggregateException>();

        failure.InnerExceptions.ShouldHaveSingleItem().Message.ShouldContain("the checkpoint");
        stopped.Items.Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Stopping_leaves_no_compute_thread_but_spares_a_pool_it_was_given()
    {
        ConcurrentBag<Thread> threads = [];
        LocalActorSystem owning = new(new LocalActorSystemOptions { ComputeThreads = 2 });
        await owning.Compute.ForAsync(100, (_, _) => threads.Add(Thread.CurrentThread)).Soon();
        await owning.DisposeAsync().Soon();
        threads.ShouldAllBe(thread => !thread.IsAlive);

        using ComputePool shared = new(1);
        LocalActorSystem borrowing = new(new LocalActorSystemOptions { Compute = shared });
        borrowing.Compute.ShouldBeSameAs(shared);
        await borrowing.DisposeAsync().Soon();
        (await shared.RunAsync(() => 3).Soon()).ShouldBe(3);
    }

    [Fact]
    public async Task An_actor_must_be_new_every_time()
    {
        Actor same = ScriptedActor.Answering();
        ManualTime time = new();
        await using LocalActorSystem system = new(new LocalActorSystemOptions { Time = time });
        system.Register(new ActorKind("first", 2, _ => same) { Restart = new RestartPolicy { MaxRestarts = 0 } });

        ActorFailure failure = await system.Failed.Soon();

        failure.Cause.Message.ShouldContain("must return a new actor every time");
    }

    [Fact]
    public async Task A_fired_timer_is_forgotten()
    {
        ManualTime time = new();
        await using LocalActorSystem system = new(new LocalActorSystemOptions { Time = time });
        Recorded<int> fired = new();
        system.Register(new ActorKind("first", 1, _ => new ScriptedActor((actor, message) =>
        {
            if (message is Note note)
            {
                fired.Add(note.Number);
            }

            return message is Question ? actor.Context.ReplyAsync(new Answer()) : ValueTask.CompletedTask;
        })
        {
            Starting = (actor, _) => Start(actor),
        }));
        await EveryShardHasStartedAsync(system, 1);

        time.Advance(TimeSpan.FromSeconds(1));
        await fired.WhenAsync(1);

        // Two more messages, so that no slot of the mailbox still holds the first.
        await EveryShardHasStartedAsync(system, 1);
        await EveryShardHasStartedAsync(system, 1);
        GC.Collect();
        s_timerMessage!.TryGetTarget(out _).ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static ValueTask Start(ScriptedActor actor)
        {
            Note message = new() { Number = 1 };
            s_timerMessage = new WeakReference<IMessage>(message);
            actor.Context.StartTimer(TimeSpan.FromSeconds(1), message);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public void All_mistakes_in_the_options_are_reported_at_once()
    {
        Should.Throw<ArgumentException>(() => new LocalActorSystem(new LocalActorSystemOptions
        {
            MessageSizeLimit = 0,
            SendTimeout = TimeSpan.Zero,
            StopTimeout = TimeSpan.FromSeconds(-1),
            ComputeThreads = 0,
        })).Message.ShouldBe(
            """
            The local actor system cannot start:
              MessageSizeLimit: expected at least 1 byte, found 0
              SendTimeout: expected more than 0, found 00:00:00
              StopTimeout: expected more than 0, found -00:00:01
              ComputeThreads: expected at least 1, found 0
            """);
    }

    private static WeakReference<IMessage>? s_timerMessage;

    private static async Task EveryShardHasStartedAsync(LocalActorSystem system, int shards)
    {
        for (int shard = 0; shard < shards; shard++)
        {
            // Answered or not, the ask ends after the start.
            await Record.ExceptionAsync(
                () => system.AskAsync<Answer>(First with { Shard = shard }, new Question(), TimeSpan.FromMinutes(1)).Soon());
        }
    }
}
