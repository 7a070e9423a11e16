using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;

namespace DistRec.Actors.Akka.Tests.Messages;

public sealed class FailureCodecTests
{
    private static readonly ActorAddress First = new("first", 0);

    public static TheoryData<ActorException> Typed => new(
        new ActorFailedException(First, "IOException: full", isFinal: true),
        new ActorFailedException(First, "IOException: full", isFinal: false),
        new NoReplyException(First, "distrec.contracts.Question"),
        new RequestRefusedException(First, "no table"),
        new UnknownMessageTypeException("distrec.Newer"));

    [Theory]
    [MemberData(nameof(Typed), DisableDiscoveryEnumeration = true)]
    public void A_typed_failure_reads_the_same_on_the_other_node(ActorException failure)
    {
        ActorException back = FailureCodec.Read(FailureCodec.Write(failure), First);

        back.GetType().ShouldBe(failure.GetType());
        back.Message.ShouldBe(failure.Message);
    }

    [Fact]
    public void A_node_that_stops_does_not_stop_the_one_that_asked() =>
        FailureCodec.Read(FailureCodec.Write(new ActorSystemStoppedException()), First)
            .ShouldBeOfType<ActorFailedException>().IsFinal.ShouldBeFalse();

    [Fact]
    public void A_reason_of_a_newer_version_is_a_failure_all_the_same() =>
        FailureCodec.Read(new Fault(), First).ShouldBeOfType<ActorFailedException>().Message.ShouldContain("unreadable");
}
