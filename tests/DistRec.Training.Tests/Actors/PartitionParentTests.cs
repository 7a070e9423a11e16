using Akka.Actor;
using DistRec.Training.Actors;
using DistRec.Training.Tests.Coordination;

namespace DistRec.Training.Tests.Actors;

public sealed class PartitionParentTests : ActorTest
{
    private readonly IActorRef _parent;

    public PartitionParentTests() => _parent = Sys.ActorOf(PartitionParent.Props(PartitionRegion.Of(
        JobLayout.ItemRegion, Node, (_, _, _) => new ScriptedWork())));

    [Fact]
    public void Every_partition_of_every_job_is_an_actor_of_its_own_which_is_made_when_it_is_first_sent_to()
    {
        HashSet<IActorRef> actors = [];
        foreach ((string job, int index) in new[] { ("a", 0), ("a", 1), ("b-1", 0), ("a", 4095) })
        {
            PartitionStarted started = Ping(job, index);
            (started.Job, started.Partition.Id).ShouldBe((job, SmallJobs.Item(index)));
            actors.Add(LastSender);
        }

        actors.Count.ShouldBe(4);
        Ping("a", 1);
        actors.ShouldContain(LastSender);
    }

    [Fact]
    public void A_partition_that_has_ended_is_started_afresh_by_the_next_message()
    {
        ulong incarnation = Ping("a", 0).Incarnation;
        IActorRef first = LastSender;
        Watch(first);
        _parent.Tell(new PartitionEnvelope("a", 0, 0, new EndJob { Job = "a" }));
        ExpectTerminated(first);
        Ping("a", 0).Incarnation.ShouldNotBe(incarnation);
        LastSender.ShouldNotBe(first);
    }

    [Fact]
    public void One_partition_that_is_killed_costs_no_other_its_state()
    {
        Ping("a", 0);
        IActorRef first = LastSender;
        ulong second = Ping("a", 1).Incarnation;
        Watch(first);
        first.Tell(Kill.Instance);
        ExpectTerminated(first);
        Ping("a", 1).Incarnation.ShouldBe(second);
        Ping("a", 0).Incarnation.ShouldBeGreaterThan(second);
    }

    private PartitionStarted Ping(string job, int index)
    {
        _parent.Tell(new PartitionEnvelope(job, index, index, new Ping { Job = job }), TestActor);
        return ExpectMsg<PartitionStarted>();
    }
}
