using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Contracts;
using Google.Protobuf;

namespace DistRec.Actors.Akka.Tests.Messages;

public sealed class EnvelopeSerializerTests : TestKit
{
    private static readonly MessageTypes Types = new([ContractMessagesReflection.Descriptor]);
    private static readonly ActorName Actor = new() { Kind = "user-factors", Shard = 7 };
    private static readonly Fault Fault = new() { ActorFailed = new ActorFault { Cause = "IOException: full", IsFinal = true } };

    public EnvelopeSerializerTests()
        : base(BootstrapSetup.Create().WithConfig("akka.loglevel = OFF").And(SerializationSetup.Create(system =>
            [SerializerDetails.Create("distrec", new EnvelopeSerializer(system), [.. EnvelopeSerializer.Types])])))
    {
    }

    public static TheoryData<IMessage> Plain => new(
        new Withdraw { Shard = 7, Number = 1L << 40 },
        new Accepted { Actor = Actor, Number = 3 },
        new Undelivered { Number = 4, Failure = Fault },
        new Resend { Actor = Actor, Round = 5, Life = 9 },
        new Moved { Actor = Actor },
        new Leaving(),
        new TakenBack { Number = 8 },
        new Introduction { NodeId = "worker-1", Address = "http://10.0.0.7:7400/", Threads = 4, Version = "1.2.3", WantsAnswer = true },
        new AskFailed { Ask = 6, Failure = new Fault { Refused = "no table" } },
        new Wake { Shard = 8 },
        new HostQuestion { Shard = 9 },
        new HostAnswer { Actor = Actor, Address = "http://10.0.0.7:7400/" },
        new FailureNotice { Actor = Actor, Cause = "diverged", Restarts = 5 });

    [Fact]
    public void A_delivery_comes_back_as_it_was()
    {
        Note note = new() { Number = 12, Payload = ByteString.CopyFrom(1, 2, 3) };
        DeliveryEnvelope sent = new(3, 42, 41, 2, new ActorAddress("first", 1), new MessageBody(note), 9, 5);

        DeliveryEnvelope back = RoundTrip(sent);

        (back with { Body = sent.Body }).ShouldBe(sent);
        back.Body.Read(Types).ShouldBe(note);
    }

    [Fact]
    public void A_delivery_from_outside_has_neither_sender_nor_ask()
    {
        DeliveryEnvelope back = RoundTrip(new DeliveryEnvelope(0, 1, 0, 0, null, new MessageBody(new Note()), 0, 0));

        back.Sender.ShouldBeNull();
        back.Ask.ShouldBe(0);
    }

    [Fact]
    public void A_reply_comes_back_as_it_was()
    {
        ReplyEnvelope back = RoundTrip(new ReplyEnvelope(11, new MessageBody(new Answer { Number = 5 })));

        back.Ask.ShouldBe(11);
        back.Body.Read(Types).ShouldBe(new Answer { Number = 5 });
    }

    [Fact]
    public void A_returned_message_comes_back_as_it_was()
    {
        DeliveryEnvelope delivery = new(3, 42, 0, 0, null, new MessageBody(new Note { Number = 4 }), 0, 0);

        ReturnedEnvelope back = RoundTrip(new ReturnedEnvelope(new ActorAddress("first", 3), delivery));

        back.Actor.ShouldBe(new ActorAddress("first", 3));
        (back.Delivery with { Body = delivery.Body }).ShouldBe(delivery);
        back.Delivery.Body.Read(Types).ShouldBe(new Note { Number = 4 });
    }

    [Theory]
    [MemberData(nameof(Plain), DisableDiscoveryEnumeration = true)]
    public void Every_other_word_comes_back_as_it_was(IMessage message) => RoundTrip(message).ShouldBe(message);

    [Fact]
    public void Every_word_has_been_tried() =>
        ((IEnumerable<object[]>)Plain).Select(row => row[0].GetType()).Concat([typeof(DeliveryEnvelope), typeof(ReplyEnvelope), typeof(ReturnedEnvelope)])
            .ShouldBe(EnvelopeSerializer.Types, ignoreOrder: true);

    [Fact]
    public void A_message_of_an_unknown_type_is_refused_where_it_is_read()
    {
        DeliveryEnvelope back = RoundTrip(new DeliveryEnvelope(0, 1, 0, 0, null, new MessageBody(new Wake()), 0, 0));

        Should.Throw<UnknownMessageTypeException>(() => back.Body.Read(Types)).MessageName.ShouldBe("distrec.akka.Wake");
    }

    [Fact]
    public void What_is_no_word_of_the_engine_is_refused_by_name()
    {
        EnvelopeSerializer serializer = new((ExtendedActorSystem)Sys);

        Should.Throw<SerializationException>(() => serializer.Manifest(new Note())).Message.ShouldContain("Note");
        Should.Throw<SerializationException>(() => serializer.FromBinary([], "Newer")).Message.ShouldContain("\"Newer\"");
    }

    private T RoundTrip<T>(T message)
        where T : notnull
    {
        Serialization serialization = Sys.Serialization;
        SerializerWithStringManifest serializer = serialization.FindSerializerFor(message).ShouldBeOfType<EnvelopeSerializer>();
        return (T)serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, serializer.Manifest(message));
    }
}
