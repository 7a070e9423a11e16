using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task An_actor_handles_one_message_at_a_time()
    {
        int inside = 0;
        int most = 0;
        Recorded<Note> seen = new();
        Engine.Register(Kind(First, async (_, message) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            seen.Add((Note)message);
        }));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(origin => Task.Run(async () =>
        {
            for (int number = 0; number < 100; number++)
            {
                await System.SendAsync(First, Numbered(number, origin));
            }
        })));

        await seen.WhenAsync(800);
        most.ShouldBe(1);
    }

    [Fact]
    public async Task Messages_of_one_sender_arrive_once_and_in_the_order_sent()
    {
        Recorded<Note> seen = new();
        Engine.Register(Kind(First, () => ScriptedActor.Recording(seen)) with { MailboxCapacity = 8 });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(origin => Task.Run(async () =>
        {
            for (int number = 0; number < 500; number++)
            {
                await System.SendAsync(First, Numbered(number, origin));
            }
        })));

        IReadOnlyList<Note> all = await seen.WhenAsync(2000);
        foreach (IGrouping<int, Note> ofOne in all.GroupBy(note => note.Origin))
        {
            ofOne.Select(note => note.Number).ShouldBe(Enumerable.Range(0, 500));
        }
    }

    [Fact]
    public async Task Messages_between_two_actors_keep_their_order_when_the_mailbox_is_full()
    {
        Recorded<Note> seen = new();
        Engine.Register(
            Kind(Second, () => ScriptedActor.Recording(seen)) with { MailboxCapacity = 1 },
            Kind(First, async (actor, _) =>
            {
                // Not awaited one by one: the order is that of the calls.
                await Task.WhenAll(Enumerable.Range(0, 200)
                    .Select(number => actor.Context.SendAsync(Second, Numbered(number)).AsTask()));
            }));

        await CommandAsync(First, "send");

        (await seen.WhenAsync(200)).Select(note => note.Number).ShouldBe(Enumerable.Range(0, 200));
    }

    [Fact]
    public async Task A_message_reaches_the_shard_it_is_addressed_to_as_it_was_sent()
    {
        Recorded<(int Shard, IMessage Message)> seen = new();
        Engine.Register(new ActorKind("first", 3, shard => new ScriptedActor((actor, message) =>
        {
            actor.Context.Self.ShouldBe(new ActorAddress("first", shard));
            seen.Add((shard, message));
            return ValueTask.CompletedTask;
        })));
        Note note = new() { Origin = -7, Number = int.MaxValue, Payload = ByteString.CopyFrom(0, 255, 3) };

        await System.SendAsync(First with { Shard = 2 }, note);

        (await seen.WhenAsync(1)).ShouldHaveSingleItem().ShouldBe((2, note));
    }

    [Fact]
    public async Task The_sender_is_the_actor_that_sent_and_nobody_from_outside()
    {
        Recorded<ActorAddress?> senders = new();
        Engine.Register(
            Kind(Second, (actor, _) =>
            {
                senders.Add(actor.Context.Sender);
                return ValueTask.CompletedTask;
            }),
            Kind(First, (actor, _) => actor.Context.SendAsync(Second, Numbered(1))));

        await System.SendAsync(Second, Numbered(0));
        await senders.WhenAsync(1);
        await System.SendAsync(First, Numbered(0));

        (await senders.WhenAsync(2)).ShouldBe([null, First]);
    }

    [Fact]
    public async Task A_send_waits_while_the_mailbox_is_full()
    {
        TaskCompletionSource release = new();
        Recorded<IMessage> seen = new();
        Engine.Register(Kind(First, async (_, message) =>
        {
            await release.Task;
            seen.Add(message);
        }) with { MailboxCapacity = 4 });

        Task[] sends = [.. Enumerable.Range(0, 500).Select(number => System.SendAsync(First, Numbered(number)).AsTask())];

        sends.ShouldContain(send => !send.IsCompleted);
        seen.Items.ShouldBeEmpty();
        release.SetResult();
        await Task.WhenAll(sends).Soon();
        (await seen.WhenAsync(500)).Cast<Note>().Select(note => note.Number).ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task A_send_that_waits_can_be_cancelled_and_was_then_not_sent()
    {
        TaskCompletionSource release = new();
        Recorded<Note> seen = new();
        Engine.Register(Kind(First, async (_, message) =>
        {
            await release.Task;
            seen.Add((Note)message);
        }) with { MailboxCapacity = 1 });
        using CancellationTokenSource cancellation = new();
        Task[] sends =
        [
            .. Enumerable.Range(0, 100).Select(number => System.SendAsync(First, Numbered(number), cancellation.Token).AsTask()),
        ];

        await cancellation.CancelAsync();
        await Task.WhenAll(sends).ShouldThrowAsync<OperationCanceledException>();

        release.SetResult();
        int[] sent = [.. Enumerable.Range(0, 100).Where(number => sends[number].IsCompletedSuccessfully)];
        await seen.WhenAsync(sent.Length);
        await System.SendAsync(First, Numbered(1000));
        (await seen.WhenAsync(sent.Length + 1)).Select(note => note.Number).ShouldBe([.. sent, 1000]);
    }

    [Fact]
    public async Task A_send_to_a_mailbox_that_stays_full_fails_by_name_after_the_send_timeout()
    {
        TaskCompletionSource release = new();
        Engine.Register(Kind(First, async (_, _) => await release.Task) with { MailboxCapacity = 3 });
        Task[] sends = [.. Enumerable.Range(0, 100).Select(number => System.SendAsync(First, Numbered(number)).AsTask())];
        Task last = sends[^1];
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(30)).Soon();

        Time.Advance(TimeSpan.FromSeconds(29));
        last.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));

        SendTimeoutException failure = await last.Soon().ShouldThrowAsync<SendTimeoutException>();
        failure.Address.ShouldBe(First);
        failure.MailboxCapacity.ShouldBe(3);
        failure.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        release.SetResult();
    }

    [Fact]
    public async Task Actors_that_fill_each_others_mailboxes_fail_by_name_and_go_on()
    {
        Recorded<Exception> failures = new();
        using SemaphoreSlim entered = new(0);
        TaskCompletionSource bothEntered = new();
        Func<ScriptedActor, IMessage, ValueTask> Flood(ActorAddress other) => async (actor, message) =>
        {
            if (message is Command)
            {
                entered.Release();
                await bothEntered.Task;
                try
                {
                    for (int number = 0; number < 100; number++)
                    {
                        await actor.Context.SendAsync(other, Numbered(number));
                    }
                }
                catch (SendTimeoutException exception)
                {
                    failures.Add(exception);
                }
            }
            else if (message is Question)
            {
                await actor.Context.ReplyAsync(new Answer());
            }
        };
        Engine.Register(
            Kind(First, Flood(Second)) with { MailboxCapacity = 2 },
            Kind(Second, Flood(First)) with { MailboxCapacity = 2 });

        // Both handlers run before either sends, so that neither can make room for the other.
        await CommandAsync(First, "flood");
        await CommandAsync(Second, "flood");
        await entered.WaitAsync().Soon();
        await entered.WaitAsync().Soon();
        bothEntered.SetResult();
        Task<Answer[]> answers = Task.WhenAll(new[] { First, Second }.Select(
            flooded => System.AskAsync<Answer>(flooded, new Question(), TimeSpan.FromDays(1))));

        // Time moves while a send waits, also for the moment that it takes from one node to another: the asks have plenty of it.
        while (await Task.WhenAny(answers, Time.WhenArmedAsync(TimeSpan.FromSeconds(30))).Soon() != answers)
        {
            Time.Advance(TimeSpan.FromSeconds(30));
        }

        (await answers.Soon()).Length.ShouldBe(2);
        failures.Items.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task An_actor_never_waits_for_room_in_its_own_mailbox()
    {
        Recorded<int> seen = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            if (message is Note note)
            {
                actor.Context.Sender.ShouldBe(First);
                seen.Add(note.Number);
                return;
            }

            for (int number = 0; number < 50; number++)
            {
                await actor.Context.SendAsync(First, Numbered(number));
            }
        }) with { MailboxCapacity = 1 });

        await CommandAsync(First, "send");

        (await seen.WhenAsync(50)).ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public async Task An_actor_that_keeps_itself_busy_still_hears_others()
    {
        Engine.Register(Kind(First, (actor, message) => message is Question question
            ? actor.Context.ReplyAsync(new Answer { Number = question.Number })
            : actor.Context.SendAsync(First, message)));

        await CommandAsync(First, "spin");

        (await AskAsync(First, 7).Soon()).Number.ShouldBe(7);
    }

    [Fact]
    public async Task A_message_over_the_size_limit_is_refused_at_the_sender_with_its_size_and_the_limit()
    {
        Recorded<Note> seen = new();
        await RestartEngineAsync(new EngineSettings(Time) { MessageSizeLimit = 1000 });
        Engine.Register(Kind(First, () => ScriptedActor.Recording(seen)));
        Note large = new() { Payload = ByteString.CopyFrom(new byte[1000]) };
        Note largest = new() { Payload = ByteString.CopyFrom(new byte[997]) };

        MessageTooLargeException failure =
            await Should.ThrowAsync<MessageTooLargeException>(async () => await System.SendAsync(First, large));
        failure.Size.ShouldBe(large.CalculateSize());
        failure.Limit.ShouldBe(1000);
        failure.Message.ShouldContain("Note");
        await Should.ThrowAsync<MessageTooLargeException>(() => System.AskAsync<Answer>(First, large, AskTimeout));

        largest.CalculateSize().ShouldBe(1000);
        await System.SendAsync(First, largest);
        (await seen.WhenAsync(1)).ShouldHaveSingleItem().ShouldBe(largest);
    }

    [Fact]
    public async Task An_address_that_nobody_has_fails_by_name()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        foreach (ActorAddress nobody in new[] { Second, First with { Shard = 1 }, First with { Shard = -1 } })
        {
            (await Should.ThrowAsync<UnknownActorException>(async () => await System.SendAsync(nobody, Numbered(0))))
                .Address.ShouldBe(nobody);
            (await Should.ThrowAsync<UnknownActorException>(() => AskAsync(nobody))).Address.ShouldBe(nobody);
        }
    }

    [Fact]
    public void A_kind_is_registered_once()
    {
        Engine.Register(Kind(First, ScriptedActor.Answering));

        Should.Throw<ArgumentException>(() => System.Register(Kind(Second, ScriptedActor.Answering), Kind(First, ScriptedActor.Answering)))
            .Message.ShouldContain("\"first\"");

        // None of the refused call's kinds is known.
        Should.Throw<UnknownActorException>(() => System.SendAsync(Second, Numbered(0)).AsTask().GetAwaiter().GetResult());
    }
}
