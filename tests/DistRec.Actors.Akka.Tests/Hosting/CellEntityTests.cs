using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistRec.Actors.Akka.Hosting;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests.Hosting;

/// <summary>One entity on a node of one, and a probe in place of the node that sends to it.</summary>
public sealed class CellEntityTests : TestKit
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    private static readonly ActorAddress Address = new("first", 3);

    private readonly ComputePool _compute = new(1);
    private readonly NodeRuntime _node;
    private readonly Recorded<Note> _seen = new();
    private readonly TestProbe _sender;

    public CellEntityTests()
        : base("""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              actor.provider = cluster
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
              cluster.distributed-data.durable.keys = []
              cluster.sharding.distributed-data.durable.keys = []
            }
            """)
    {
        AkkaActorSystemOptions options = new()
        {
            Configuration = "",
            Messages = [ContractMessagesReflection.Descriptor],
            HttpAddress = AkkaNodes.HttpAddressOf(0),
            Blocks = _ => new LocalBlockExchange(),
        };
        _node = new NodeRuntime(options, (ExtendedActorSystem)Sys, _compute);
        _sender = CreateTestProbe();
    }

    [Fact]
    public void What_comes_before_the_actor_has_started_waits_for_it()
    {
        IActorRef entity = Start(new ActorKind("first", 8, _ => ScriptedActor.Recording(_seen)));

        _sender.Send(entity, Delivery(1, 0, entity));

        _sender.ExpectMsg<Accepted>(Bound).ShouldBe(new Accepted { Actor = Address.ToWire(), Number = 1 });
        _node.IsHere(Address).ShouldBeTrue();
    }

    [Fact]
    public void A_message_that_comes_twice_is_confirmed_twice()
    {
        IActorRef entity = Start(new ActorKind("first", 8, _ => ScriptedActor.Recording(_seen)));

        _sender.Send(entity, Delivery(1, 0, entity));
        _sender.Send(entity, Delivery(1, 0, entity));
        _sender.Send(entity, Delivery(2, 1, entity));

        _sender.ExpectMsg<Accepted>(Bound).Number.ShouldBe(1);
        _sender.ExpectMsg<Accepted>(Bound).Number.ShouldBe(1);
        _sender.ExpectMsg<Accepted>(Bound).Number.ShouldBe(2);
    }

    [Fact]
    public void A_message_that_comes_too_early_or_for_another_life_is_asked_for_again()
    {
        IActorRef entity = Start(new ActorKind("first", 8, _ => ScriptedActor.Recording(_seen)));
        Resend expected = new() { Actor = Address.ToWire(), Round = 6, Life = entity.Path.Uid };

        _sender.Send(entity, Delivery(2, 1, entity) with { Round = 6 });
        _sender.ExpectMsg<Resend>(Bound).ShouldBe(expected);

        _sender.Send(entity, Delivery(1, 0, entity) with { Round = 6, Life = entity.Path.Uid + 1 });
        _sender.ExpectMsg<Resend>(Bound).ShouldBe(expected);
    }

    [Fact]
    public void A_question_is_answered_to_the_node_that_asked()
    {
        IActorRef entity = Start(new ActorKind("first", 8, _ => ScriptedActor.Answering()));

        _sender.Send(entity, Delivery(1, 0, entity) with { Body = new MessageBody(new Question { Number = 5 }), Ask = 9 });

        // The actor may be quicker than the confirmation.
        object[] heard = [_sender.ExpectMsg<object>(Bound), _sender.ExpectMsg<object>(Bound)];
        ReplyEnvelope reply = heard.OfType<ReplyEnvelope>().ShouldHaveSingleItem();
        reply.Ask.ShouldBe(9);
        reply.Body.Read(_node.Types).ShouldBe(new Answer { Number = 5 });
    }

    [Fact]
    public async Task What_lies_unhandled_goes_back_to_its_sender_before_the_entity_ends()
    {
        TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource mayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IActorRef entity = Start(new ActorKind("first", 8, _ => new ScriptedActor(async (_, _) =>
        {
            began.TrySetResult();
            await mayEnd.Task;
        })));
        _sender.Send(entity, Delivery(1, 0, entity));
        _sender.Send(entity, Delivery(2, 1, entity));
        _sender.ExpectMsg<Accepted>(Bound).Number.ShouldBe(1);
        _sender.ExpectMsg<Accepted>(Bound).Number.ShouldBe(2);
        await began.Task.Soon("the first message");
        _sender.Watch(entity);

        // The answer tells that the actor is being handed over: before that it would go on to the second message.
        entity.Tell(HandOff.Instance);
        _sender.Send(entity, new Withdraw { Shard = Address.Shard, Number = 2 });
        _sender.ExpectMsg<Undelivered>(Bound).Failure.Withdrawn.ShouldNotBeNull();
        mayEnd.SetResult();

        ReturnedEnvelope returned = _sender.ExpectMsg<ReturnedEnvelope>(Bound);
        returned.Actor.ShouldBe(Address);
        returned.Delivery.Number.ShouldBe(2);
        _sender.Send(entity, new TakenBack { Number = 2 });
        _sender.ExpectTerminated(entity, Bound);
        _node.IsHere(Address).ShouldBeFalse();
    }

    protected override void AfterAll()
    {
        _node.BeginStop();
        _node.StopAsync().Wait(Bound).ShouldBeTrue();
        base.AfterAll();
        _compute.Dispose();
    }

    private IActorRef Start(ActorKind kind) =>
        Sys.ActorOf(Props.Create(() => new CellEntity(_node, kind, Address)).WithDeploy(Deploy.Local));

    private static DeliveryEnvelope Delivery(long number, long previous, IActorRef entity) =>
        new(Address.Shard, number, previous, 0, null, new MessageBody(new Note { Number = (int)number }), 0, entity.Path.Uid);
}
