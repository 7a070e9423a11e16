using DistRec.Contracts;

namespace DistRec.Actors.Tests.Local;

public sealed class StressTests
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Many_senders_through_small_mailboxes_lose_nothing_and_keep_every_order()
    {
        const int Shards = 8;
        const int Origins = 16;
        const int Each = 2000;
        await using LocalActorSystem system = new();
        Recorded<string> disorder = new();
        TaskCompletionSource done = new();
        int ended = 0;

        // Every origin is an actor that sends to every sink in turn; a sink sees each origin count up from 0.
        system.Register(
            new ActorKind("sink", Shards, shard =>
            {
                int[] next = new int[Origins];
                int seen = 0;
                return new ScriptedActor(async (_, message) =>
                {
                    Note note = (Note)message;
                    if (note.Number != next[note.Origin]++)
                    {
                        disorder.Add($"sink {shard} expected {next[note.Origin] - 1} of {note.Origin} and saw {note.Number}");
                    }

                    if (++seen % 97 == 0)
                    {
                        await Task.Yield();
                    }

                    if (seen == Origins * Each && Interlocked.Increment(ref ended) == Shards)
                    {
                        done.SetResult();
                    }
                });
            })
            { MailboxCapacity = 16 },
            new ActorKind("origin", Origins, origin => new ScriptedActor(async (actor, _) =>
            {
                for (int number = 0; number < Each; number++)
                {
                    for (int shard = 0; shard < Shards; shard++)
                    {
                        await actor.Context.SendAsync(new ActorAddress("sink", shard), new Note { Origin = origin, Number = number });
                    }
                }
            })));

        for (int origin = 0; origin < Origins; origin++)
        {
            await system.SendAsync(new ActorAddress("origin", origin), new Command());
        }

        await done.Task.Soon("every message");
        disorder.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task No_ask_hangs_while_actors_fail_restart_and_the_system_stops_under_them(int seed)
    {
        RestartPolicy restart = new()
        {
            MaxRestarts = 30,
            FirstBackoff = TimeSpan.FromMilliseconds(1),
            LongestBackoff = TimeSpan.FromMilliseconds(2),
        };
        Random[] moods = [.. Enumerable.Range(0, 4).Select(shard => new Random((seed * 100) + shard))];
        LocalActorSystem system = new(new LocalActorSystemOptions { SendTimeout = TimeSpan.FromSeconds(1), ComputeThreads = 1 });
        system.Register(new ActorKind("moody", 4, shard => Moody(moods[shard]))
        {
            MailboxCapacity = 4,
            Restart = restart,
        });

        Task<string>[] askers = [.. Enumerable.Range(0, 8).Select(asker => Task.Run(() => AskManyAsync(asker)))];
        await Task.WhenAny(Task.WhenAll(askers), system.Failed).WaitAsync(TimeSpan.FromSeconds(15));
        await system.DisposeAsync().Soon("the stop");

        string[] outcomes = await Task.WhenAll(askers).Soon("every ask");
        string all = string.Concat(outcomes);

        // The mixture really holds replies and failures, and no timeout hid a lost answer.
        all.ShouldContain('a');
        all.ShouldContain('f');
        all.ShouldNotContain('t');
        all.ShouldNotContain('?');

        async Task<string> AskManyAsync(int asker)
        {
            Random random = new((seed * 1000) + asker);
            List<char> outcomes = [];
            for (int ask = 0; ask < 300; ask++)
            {
                ActorAddress to = new("moody", random.Next(4));
                try
                {
                    await system.AskAsync<Answer>(to, new Question { Number = ask }, AskTimeout);
                    outcomes.Add('a');
                }
                catch (ActorException exception)
                {
                    outcomes.Add(exception switch
                    {
                        ActorFailedException => 'f',
                        NoReplyException or RequestRefusedException => 'r',
                        ActorSystemStoppedException => 's',
                        AskTimeoutException => 't',
                        _ => '?',
                    });
                }
            }

            return string.Concat(outcomes);
        }
    }

    /// <summary>Answers, delays, refuses, forgets, works outside or throws, as chance has it.</summary>
    private static ScriptedActor Moody(Random random)
    {
        Queue<ReplyHandle> captured = new();
        return new ScriptedActor(async (actor, message) =>
        {
            if (message is not Question question)
            {
                if (captured.TryDequeue(out ReplyHandle? handle))
                {
                    await handle.ReplyAsync(new Answer());
                }

                return;
            }

            switch (random.Next(20))
            {
                case 0:
                    throw new InvalidOperationException("at once");
                case 1:
                    captured.Enqueue(actor.Context.CaptureReply());
                    actor.Context.RunOutside(_ => throw new InvalidOperationException("outside"));
                    break;
                case 2:
                    await Task.Yield();
                    throw new InvalidOperationException("later");
                case 3:
                    await actor.Context.RefuseAsync("not now");
                    break;
                case 4:
                    break;
                case < 9:
                    captured.Enqueue(actor.Context.CaptureReply());
                    actor.Context.RunOutside(_ => Task.FromResult<Google.Protobuf.IMessage>(new Command()));
                    break;
                case < 12:
                    captured.Enqueue(actor.Context.CaptureReply());
                    actor.Context.StartTimer(TimeSpan.FromMilliseconds(1), new Command());
                    break;
                default:
                    await actor.Context.ReplyAsync(new Answer { Number = question.Number });
                    break;
            }
        });
    }
}
