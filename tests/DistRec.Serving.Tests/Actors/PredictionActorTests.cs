using System.Text;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Actors;

public sealed class PredictionActorTests : TestKit
{
    private const int Partitions = 4;

    private readonly ServingNode _node = new(Partitions);
    private readonly ScriptedLog _log = new();
    private readonly int _partition = UserPartitions.Of("zoe", Partitions);

    public PredictionActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 30s }")
    {
        _node.Models = SmallModels.Active(SmallModels.Serving());
    }

    private IActorRef Start() => Sys.ActorOf(PredictionActor.Props(_partition, _node, new UserQueries(_node, TimeProvider.System), _log));

    [Fact]
    public void A_partition_answers_when_it_has_read_what_its_users_rated()
    {
        IActorRef actor = Start();
        actor.Tell(new WakePartition());
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _node.PartitionOf("zoe").ShouldBeNull("it is not complete");

        _log.Reading.SetResult([new("zoe", "i3", 4, 1)]);

        ExpectMsg<PartitionAwake>().ShouldBe(new PartitionAwake { Partition = _partition, Users = 1 });
        _node.PartitionOf("zoe")!.Find("zoe")!.Ratings.Single().Item.ShouldBe("i3");
    }

    [Fact]
    public void A_rating_counts_when_it_is_acknowledged_and_not_before_it_is_kept()
    {
        _log.Reading.SetResult([]);
        TaskCompletionSource<ItemsRated> kept = _log.NextAppend();
        IActorRef actor = Start();
        actor.Tell(new RateItems { User = "zoe", Items = { new RatedItem { Item = "i3", Rating = 4 } } });
        actor.Tell(new WakePartition());
        ExpectMsg<PartitionAwake>().Users.ShouldBe(0);

        kept.SetResult(new ItemsRated { Sequence = 7, Stored = 1 });

        ExpectMsg<ItemsRated>().Sequence.ShouldBe(7);
        _node.PartitionOf("zoe")!.Find("zoe")!.Ratings.ShouldBe([new UserRating("zoe", "i3", 4, 7)]);
    }

    [Fact]
    public void A_rating_that_cannot_be_kept_is_refused_by_name_and_does_not_count()
    {
        _log.Reading.SetResult([]);
        _log.NextAppend().SetException(new RatingLogException("the disk is full"));
        IActorRef actor = Start();

        actor.Tell(new RateItems { User = "zoe", Items = { new RatedItem { Item = "i3", Rating = 4 } } });

        ExpectMsg<ItemsRated>().Refused.ShouldBe("the disk is full");
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
        _log.Reading.SetException(new RatingLogException("no database"));
        _log.Next = new TaskCompletionSource<IReadOnlyList<UserRating>>();
        IActorRef actor = Start();
        actor.Tell(new WakePartition());

        _log.Next.SetResult([]);

        ExpectMsg<PartitionAwake>().Partition.ShouldBe(_partition);
    }

    /// <summary>Reads and keeps when the test says so.</summary>
    private sealed class ScriptedLog : IRatingLog
    {
        private readonly Queue<TaskCompletionSource<ItemsRated>> _appends = new();
        private bool _hasRead;

        public TaskCompletionSource<IReadOnlyList<UserRating>> Reading { get; } = new();

        public TaskCompletionSource<IReadOnlyList<UserRating>>? Next { get; set; }

        public TaskCompletionSource<ItemsRated> NextAppend()
        {
            TaskCompletionSource<ItemsRated> append = new();
            _appends.Enqueue(append);
            return append;
        }

        public Task<IReadOnlyList<UserRating>> ReadAsync(int partition, CancellationToken cancellationToken)
        {
            TaskCompletionSource<IReadOnlyList<UserRating>> source = _hasRead && Next is { } next ? next : Reading;
            _hasRead = true;
            return source.Task;
        }

        public Task<ItemsRated> AppendAsync(int partition, RateItems rate, CancellationToken cancellationToken) => _appends.Dequeue().Task;
    }
}
