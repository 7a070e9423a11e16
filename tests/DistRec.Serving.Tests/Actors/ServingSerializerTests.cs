using System.Runtime.Serialization;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using DistRec.Serving.Actors;
using DistRec.Serving.Protocol;
using Google.Protobuf;

namespace DistRec.Serving.Tests.Actors;

public sealed class ServingSerializerTests : TestKit
{
    // Every message that leaves a node, with its manifest: nodes of other versions rely on both.
    private static readonly (string Manifest, object Message)[] All =
    [
        ("P", new PredictionEnvelope(63, new StoreEvents
        {
            Events =
            {
                new UserEvent
                {
                    EventId = "e", Kind = "click", User = "ä", Item = "i", Value = -0.5, Answer = "a", Experiment = "x", Arm = "b", Propensity = 0.25, Position = 3,
                    UnixMilliseconds = 1,
                },
                new UserEvent { Kind = "rating", User = "u", Item = "i", Value = 0 },
            },
        })),
        ("P", new PredictionEnvelope(0, new UserQuestions
        {
            Number = long.MaxValue,
            Questions =
            {
                new UserQuestion { User = "u", Model = "m", Ratings = { new RatedItem { Item = "i", Rating = 5 } }, Predict = new PredictQuestion { Item = "i" } },
                new UserQuestion { Recommend = new RecommendQuestion { N = 10, IncludeSeen = true, Allow = new ItemIds { Ids = { "a" } }, Deny = new ItemIds(), Diversity = 0.5, Explore = 2, After = "c", Filter = "year>1990" } },
                new UserQuestion { User = "u", Explain = new ExplainQuestion { Item = "i", N = 3 } },
                new UserQuestion { User = "u", History = new HistoryQuestion { N = 3 } },
                new UserQuestion { User = "u", Similar = new SimilarQuestion { N = 3 } },
            },
        })),
        ("P", new PredictionEnvelope(1, new WakePartition())),
        ("e", new EventsStored { Events = { new StoredEvent { Sequence = 7 }, new StoredEvent { Refused = "no" } }, Failure = "full" }),
        ("A", new UserAnswers { Number = 3, Answers = { new UserAnswer { Status = 200, Body = ByteString.CopyFromUtf8("{}"), Title = "t", Detail = "d" } } }),
        ("w", new PartitionAwake { Partition = 3, Users = 9 }),
        ("l", new LookAtExperiments()),
        ("L", new ExperimentsLooked { Failure = "full" }),
    ];

    private readonly ServingSerializer _serializer;

    public ServingSerializerTests() => _serializer = new ServingSerializer((ExtendedActorSystem)Sys);

    public static TheoryData<int> Messages { get; } = new(Enumerable.Range(0, All.Length));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_comes_back_from_its_bytes_under_the_manifest_that_it_has_always_had(int number)
    {
        (string manifest, object message) = All[number];
        _serializer.Manifest(message).ShouldBe(manifest);
        _serializer.FromBinary(_serializer.ToBinary(message), manifest).ShouldBe(message);
    }

    [Fact]
    public void No_message_is_left_out_and_no_two_have_one_manifest()
    {
        All.Select(entry => entry.Message.GetType()).Distinct().ShouldBe(ServingSerializer.Types, ignoreOrder: true);
        All.Select(entry => (entry.Manifest, entry.Message.GetType())).Distinct().Select(entry => entry.Manifest).ShouldBeUnique();
        ToPredictions.Descriptor.Oneofs.Single().Fields.Select(field => field.MessageType.Name).ShouldBe(
            All.Select(entry => entry.Message).OfType<PredictionEnvelope>().Select(envelope => envelope.Message.Descriptor.Name), ignoreOrder: true);
        _serializer.Identifier.ShouldBe(7501, "it is part of the wire format");
    }

    [Fact]
    public void What_is_not_known_is_refused_by_name() =>
        Should.Throw<SerializationException>(() => _serializer.Manifest("text")).Message
            .ShouldBe("expected a message that ServingSerializer knows, found System.String; add it there, and run the same version on every node");
}
