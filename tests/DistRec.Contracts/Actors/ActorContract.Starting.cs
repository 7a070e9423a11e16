using DistRec.Actors;

namespace DistRec.Contracts;

public abstract partial class ActorContract
{
    [Fact]
    public async Task Every_shard_starts_once_without_waiting_for_a_message()
    {
        Recorded<(int Shard, StartReason Reason)> started = new();
        Engine.Register(new ActorKind("first", 5, shard => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (_, reason) =>
            {
                started.Add((shard, reason));
                return ValueTask.CompletedTask;
            },
        }));

        await started.WhenAsync(5);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(shard => System.SendAsync(First with { Shard = shard }, Numbered(0)).AsTask()));

        started.Items.OrderBy(start => start.Shard).ShouldBe(Enumerable.Range(0, 5).Select(shard => (shard, StartReason.First)));
    }

    [Fact]
    public async Task An_actor_has_started_before_its_first_message()
    {
        TaskCompletionSource mayStart = new();
        Recorded<string> seen = new();
        Engine.Register(Kind(First, () => new ScriptedActor((_, _) =>
        {
            seen.Add("message");
            return ValueTask.CompletedTask;
        })
        {
            Starting = async (_, _) =>
            {
                await mayStart.Task;
                seen.Add("started");
            },
        }));

        await System.SendAsync(First, Numbered(0));
        mayStart.SetResult();

        (await seen.WhenAsync(2)).ShouldBe(["started", "message"]);
    }

    [Fact]
    public async Task Kinds_registered_together_can_send_to_each_other_from_the_start()
    {
        Recorded<Note> seen = new();
        ScriptedActor GreetingOther(ActorAddress other) => new((_, message) =>
        {
            seen.Add((Note)message);
            return ValueTask.CompletedTask;
        })
        {
            Starting = (actor, _) => actor.Context.SendAsync(other, Numbered(1)),
        };

        Engine.Register(Kind(First, () => GreetingOther(Second)), Kind(Second, () => GreetingOther(First)));

        await seen.WhenAsync(2);
    }

    [Fact]
    public async Task A_timer_sends_its_message_when_it_is_due_and_not_before()
    {
        Recorded<(int Number, ActorAddress? Sender)> seen = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            switch (message)
            {
                case Question question:
                    await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                    break;
                case Note note:
                    seen.Add((note.Number, actor.Context.Sender));
                    break;
                default:
                    actor.Context.StartTimer(TimeSpan.FromSeconds(20), Numbered(20));
                    actor.Context.StartTimer(TimeSpan.FromSeconds(10), Numbered(10));
                    actor.Context.StartTimer(TimeSpan.FromSeconds(15), Numbered(15)).Dispose();
                    break;
            }
        }));
        await CommandAsync(First, "start");
        await AskAsync(First).Soon();

        Time.Advance(TimeSpan.FromSeconds(9));
        await AskAsync(First).Soon();
        seen.Items.ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(1));
        (await seen.WhenAsync(1)).ShouldBe([(10, First)]);
        Time.Advance(TimeSpan.FromSeconds(60));

        (await seen.WhenAsync(2)).ShouldBe([(10, First), (20, First)]);
        await AskAsync(First).Soon();
        seen.Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_timer_ends_with_the_actor_that_started_it()
    {
        Recorded<Note> seen = new();
        Engine.Register(Kind(First, async (actor, message) =>
        {
            switch (message)
            {
                case Question question:
                    await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                    break;
                case Note note:
                    seen.Add(note);
                    break;
                default:
                    actor.Context.StartTimer(TimeSpan.FromSeconds(10), Numbered(10));
                    throw new InvalidOperationException("after the timer");
            }
        }));
        await CommandAsync(First, "start");
        await Time.WhenArmedAsync(TimeSpan.FromSeconds(1)).Soon("the backoff");

        Time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync(First).Soon();
        Time.Advance(TimeSpan.FromSeconds(60));

        await AskAsync(First).Soon();
        seen.Items.ShouldBeEmpty();
    }
}
