using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task An_ask_ends_in_its_own_reply()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => AskAsync(First, number))).Soon();

        answers.Select(answer => answer.Number).ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task An_actor_can_ask_another()
    {
        Engine.Register(
            Kind(Second, ScriptedActor.Answering),
            Kind(First, async (actor, message) =>
            {
                Answer answer = await actor.Context.AskAsync<Answer>(Second, message, AskTimeout);
                await actor.Context.ReplyAsync(new Answer { Number = answer.Number * 10 });
            }));

        (await AskAsync(First, 4).Soon()).Number.ShouldBe(40);
    }

    [Fact]
    public async Task An_ask_whose_handling_throws_fails_at_once_with_the_cause()
    {
        Engine.Register(Kind(First, (_, _) => throw new InvalidOperationException("the disk is full")));

        ActorFailedException failure = await AskAsync(First).Soon().ShouldThrowAsync<ActorFailedException>();

        failure.Address.ShouldBe(First);
        failure.IsFinal.ShouldBeFalse();
        failure.Message.ShouldContain("InvalidOperationException: the disk is full");
    }

    [Fact]
    public async Task An_ask_without_a_reply_in_time_ends_in_its_timeout()
    {
        Engine.Register(Kind(First, (actor, _) =>
        {
            actor.Context.CaptureReply();
            return ValueTask.CompletedTask;
        }));
        Task<Answer> ask = System.AskAsync<Answer>(First, new Question(), TimeSpan.FromSeconds(7));
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(7)).Soon();

        Time.Advance(TimeSpan.FromSeconds(6));
        ask.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));

        AskTimeoutException failure = await ask.Soon().ShouldThrowAsync<AskTimeoutException>();
        failure.Address.ShouldBe(First);
        failure.Timeout.ShouldBe(TimeSpan.FromSeconds(7));
        failure.Message.ShouldContain("Question");
    }

    [Fact]
    public async Task An_ask_that_finds_the_mailbox_full_ends_in_its_timeout()
    {
        TaskCompletionSource release = new();
        Engine.Register(Kind(First, async (actor, _) =>
        {
            await release.Task;
            await actor.Context.ReplyAsync(new Answer());
        }) with { MailboxCapacity = 1 });
        Task<Answer>[] asks =
            [.. Enumerable.Range(0, 20).Select(_ => System.AskAsync<Answer>(First, new Question(), TimeSpan.FromSeconds(7)))];

        Time.Advance(TimeSpan.FromSeconds(7));

        foreach (Task<Answer> ask in asks)
        {
            await ask.Soon().ShouldThrowAsync<AskTimeoutException>();
        }

        release.SetResult();
        (await AskAsync(First).Soon()).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_late_reply_is_dropped_and_the_next_ask_gets_its_own()
    {
        TaskCompletionSource release = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            await release.Task;
            await actor.Context.ReplyAsync(new Answer { Number = ((Question)message).Number });
        }));
        Task<Answer> late = System.AskAsync<Answer>(First, new Question { Number = 1 }, TimeSpan.FromSeconds(7));
        Time.Advance(TimeSpan.FromSeconds(7));
        await late.Soon().ShouldThrowAsync<AskTimeoutException>();

        Task<Answer> next = AskAsync(First, 2);
        release.SetResult();

        (await next.Soon()).Number.ShouldBe(2);
    }

    [Fact]
    public async Task An_ask_can_be_cancelled()
    {
        Engine.Register(Kind(First, (actor, _) =>
        {
            actor.Context.CaptureReply();
            return ValueTask.CompletedTask;
        }));
        using CancellationTokenSource cancellation = new();
        Task<Answer> ask = AskAsync(First, 1, cancellation.Token);

        await cancellation.CancelAsync();

        await ask.Soon().ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task An_ask_without_an_end_is_not_accepted()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        await Should.ThrowAsync<ArgumentOutOfRangeException>(
            () => System.AskAsync<Answer>(First, new Question(), Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task An_actor_that_asks_itself_gets_a_timeout_and_goes_on()
    {
        Recorded<Exception> failures = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            if (message is Question question)
            {
                await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                return;
            }

            try
            {
                await actor.Context.AskAsync<Answer>(First, new Question(), TimeSpan.FromSeconds(7));
            }
            catch (AskTimeoutException exception)
            {
                failures.Add(exception);
            }
        }) with { MailboxCapacity = 1 });
        await CommandAsync(First, "ask yourself");
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(7)).Soon();

        Time.Advance(TimeSpan.FromSeconds(7));

        await failures.WhenAsync(1);
        (await AskAsync(First, 3).Soon()).Number.ShouldBe(3);
    }

    [Fact]
    public async Task A_reply_of_another_type_fails_by_name()
    {
        Engine.Register(Kind(First, (actor, _) => actor.Context.ReplyAsync(new Command { Name = "not an answer" })));

        UnexpectedReplyException failure = await AskAsync(First).Soon().ShouldThrowAsync<UnexpectedReplyException>();

        failure.Message.ShouldContain("Command");
        failure.Message.ShouldContain("Answer");
    }

    [Fact]
    public async Task A_reply_over_the_size_limit_fails_the_replier_and_the_ask()
    {
        Engine.Register(Kind(First, (actor, _) =>
            actor.Context.ReplyAsync(new Note { Payload = ByteString.CopyFrom(new byte[64 * 1024]) })));

        (await System.AskAsync<Note>(First, new Question(), AskTimeout).Soon().ShouldThrowAsync<ActorFailedException>())
            .Message.ShouldContain("MessageTooLargeException");
    }

    [Fact]
    public async Task A_request_handled_without_a_reply_fails_at_once()
    {
        Engine.Register(Kind(First, (_, _) => ValueTask.CompletedTask));

        (await AskAsync(First).Soon().ShouldThrowAsync<NoReplyException>()).Message.ShouldContain("Question");
    }

    [Fact]
    public async Task An_actor_can_refuse_a_request_and_go_on()
    {
        Recorded<StartReason> starts = new();
        Engine.Register(Kind(First, () => new ScriptedActor((actor, _) => actor.Context.RefuseAsync("no table \"q\""))
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }));

        (await AskAsync(First).Soon().ShouldThrowAsync<RequestRefusedException>()).Reason.ShouldBe("no table \"q\"");
        await AskAsync(First).Soon().ShouldThrowAsync<RequestRefusedException>();
        starts.Items.ShouldBe([StartReason.First]);
    }

    [Fact]
    public async Task A_captured_reply_is_given_while_handling_another_message()
    {
        List<(ReplyHandle Handle, int Number)> waiting = [];
        Engine.Register(Kind(First, async (actor, message) =>
        {
            if (message is Question question)
            {
                waiting.Add((actor.Context.CaptureReply(), question.Number));
                return;
            }

            await waiting[0].Handle.ReplyAsync(new Answer { Number = waiting[0].Number });
            await waiting[1].Handle.RefuseAsync("the second");
        }));
        Task<Answer> first = AskAsync(First, 1);
        Task<Answer> second = AskAsync(First, 2);

        await CommandAsync(First, "reply");

        (await first.Soon()).Number.ShouldBe(1);
        await second.Soon().ShouldThrowAsync<RequestRefusedException>();
    }

    [Fact]
    public async Task A_captured_ask_fails_when_the_actor_fails()
    {
        Engine.Register(Kind(First, (actor, message) =>
        {
            if (message is not Question)
            {
                throw new InvalidOperationException("lost");
            }

            actor.Context.CaptureReply();
            return ValueTask.CompletedTask;
        }));
        Task<Answer> ask = AskAsync(First);

        await CommandAsync(First, "fail");

        (await ask.Soon().ShouldThrowAsync<ActorFailedException>()).Message.ShouldContain("lost");
    }

    [Fact]
    public async Task A_reply_to_an_actor_that_only_sent_is_a_message()
    {
        Recorded<(Answer Answer, ActorAddress? Sender)> seen = new();
        Engine.Register(
            Kind(Second, ScriptedActor.Answering),
            Kind(First, (actor, message) =>
            {
                if (message is Answer answer)
                {
                    seen.Add((answer, actor.Context.Sender));
                    return ValueTask.CompletedTask;
                }

                return actor.Context.SendAsync(Second, new Question { Number = 5 });
            }));

        await CommandAsync(First, "send");

        (await seen.WhenAsync(1)).ShouldHaveSingleItem().ShouldBe((new Answer { Number = 5 }, Second));
    }

    [Fact]
    public async Task A_reply_to_nobody_is_dropped()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        await System.SendAsync(First, new Question { Number = 1 });

        (await AskAsync(First, 2).Soon()).Number.ShouldBe(2);
    }
}
