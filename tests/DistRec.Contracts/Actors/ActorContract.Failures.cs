using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task A_failed_actor_starts_afresh_and_the_failing_message_is_not_delivered_again()
    {
        Recorded<StartReason> starts = new();
        Recorded<string> seen = new();
        int made = 0;
        TaskCompletionSource release = new();
        Engine.Register(Kind(First, () =>
        {
            int life = ++made;
            return new ScriptedActor(async (_, message) =>
            {
                await release.Task;
                string name = ((Command)message).Name;
                seen.Add($"{life}:{name}");
                if (name == "fail")
                {
                    throw new InvalidOperationException(name);
                }
            })
            {
                Starting = (_, reason) =>
                {
                    starts.Add(reason);
                    return ValueTask.CompletedTask;
                },
            };
        }));
        await CommandAsync(First, "one");
        await CommandAsync(First, "fail");
        await CommandAsync(First, "two");
        release.SetResult();

        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");
        Time.Advance(TimeSpan.FromSeconds(1));

        (await seen.WhenAsync(3)).ShouldBe(["1:one", "1:fail", "2:two"]);
        starts.Items.ShouldBe([StartReason.First, StartReason.Failure]);
        Engine.Failed.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task The_wait_before_a_restart_doubles_up_to_its_limit()
    {
        Recorded<StartReason> starts = new();
        Engine.Register(Kind(First, () => new ScriptedActor((_, _) => throw new InvalidOperationException("again"))
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }));
        await starts.WhenAsync(1);

        int expected = 1;
        foreach (int seconds in new[] { 1, 2, 4, 4 })
        {
            await CommandAsync(First, "fail");
            await Time.WhenArmedAsync(TimeSpan.FromSeconds(seconds)).Soon($"a backoff of {seconds} s");
            Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            starts.Items.Count.ShouldBe(expected);
            Time.Advance(TimeSpan.FromMilliseconds(1));
            await starts.WhenAsync(++expected);
        }
    }

    [Fact]
    public async Task Over_the_restart_limit_the_first_cause_is_reported_and_nothing_hangs()
    {
        int failures = 0;
        TaskCompletionSource release = new();
        ActorKind failing = Kind(First, async (_, _) =>
        {
            await release.Task;
            throw new InvalidOperationException($"failure {++failures}");
        });
        Engine.Register(
            failing with { MailboxCapacity = 4, Restart = failing.Restart with { MaxRestarts = 2 } },
            Kind(Second, ScriptedActor.Answering));
        Task<Answer>[] asks = [.. Enumerable.Range(0, 20).Select(number => AskAsync(First, number))];
        Task send = System.SendAsync(First, Numbered(0)).AsTask();
        release.SetResult();

        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the first backoff");
        Engine.Failed.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(2)).Soon("the second backoff");
        Engine.Failed.IsCompleted.ShouldBeFalse();
        Time.Advance(TimeSpan.FromSeconds(2));

        ActorFailure failure = await Engine.Failed.Soon();
        failure.Address.ShouldBe(First);
        failure.Cause.Message.ShouldContain("failure 1");
        failure.Restarts.ShouldBe(2);
        failures.ShouldBe(3);
        for (int ask = 0; ask < asks.Length; ask++)
        {
            ActorFailedException seen = await asks[ask].Soon().ShouldThrowAsync<ActorFailedException>();
            seen.IsFinal.ShouldBe(ask >= 2);
            seen.CauseText.ShouldContain(ask == 1 ? "failure 2" : "failure 1");
        }

        await send.Soon().ShouldThrowAsync<ActorFailedException>();
        (await AskAsync(First).Soon().ShouldThrowAsync<ActorFailedException>()).IsFinal.ShouldBeTrue();
        await Should.ThrowAsync<ActorFailedException>(async () => await System.SendAsync(First, Numbered(0)));
        (await AskAsync(Second, 6).Soon()).Number.ShouldBe(6);
    }

    [Fact]
    public async Task A_start_that_fails_counts_as_a_failure()
    {
        int starts = 0;
        Recorded<StartReason> reasons = new();
        ActorKind failing = Kind(First, () => ++starts == 1
            ? throw new InvalidOperationException("the factory")
            : new ScriptedActor((actor, _) => actor.Context.ReplyAsync(new Answer()))
            {
                Starting = (_, reason) =>
                {
                    reasons.Add(reason);
                    return starts == 2 ? throw new InvalidOperationException("the start") : ValueTask.CompletedTask;
                },
            });
        Engine.Register(failing);
        Task<Answer> ask = AskAsync(First);

        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the first backoff");
        Time.Advance(TimeSpan.FromSeconds(1));
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(2)).Soon("the second backoff");
        Time.Advance(TimeSpan.FromSeconds(2));

        await ask.Soon();
        reasons.Items.ShouldBe([StartReason.Failure, StartReason.Failure]);
    }

    [Fact]
    public async Task An_actor_is_disposed_of_when_it_fails_but_not_told_to_stop()
    {
        Recorded<string> seen = new();
        Engine.Register(Kind(First, () => new ScriptedActor((_, _) => throw new InvalidOperationException("broken"))
        {
            Disposing = () => seen.Add("disposed"),
            Ending = _ =>
            {
                seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
        }));

        await CommandAsync(First, "fail");

        (await seen.WhenAsync(1)).ShouldBe(["disposed"]);
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");
        await Engine.DisposeAsync();
        seen.Items.ShouldBe(["disposed"]);
    }

    [Fact]
    public async Task A_reply_to_an_actor_that_failed_for_good_does_not_fail_the_replier()
    {
        TaskCompletionSource release = new();
        ActorKind mortal = Kind(First, async (actor, _) =>
        {
            await actor.Context.SendAsync(Second, new Question());
            throw new InvalidOperationException("gone");
        });
        Recorded<StartReason> starts = new();
        Engine.Register(
            mortal with { Restart = mortal.Restart with { MaxRestarts = 0 } },
            Kind(Second, () => new ScriptedActor(async (actor, message) =>
            {
                await release.Task;
                await actor.Context.ReplyAsync(new Answer { Number = ((Question)message).Number });
            })
            {
                Starting = (_, reason) =>
                {
                    starts.Add(reason);
                    return ValueTask.CompletedTask;
                },
            }));
        await CommandAsync(First, "send and fail");
        (await Engine.Failed.Soon()).Restarts.ShouldBe(0);

        release.SetResult();

        (await AskAsync(Second, 8).Soon()).Number.ShouldBe(8);
        starts.Items.ShouldBe([StartReason.First]);
    }
}
