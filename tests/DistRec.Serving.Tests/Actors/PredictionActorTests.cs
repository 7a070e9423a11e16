using System.Runtime.CompilerServices;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistRec.Evaluation.Bandits;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Actors;

public sealed class PredictionActorTests : TestKit
{
    private const int Partitions = 4;

    private static readonly DateTimeOffset Moment = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ServingNode _node = new(Partitions);
    private readonly ScriptedLog _log = new();
    private readonly TestProbe _appends;
    private readonly TestProbe _arms;
    private readonly int _partition = UserPartitions.Of("zoe", Partitions);

    public PredictionActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }")
    {
        _appends = CreateTestProbe("events");
        _arms = CreateTestProbe("arms");
        _node.Models = SmallModels.Active(SmallModels.Serving());
    }

    [Fact]
    public void A_partition_answers_when_it_has_read_what_its_users_rated()
    {
        IActorRef actor = Start();
        actor.Tell(new WakePartition());
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _node.PartitionOf("zoe").ShouldBeNull("it is not complete");

        _log.Reading.SetResult([RatingOf("i3", 4) with { Sequence = 1 }]);

        ExpectMsg<PartitionAwake>().ShouldBe(new PartitionAwake { Partition = _partition, Users = 1 });
        _node.PartitionOf("zoe")!.Find("zoe")!.Ratings.ShouldBe([new UserRating("zoe", "i3", 4, 1)]);
        _node.PartitionOf("zoe")!.FindArm("learning", "zoe").ShouldBe(new ArmChoice(1, 0.25), "the arm was kept before");
    }

    [Fact]
    public void A_rating_counts_when_it_is_acknowledged_and_not_before_it_is_kept()
    {
        _log.Reading.SetResult([]);
        IActorRef actor = Start();
        ServingEvent click = RatingOf("i5", 1) with { Kind = EventKind.Click, Value = null };
        actor.Tell(new StoreEvents { Events = { WireEvents.Of(RatingOf("i3", 4)), WireEvents.Of(click), WireEvents.Of(RatingOf("i7", 9)), WireEvents.Of(RatingOf("i9", 2)) } });
        _appends.ExpectMsg<AppendEvents>().Events.ShouldBe([RatingOf("i3", 4), click, RatingOf("i7", 9), RatingOf("i9", 2)]);
        actor.Tell(new WakePartition());
        ExpectMsg<PartitionAwake>().Users.ShouldBe(0);

        _appends.Reply(new EventsAppended(
            [new(EventOutcome.Stored, 7), new(EventOutcome.Stored, 8), new(EventOutcome.Refused, 0, "too much"), new(EventOutcome.Duplicate)]));

        ExpectMsg<EventsStored>().Events.Select(one => (one.Sequence, one.Refused)).ShouldBe([(7L, ""), (8L, ""), (0L, "too much"), (0L, "")]);
        _node.PartitionOf("zoe")!.Find("zoe")!.Ratings.ShouldBe([new UserRating("zoe", "i3", 4, 7)]);
    }

    [Fact]
    public void Ratings_that_cannot_be_kept_fail_by_name_and_do_not_count()
    {
        _log.Reading.SetResult([]);
        IActorRef actor = Start();
        actor.Tell(new StoreEvents { Events = { WireEvents.Of(RatingOf("i3", 4)) } });

        _appends.ExpectMsg<AppendEvents>();
        _appends.Reply(new Status.Failure(new EventLogException("the disk is full")));

        ExpectMsg<EventsStored>().Failure.ShouldBe("the disk is full");
        _node.PartitionOf("zoe")!.Find("zoe").ShouldBeNull();
    }

    [Fact]
    public void Questions_of_another_node_are_answered_together_with_the_json_of_the_api_and_refused_one_by_one()
    {
        _log.Reading.SetResult([]);
        IActorRef actor = Start();

        actor.Tell(new UserQuestions
        {
            Number = 9,
            Questions =
            {
                new UserQuestion { User = "u1", Predict = new PredictQuestion { Item = "i3" } },
                new UserQuestion { User = "u1", Model = "other", Predict = new PredictQuestion { Item = "i3" } },
                new UserQuestion { User = "u1", Recommend = new RecommendQuestion { N = 0 } },
            },
        });

        UserAnswers answers = ExpectMsg<UserAnswers>();
        answers.Number.ShouldBe(9);
        answers.Answers.Select(answer => answer.Status).ShouldBe([200, 404, 400]);
        Encoding.UTF8.GetString(answers.Answers[0].Body.Span).ShouldStartWith("""{"user":"u1","item":"i3","title":"Title 3","prediction":""");
        answers.Answers[1].Detail.ShouldContain("found \"other\"");
    }

    [Theory]
    [InlineData(true, "\"experiment\":\"e\",\"arm\":\"new\",\"propensity\":0.25")]
    [InlineData(false, "\"experiment\":null,\"arm\":\"active\",\"propensity\":1")]
    public void A_newcomer_to_an_experiment_that_learns_is_answered_when_its_arm_is_kept_or_outside_of_it_where_it_cannot_be(bool isKept, string told)
    {
        _log.Reading.SetResult([]);
        IActorRef actor = Start();
        ExperimentDefinition definition = new()
        {
            Name = "e",
            Model = "small",
            Arms = [new ExperimentArm("old", "small", 1, 1), new ExperimentArm("new", "small", 2, 1)],
            Control = "old",
            Policy = ExperimentPolicy.Thompson,
        };
        ServingModel[] models = [_node.Models.Default!, SmallModels.Serving(2, version: 2)];
        _node.Models = SmallModels.Active(models[0]) with
        {
            Experiments = new Dictionary<string, RunningExperiment> { ["small"] = new(definition, ExperimentFigures.None(definition), models) },
        };

        actor.Tell(new UserQuestions { Number = 1, Questions = { new UserQuestion { User = "zoe", Predict = new PredictQuestion { Item = "i3" } } } });

        KeptArm drawn = _arms.ExpectMsg<KeepArm>().Drawn;
        (drawn.Experiment, drawn.User).ShouldBe(("e", "zoe"));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        _arms.Reply(new ArmKept(isKept ? new ArmChoice(1, 0.25) : null));
        Encoding.UTF8.GetString(ExpectMsg<UserAnswers>().Answers[0].Body.Span).ShouldContain(told);
    }

    [Fact]
    public void A_partition_that_stops_is_asked_no_more_and_one_that_took_its_place_stays()
    {
        _log.Reading.SetResult([]);
        IActorRef actor = Start();
        actor.Tell(new WakePartition());
        ExpectMsg<PartitionAwake>();
        UserPartition successor = new(_partition);

        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        _node.PartitionOf("zoe").ShouldBeNull();

        _node.Enter(successor);
        _node.Leave(new UserPartition(_partition));
        _node.PartitionOf("zoe").ShouldBeSameAs(successor);
    }

    [Fact]
    public void A_partition_whose_ratings_cannot_be_read_starts_again_and_keeps_who_waits_for_it()
    {
        _log.Reading.SetException(new EventLogException("no database"));
        _log.Next = new TaskCompletionSource<IReadOnlyList<ServingEvent>>();
        IActorRef actor = Start();
        actor.Tell(new WakePartition());

        _log.Next.SetResult([]);

        ExpectMsg<PartitionAwake>().Partition.ShouldBe(_partition);
    }

    private IActorRef Start() =>
        Sys.ActorOf(PredictionActor.Props(
            _partition,
            _node,
            new UserResponder(_node, new UserQueries(_node, TimeProvider.System), new ArmKeeper(_arms), new ShadowDesk(_arms)),
            _log,
            (_, _) => Task.FromResult<IReadOnlyList<KeptArm>>([new KeptArm("learning", "zoe", new ArmChoice(1, 0.25))]),
            new EventAppender(_appends)));

    private static ServingEvent RatingOf(string item, double value) => new() { Kind = EventKind.Rating, User = "zoe", Item = item, Value = value, Time = Moment };

    /// <summary>Reads when the test says so.</summary>
    private sealed class ScriptedLog : IEventLog
    {
        private bool _hasRead;

        public TaskCompletionSource<IReadOnlyList<ServingEvent>> Reading { get; } = new();

        public TaskCompletionSource<IReadOnlyList<ServingEvent>>? Next { get; set; }

        public string Place => "scripted";

        public int Partitions => PredictionActorTests.Partitions;

        public async IAsyncEnumerable<ServingEvent> ReadAsync(
            long after = 0, int? partition = null, EventKind? kind = null, string? experiment = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            TaskCompletionSource<IReadOnlyList<ServingEvent>> source = _hasRead && Next is { } next ? next : Reading;
            _hasRead = true;
            foreach (ServingEvent one in await source.Task)
            {
                yield return one;
            }
        }

        public Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("by way of the actor");

        public Task<long> LastAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
