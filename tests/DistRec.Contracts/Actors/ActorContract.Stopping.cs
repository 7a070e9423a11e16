using DistRec.Actors;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task Stopping_lets_the_running_handler_end_tells_the_actor_and_disposes_of_it()
    {
        TaskCompletionSource mayEnd = new();
        TaskCompletionSource entered = new();
        Recorded<string> seen = new();
        Engine.Register(Kind(First, () => new ScriptedActor(async (_, message) =>
        {
            entered.SetResult();
            await mayEnd.Task;
            seen.Add("handled");
        })
        {
            Ending = _ =>
            {
                seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
            Disposing = () => seen.Add("disposed"),
        }));
        await CommandAsync(First, "one");
        await entered.Task.Soon();

        Task stop = Engine.DisposeAsync().AsTask();
        stop.IsCompleted.ShouldBeFalse();
        mayEnd.SetResult();
        await stop.Soon();

        seen.Items.ShouldBe(["handled", "stopping", "disposed"]);
    }

    [Fact]
    public async Task A_handler_that_watches_for_the_stop_ends_with_it()
    {
        TaskCompletionSource entered = new();
        Recorded<string> seen = new();
        Engine.Register(Kind(First, () => new ScriptedActor(async (actor, _) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, actor.Context.Stopping);
        })
        {
            Ending = _ =>
            {
                seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
        }));
        await CommandAsync(First, "wait");
        await entered.Task.Soon();

        await Engine.DisposeAsync();

        seen.Items.ShouldBe(["stopping"]);
        Engine.Failed.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Asks_and_sends_that_wait_when_the_system_stops_fail_by_name()
    {
        TaskCompletionSource entered = new();
        TaskCompletionSource mayEnd = new();
        Engine.Register(Kind(First, async (actor, _) =>
        {
            entered.TrySetResult();
            await mayEnd.Task;
            await actor.Context.ReplyAsync(new Answer());
        }) with { MailboxCapacity = 2 });
        Task<Answer>[] asks = [.. Enumerable.Range(0, 10).Select(number => AskAsync(First, number))];
        Task[] sends = [.. Enumerable.Range(0, 10).Select(number => System.SendAsync(First, Numbered(number)).AsTask())];
        await entered.Task.Soon();

        Task stop = Engine.DisposeAsync().AsTask();

        foreach (Task<Answer> ask in asks)
        {
            await ask.Soon().ShouldThrowAsync<ActorSystemStoppedException>();
        }

        foreach (Task send in sends)
        {
            await send.Soon().ShouldThrowAsync<ActorSystemStoppedException>();
        }

        mayEnd.SetResult();
        await stop.Soon();
    }

    [Fact]
    public async Task Actors_that_wait_for_each_other_or_for_a_block_do_not_keep_the_system_from_stopping()
    {
        Recorded<int> waiting = new();
        Engine.Register(
            Kind(First, async (actor, _) =>
            {
                waiting.Add(1);
                await actor.Context.AskAsync<Answer>(Second, new Question(), AskTimeout);
            }),
            Kind(Second, async (actor, _) =>
            {
                waiting.Add(2);
                await actor.Context.AskAsync<Answer>(First, new Question(), AskTimeout);
            }),
            Kind(new ActorAddress("third", 0), async (actor, _) =>
            {
                waiting.Add(3);
                await actor.Context.Blocks.PullAsync(Second, new BlockKey("job", 1, "factors", 0, 1), new BytesBlockReader());
            }));
        await CommandAsync(First, "ask");
        await CommandAsync(Second, "ask");
        await CommandAsync(new ActorAddress("third", 0), "pull");
        await waiting.WhenAsync(3);

        await Engine.DisposeAsync();
    }

    [Fact]
    public async Task A_stopped_system_refuses_by_name_and_can_be_stopped_again()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        await System.DisposeAsync().Soon();

        await Should.ThrowAsync<ActorSystemStoppedException>(async () => await System.SendAsync(First, Numbered(0)));
        await AskAsync(First).Soon().ShouldThrowAsync<ActorSystemStoppedException>();
        Should.Throw<ActorSystemStoppedException>(() => System.Register(Kind(Second, ScriptedActor.Answering)));
        await System.DisposeAsync().Soon();
    }

    [Fact]
    public async Task What_a_handler_throws_because_the_system_stops_is_no_failure()
    {
        Recorded<Exception> seen = new();
        TaskCompletionSource entered = new();
        ActorKind kind = Kind(First, async (actor, _) =>
        {
            entered.SetResult();
            try
            {
                await actor.Context.AskAsync<Answer>(Second, new Question(), AskTimeout);
            }
            catch (ActorException exception)
            {
                seen.Add(exception);
                throw;
            }
        });
        Engine.Register(
            kind with { Restart = kind.Restart with { MaxRestarts = 0 } },
            Kind(Second, (actor, _) =>
            {
                actor.Context.CaptureReply();
                return ValueTask.CompletedTask;
            }));
        await CommandAsync(First, "ask");
        await entered.Task.Soon();

        await Engine.DisposeAsync();

        seen.Items.ShouldHaveSingleItem().ShouldBeOfType<ActorSystemStoppedException>();
        Engine.Failed.IsCompleted.ShouldBeFalse();
    }
}
