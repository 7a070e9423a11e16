using Akka.Actor;
using DistRec.Training.Actors;

namespace DistRec.Training.Tests.Actors;

public sealed class StopOnFailureTests : ActorTest
{
    private readonly StopOnFailure _supervision = new();

    [Fact]
    public void A_child_that_fails_is_stopped_and_not_restarted_and_its_siblings_live_on()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Parent(_supervision)));
        IActorRef first = ChildOf(parent, "first");
        IActorRef second = ChildOf(parent, "second");
        Watch(first);

        first.Tell(new InvalidOperationException("the disk is on fire"));
        ExpectTerminated(first);

        second.Tell("are you there");
        ExpectMsg("yes");
        _supervision.TakeCause("second").ShouldBeNull();
        _supervision.TakeCause("first").ShouldNotBeNull().Message.ShouldBe("the disk is on fire");
        _supervision.TakeCause("first").ShouldBeNull("it was told");
    }

    [Fact]
    public void However_many_children_fail_their_parent_lives_on()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Parent(_supervision)));
        for (int child = 0; child < 50; child++)
        {
            IActorRef failing = ChildOf(parent, $"child-{child}");
            Watch(failing);
            failing.Tell(new InvalidOperationException($"failure {child}"));
            ExpectTerminated(failing);
            _supervision.TakeCause($"child-{child}").ShouldNotBeNull().Message.ShouldBe($"failure {child}");
        }
    }

    [Fact]
    public void A_child_that_stops_in_good_order_has_no_cause()
    {
        IActorRef parent = Sys.ActorOf(Props.Create(() => new Parent(_supervision)));
        IActorRef child = ChildOf(parent, "child");
        Watch(child);
        child.Tell(PoisonPill.Instance);
        ExpectTerminated(child);
        _supervision.TakeCause("child").ShouldBeNull();
    }

    private IActorRef ChildOf(IActorRef parent, string name)
    {
        parent.Tell(name, TestActor);
        return ExpectMsg<IActorRef>();
    }

    private sealed class Parent : ReceiveActor
    {
        private readonly StopOnFailure _supervision;

        public Parent(StopOnFailure supervision)
        {
            _supervision = supervision;
            Receive<string>(name => Sender.Tell(Context.ActorOf(Akka.Actor.Props.Create(() => new Child()), name)));
        }

        protected override SupervisorStrategy SupervisorStrategy() => _supervision;
    }

    private sealed class Child : ReceiveActor
    {
        public Child()
        {
            Receive<Exception>(failure => throw failure);
            Receive<string>(_ => Sender.Tell("yes"));
        }
    }
}
