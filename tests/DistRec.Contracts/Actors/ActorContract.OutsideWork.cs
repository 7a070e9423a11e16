using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task Work_outside_the_mailbox_leaves_the_actor_free_and_comes_back_as_its_own_message()
    {
        TaskCompletionSource<IMessage> result = new();
        Recorded<(IMessage Message, ActorAddress? Sender)> seen = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            switch (message)
            {
                case Command:
                    actor.Context.RunOutside(_ => result.Task);
                    break;
                case Question question:
                    await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                    break;
                default:
                    seen.Add((message, actor.Context.Sender));
                    break;
            }
        }));
        await CommandAsync(First, "work");

        (await AskAsync(First, 9).Soon()).Number.ShouldBe(9);
        seen.Items.ShouldBeEmpty();
        result.SetResult(Numbered(11));

        (await seen.WhenAsync(1)).ShouldHaveSingleItem().ShouldBe((Numbered(11), First));
    }

    [Fact]
    public async Task Work_outside_the_mailbox_fails_the_actor_as_a_handler_would()
    {
        Recorded<StartReason> starts = new();
        Engine.Register(Kind(First, () => new ScriptedActor((actor, message) =>
        {
            if (message is Question)
            {
                actor.Context.CaptureReply();
                actor.Context.RunOutside(_ => throw new InvalidOperationException("diverged"));
            }

            return ValueTask.CompletedTask;
        })
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }));

        (await AskAsync(First).Soon().ShouldThrowAsync<ActorFailedException>()).Message.ShouldContain("diverged");
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");
        Time.Advance(TimeSpan.FromSeconds(1));
        (await starts.WhenAsync(2)).ShouldBe([StartReason.First, StartReason.Failure]);
    }

    [Fact]
    public async Task Work_of_a_failed_actor_is_cancelled_and_its_fresh_successor_never_sees_the_result()
    {
        TaskCompletionSource<IMessage> result = new();
        TaskCompletionSource cancelled = new();
        Recorded<IMessage> seen = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            switch (message)
            {
                case Question question:
                    await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                    break;
                case Command { Name: "work" }:
                    actor.Context.RunOutside(token =>
                    {
                        token.Register(cancelled.SetResult);
                        return result.Task;
                    });
                    break;
                case Command:
                    throw new InvalidOperationException("fail");
                default:
                    seen.Add(message);
                    break;
            }
        }));
        await CommandAsync(First, "work");
        await CommandAsync(First, "fail");

        await cancelled.Task.Soon("the cancellation");
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");
        Time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(First).Soon();
        result.SetResult(Numbered(1));

        // Time enough for a result that should not come.
        for (int turn = 0; turn < 100; turn++)
        {
            await AskAsync(First).Soon();
        }

        seen.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Work_that_outlives_its_actor_can_neither_send_nor_ask_in_its_name()
    {
        TaskCompletionSource release = new();
        TaskCompletionSource<(Exception? Send, Exception? Ask)> outcome = new();
        Recorded<Note> seen = new();
        Engine.Register(
            Kind(Second, () => ScriptedActor.Recording(seen)),
            Kind(First, (actor, _) =>
            {
                actor.Context.RunOutside(async _ =>
                {
                    await release.Task;
                    outcome.SetResult((
                        await Record.ExceptionAsync(async () => await actor.Context.SendAsync(Second, Numbered(1))),
                        await Record.ExceptionAsync(() => actor.Context.AskAsync<Answer>(Second, Numbered(1), AskTimeout))));
                    return Numbered(0);
                });
                throw new InvalidOperationException("with work outside");
            }));
        await CommandAsync(First, "fail");
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");

        release.SetResult();

        (Exception? send, Exception? ask) = await outcome.Task.Soon();
        send.ShouldBeOfType<OperationCanceledException>();
        ask.ShouldBeOfType<OperationCanceledException>();
        await System.SendAsync(Second, Numbered(2));
        (await seen.WhenAsync(1)).ShouldHaveSingleItem().Number.ShouldBe(2);
    }

    [Fact]
    public async Task Stopping_cancels_work_outside_the_mailbox_and_waits_for_its_end()
    {
        TaskCompletionSource cancelled = new();
        TaskCompletionSource mayEnd = new();
        Recorded<string> seen = new();
        Engine.Register(Kind(First, () => new ScriptedActor(async (actor, message) =>
        {
            if (message is Command)
            {
                actor.Context.RunOutside(async token =>
                {
                    token.Register(cancelled.SetResult);
                    await mayEnd.Task;
                    seen.Add("work ended");
                    return Numbered(0);
                });
            }

            await actor.Context.ReplyAsync(new Answer());
        })
        {
            Ending = _ =>
            {
                seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
            Disposing = () => seen.Add("disposed"),
        }));
        await CommandAsync(First, "work");
        await AskAsync(First).Soon();

        Task stop = Engine.DisposeAsync().AsTask();
        await cancelled.Task.Soon("the cancellation");
        await seen.WhenAsync(1);
        for (int turn = 0; turn < 100; turn++)
        {
            // Time enough for a stop that does not wait.
            await Task.Yield();
        }

        stop.IsCompleted.ShouldBeFalse();
        mayEnd.SetResult();
        await stop.Soon();

        seen.Items.ShouldBe(["stopping", "work ended", "disposed"]);
    }
}
