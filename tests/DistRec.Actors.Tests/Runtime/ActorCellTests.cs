using DistRec.Actors.Runtime;
using DistRec.Contracts;
using Google.Protobuf;

namespace DistRec.Actors.Tests.Runtime;

public sealed class ActorCellTests
{
    private static readonly ActorAddress First = new("first", 0);

    private readonly CellHost _host = new();
    private readonly TaskCompletionSource _entered = new();
    private readonly TaskCompletionSource _mayEnd = new();
    private readonly Recorded<string> _seen = new();

    [Fact]
    public async Task An_actor_that_moved_here_is_told_so()
    {
        Recorded<StartReason> reasons = new();
        ActorCell cell = Cell(() => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (_, reason) =>
            {
                reasons.Add(reason);
                return ValueTask.CompletedTask;
            },
        }, reason: StartReason.Relocation);

        cell.Schedule();

        (await reasons.WhenAsync(1)).ShouldBe([StartReason.Relocation]);
    }

    [Fact]
    public async Task Handing_over_ends_the_running_handler_tells_the_actor_and_gives_back_what_waits_in_order()
    {
        ActorCell cell = Cell(Slow, capacity: 3);
        Post(cell, 0);
        await _entered.Task.Soon();
        for (int number = 1; number <= 3; number++)
        {
            Post(cell, number);
        }

        Task late = cell.PostAsync(Envelope(4), default);
        Task<IReadOnlyList<Envelope>> handOver = cell.HandOverAsync();
        handOver.IsCompleted.ShouldBeFalse();
        await late.Soon().ShouldThrowAsync<ActorMovedException>();
        cell.TryPost(Envelope(5)).ShouldBeFalse();
        _mayEnd.SetResult();

        IReadOnlyList<Envelope> waiting = await handOver.Soon();
        waiting.Select(envelope => ((Note)envelope.Message!).Number).ShouldBe([1, 2, 3]);
        _seen.Items.ShouldBe(["handled 0", "stopping", "disposed"]);
    }

    [Fact]
    public async Task A_handler_that_runs_while_its_cell_is_handed_over_may_still_send_and_its_reply_still_counts()
    {
        Answered ask = new();
        ActorCell cell = Cell(() => new ScriptedActor(async (actor, message) =>
        {
            _entered.SetResult();
            await _mayEnd.Task;
            await actor.Context.SendAsync(new ActorAddress("second", 0), message);
            await actor.Context.ReplyAsync(new Answer { Number = 3 });
        }));
        cell.TryPost(new Envelope(new Question(), null, ask)).ShouldBeTrue();
        await _entered.Task.Soon();

        Task<IReadOnlyList<Envelope>> handOver = cell.HandOverAsync();
        _mayEnd.SetResult();

        (await handOver.Soon()).ShouldBeEmpty();
        (await ask.Task.Soon()).ShouldBe(new Answer { Number = 3 });
        _host.Sent.Items.ShouldHaveSingleItem().ShouldBe(new ActorAddress("second", 0));
    }

    [Fact]
    public async Task Captured_asks_of_an_actor_that_is_handed_over_fail_as_ones_that_may_be_repeated()
    {
        Answered ask = new();
        ActorCell cell = Cell(() => new ScriptedActor((actor, _) =>
        {
            actor.Context.CaptureReply();
            _entered.SetResult();
            return ValueTask.CompletedTask;
        }));
        cell.TryPost(new Envelope(new Question(), null, ask)).ShouldBeTrue();
        await _entered.Task.Soon();

        await cell.HandOverAsync().Soon();

        (await ask.Task.Soon().ShouldThrowAsync<ActorFailedException>()).IsFinal.ShouldBeFalse();
    }

    [Fact]
    public async Task An_abandoned_actor_is_not_told_sends_no_more_and_what_waits_fails()
    {
        Answered waiting = new();
        TaskCompletionSource<Exception?> sent = new();
        ActorCell cell = Cell(() => new ScriptedActor(async (actor, message) =>
        {
            _entered.SetResult();
            await _mayEnd.Task;
            sent.SetResult(await Record.ExceptionAsync(
                async () => await actor.Context.SendAsync(new ActorAddress("second", 0), message)));
        })
        {
            Ending = _ =>
            {
                _seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
            Disposing = () => _seen.Add("disposed"),
        });
        Post(cell, 0);
        await _entered.Task.Soon();
        cell.TryPost(new Envelope(new Question(), null, waiting)).ShouldBeTrue();

        cell.Abandon("its node was removed");

        ActorFailedException failure = await waiting.Task.Soon().ShouldThrowAsync<ActorFailedException>();
        failure.IsFinal.ShouldBeFalse();
        failure.CauseText.ShouldBe("its node was removed");
        _mayEnd.SetResult();
        (await sent.Task.Soon()).ShouldBeOfType<OperationCanceledException>();
        await cell.Stopped.Soon();
        _seen.Items.ShouldBe(["disposed"]);
        _host.Sent.Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hand_over_that_never_ends_can_be_abandoned()
    {
        ActorCell cell = Cell(Slow);
        Post(cell, 0);
        await _entered.Task.Soon();
        Task<IReadOnlyList<Envelope>> handOver = cell.HandOverAsync();

        cell.Abandon("it did not end in time");
        _mayEnd.SetResult();

        await handOver.Soon();
        _seen.Items.ShouldBe(["handled 0", "disposed"]);
        await cell.PostAsync(Envelope(1), default).ShouldThrowAsync<ActorFailedException>();
    }

    private ActorCell Cell(Func<ScriptedActor> factory, int capacity = 16, StartReason reason = StartReason.First) =>
        new(_host, new ActorKind(First.Kind, 1, _ => factory()) { MailboxCapacity = capacity }, First, reason);

    private ScriptedActor Slow() => new(async (_, message) =>
    {
        _entered.TrySetResult();
        await _mayEnd.Task;
        _seen.Add($"handled {((Note)message).Number}");
    })
    {
        Ending = _ =>
        {
            _seen.Add("stopping");
            return ValueTask.CompletedTask;
        },
        Disposing = () => _seen.Add("disposed"),
    };

    private static Envelope Envelope(int number) => new(new Note { Number = number }, null);

    private static void Post(ActorCell cell, int number) => cell.TryPost(Envelope(number)).ShouldBeTrue();

    private sealed class Answered : TaskCompletionSource<IMessage>, IAskSink
    {
        public void Reply(IMessage reply) => TrySetResult(reply);

        public void Fail(ActorException failure) => TrySetException(failure);
    }

    /// <summary>An engine without transport: it records where its actors send to.</summary>
    private sealed class CellHost : IActorHost
    {
        public Recorded<ActorAddress> Sent { get; } = new();

        public bool IsStopping => false;

        public TimeProvider Time { get; } = new ManualTime();

        public IBlockExchange Blocks => throw new NotSupportedException();

        public IComputePool Compute => throw new NotSupportedException();

        public ValueTask SendAsync(
            ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken)
        {
            Sent.Add(to);
            return ValueTask.CompletedTask;
        }

        public Task<TReply> AskAsync<TReply>(
            ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken)
            where TReply : class, IMessage => throw new NotSupportedException();

        public void CheckSize(IMessage message)
        {
        }

        public void ReportFailure(ActorFailure failure)
        {
        }

        public void ReportStopFailure(ActorFailedException failure)
        {
        }
    }
}
