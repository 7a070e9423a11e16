using System.Threading.Channels;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Tests.Events;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Actors;

public sealed class EventLogActorTests() : TestKit("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }")
{
    private readonly ScriptedLog _log = new();

    [Fact]
    public async Task Everyone_is_answered_with_their_own_verdicts_when_the_commit_is_over()
    {
        IActorRef actor = Start();
        actor.Tell(new AppendEvents(SomeEvents.Views(1)), TestActor);
        ScriptedLog.Commit first = await _log.NextAsync();
        actor.Tell(new AppendEvents([SomeEvents.View("a"), SomeEvents.View("")]), TestActor);
        actor.Tell(new AppendEvents([SomeEvents.View("b")]), TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        first.Succeed();
        ExpectMsg<EventsAppended>().Verdicts.Select(verdict => verdict.Sequence).ShouldBe([1]);
        ScriptedLog.Commit second = await _log.NextAsync();
        second.Events.Select(@event => @event.User).ShouldBe(["a", "", "b"], "those who waited share a commit");
        second.Succeed();

        ExpectMsg<EventsAppended>().Verdicts.Select(verdict => verdict.Sequence).ShouldBe([2, 3]);
        ExpectMsg<EventsAppended>().Verdicts.Select(verdict => verdict.Sequence).ShouldBe([4]);
    }

    [Fact]
    public async Task A_commit_that_fails_fails_its_senders_by_name_and_the_next_one_goes_on()
    {
        IActorRef actor = Start();
        actor.Tell(new AppendEvents(SomeEvents.Views(1)), TestActor);
        ScriptedLog.Commit first = await _log.NextAsync();
        actor.Tell(new AppendEvents(SomeEvents.Views(2)), TestActor);

        first.Fail(new DatabaseException("here: found the disk full"));

        ExpectMsg<Status.Failure>().Cause.ShouldBeOfType<DatabaseException>().Message.ShouldBe("here: found the disk full");
        (await _log.NextAsync()).Succeed();
        ExpectMsg<EventsAppended>().Verdicts.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_log_that_throws_before_it_waits_fails_its_senders_too()
    {
        IActorRef actor = Start();
        _log.Throws = new InvalidDataException("broken");

        (await Should.ThrowAsync<InvalidDataException>(() => Append(actor, SomeEvents.Views(1)).Soon())).Message.ShouldBe("broken");

        _log.Throws = null;
        Task<IReadOnlyList<EventVerdict>> next = Append(actor, SomeEvents.Views(1));
        (await _log.NextAsync()).Succeed();
        (await next.Soon()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_too_much_is_refused_at_once_by_name_and_nothing_of_it_is_stored()
    {
        IActorRef actor = Start(maximumHeld: 3);
        Task<IReadOnlyList<EventVerdict>> underWay = Append(actor, SomeEvents.Views(1));
        ScriptedLog.Commit first = await _log.NextAsync();
        Task<IReadOnlyList<EventVerdict>> waiting = Append(actor, SomeEvents.Views(1));

        EventLogBusyException refused = await Should.ThrowAsync<EventLogBusyException>(() => Append(actor, SomeEvents.Views(2)).Soon());
        refused.Message.ShouldBe("a scripted log: expected at most 3 events at once, found 2 that wait already and 2 more; send them again later, or fewer at once");

        first.Succeed();
        (await _log.NextAsync()).Succeed();
        await Task.WhenAll(underWay, waiting).Soon();
        _log.Stored.ShouldBe(2);
    }

    [Fact]
    public async Task Whoever_waits_when_it_stops_is_told_so()
    {
        IActorRef actor = Start();
        Task<IReadOnlyList<EventVerdict>> underWay = Append(actor, SomeEvents.Views(1));
        ScriptedLog.Commit commit = await _log.NextAsync();
        Task<IReadOnlyList<EventVerdict>> waiting = Append(actor, SomeEvents.Views(1));

        Sys.Stop(actor);

        foreach (Task<IReadOnlyList<EventVerdict>> append in new[] { underWay, waiting })
        {
            (await Should.ThrowAsync<EventLogException>(() => append.Soon())).Message.ShouldContain("found that it has stopped");
        }

        commit.Succeed();
    }

    [Fact]
    public async Task No_events_are_answered_with_no_verdicts()
    {
        Task<IReadOnlyList<EventVerdict>> none = Append(Start(), []);
        (await _log.NextAsync()).Succeed();
        (await none.Soon()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_waits_for_one_that_is_not_there_any_more()
    {
        IActorRef actor = Start();
        EventAppender appender = new(actor);
        Sys.Stop(actor);

        (await Should.ThrowAsync<EventLogException>(() => appender.AppendAsync(SomeEvents.Views(1)).Soon())).Message.ShouldContain("found that it has stopped");
        await Should.ThrowAsync<EventLogException>(() => new EventAppender(actor).AppendAsync(SomeEvents.Views(1)).Soon());
    }

    private static Task<IReadOnlyList<EventVerdict>> Append(IActorRef actor, IReadOnlyList<ServingEvent> events) => new EventAppender(actor).AppendAsync(events);

    private IActorRef Start(int maximumHeld = 1000) => Sys.ActorOf(EventLogActor.Props(_log, maximumHeld, maximumCommit: 10));

    /// <summary>A log whose commits end when the test says so.</summary>
    private sealed class ScriptedLog : IEventLog
    {
        private readonly Channel<Commit> _commits = Channel.CreateUnbounded<Commit>();

        public Exception? Throws { get; set; }

        public int Stored { get; private set; }

        public string Place => "a scripted log";

        public int Partitions => 1;

        public Task<Commit> NextAsync() => _commits.Reader.ReadAsync().Soon("a commit");

        public Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default)
        {
            if (Throws is { } thrown)
            {
                throw thrown;
            }

            Commit commit = new(this, events);
            _commits.Writer.TryWrite(commit);
            return commit.Ended;
        }

        public Task<long> LastAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ServingEvent> ReadAsync(
            long after = 0, int? partition = null, EventKind? kind = null, string? experiment = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        internal sealed class Commit(ScriptedLog log, IReadOnlyList<ServingEvent> events)
        {
            private readonly TaskCompletionSource<IReadOnlyList<EventVerdict>> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public IReadOnlyList<ServingEvent> Events => events;

            public Task<IReadOnlyList<EventVerdict>> Ended => _ended.Task;

            public void Succeed() => _ended.SetResult([.. events.Select(_ => new EventVerdict(EventOutcome.Stored, ++log.Stored))]);

            public void Fail(Exception cause) => _ended.SetException(cause);
        }
    }
}
