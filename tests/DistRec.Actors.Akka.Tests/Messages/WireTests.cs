using System.Runtime.Serialization;
using Akka.Serialization;
using DistRec.Actors.Akka.Messages;
using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests.Messages;

public sealed class WireTests
{
    [Fact]
    public async Task Nothing_of_the_engine_is_written_as_json()
    {
        // Every message on the node is written and read back, also those that never leave it.
        await using AkkaActorSystem node = AkkaNodes.Start(
            new EngineSettings(TimeProvider.System),
            """
            akka.actor.serialize-messages = on
            akka.actor.serializers.json = "DistRec.Actors.Akka.Tests.WatchedJsonSerializer, DistRec.Actors.Akka.Tests"
            """);
        node.Join(node.ClusterAddress);
        await node.JoinedAsync().Soon("the cluster");
        TaskCompletionSource release = new();
        Recorded<int> seen = new();
        node.Register(
            new ActorKind("first", 2, _ => ScriptedActor.Answering()),
            new ActorKind("second", 1, _ => new ScriptedActor(async (_, message) =>
            {
                await release.Task;
                seen.Add(((Note)message).Number);
            }))
            {
                MailboxCapacity = 2,
            });

        (await node.AskAsync<Answer>(new("first", 1), new Question { Number = 4 }, TimeSpan.FromSeconds(15)).Soon()).Number.ShouldBe(4);
        Task[] sends = [.. Enumerable.Range(0, 20).Select(number => node.SendAsync(new("second", 0), new Note { Number = number }).AsTask())];
        release.SetResult();
        await Task.WhenAll(sends).Soon("the sends");
        (await seen.WhenAsync(20)).ShouldBe(Enumerable.Range(0, 20));

        (await node.Directory.FindAsync(new("first", 0), default).Soon()).Address.ShouldBe(AkkaNodes.HttpAddressOf(0));
        WatchedJsonSerializer.Engine.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_no_serializer_of_its_own_is_refused_both_ways()
    {
        await using AkkaActorSystem node = AkkaNodes.Start(new EngineSettings(TimeProvider.System));
        Serialization serialization = node.System.Serialization;

        serialization.FindSerializerFor(new Uri("http://10.0.0.7/")).ShouldBeOfType<RefusingSerializer>();
        Should.Throw<SerializationException>(() => serialization.Serialize(new Uri("http://10.0.0.7/"))).Message.ShouldContain("System.Uri");
        Should.Throw<SerializationException>(() => serialization.Deserialize([], 1, typeof(Uri))).Message.ShouldContain("JSON");
    }
}
