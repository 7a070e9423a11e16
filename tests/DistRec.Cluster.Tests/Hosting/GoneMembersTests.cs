using Akka.Actor;
using Akka.Cluster;

namespace DistRec.Cluster.Tests.Hosting;

public sealed class GoneMembersTests
{
    private static readonly Address Place = new("akka.tcp", AkkaNodeSettings.SystemName, "worker-1", 7401);
    private static readonly UniqueAddress Worker = new(Place, 1);
    private static readonly UniqueAddress NextAtItsAddress = new(Place, 2);

    private readonly GoneMembers _members = new();

    [Fact]
    public void A_member_whose_port_refuses_twice_after_its_connection_broke_is_downed()
    {
        _members.Joined(Worker);

        _members.ConnectionBroke(Place).ShouldBe(new GoneMemberStep.Probe(Worker, TimeSpan.Zero));
        GoneMemberStep.Probe again = _members.Probed(Worker, ProbeResult.Refused).ShouldBeOfType<GoneMemberStep.Probe>();
        again.Delay.ShouldBeInRange(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200));
        _members.Probed(Worker, ProbeResult.Refused).ShouldBe(new GoneMemberStep.Down(Worker));

        // Once is enough.
        _members.ConnectionBroke(Place).ShouldBeNull();
    }

    [Fact]
    public void One_refusal_alone_downs_nobody()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place);
        _members.Probed(Worker, ProbeResult.Refused);

        _members.Probed(Worker, ProbeResult.Accepted).ShouldBeOfType<GoneMemberStep.Probe>();
        _members.Probed(Worker, ProbeResult.Refused).ShouldBeOfType<GoneMemberStep.Probe>();
        _members.Probed(Worker, ProbeResult.Refused).ShouldBeOfType<GoneMemberStep.Down>();
    }

    [Theory]
    [InlineData((int)ProbeResult.Accepted)]
    [InlineData((int)ProbeResult.Unanswered)]
    public void A_member_that_does_not_refuse_is_probed_a_few_times_more_and_then_left_to_the_resolver(int result)
    {
        _members.Joined(Worker);
        GoneMemberStep? step = _members.ConnectionBroke(Place);
        List<TimeSpan> delays = [];
        while (step is GoneMemberStep.Probe probe)
        {
            delays.Add(probe.Delay);
            step = _members.Probed(Worker, (ProbeResult)result);
        }

        step.ShouldBeNull();
        delays.Count.ShouldBeInRange(3, 10);
        delays.ShouldBeInOrder();
        delays.Sum(delay => delay.TotalSeconds).ShouldBeInRange(5, 30);
        _members.ConnectionBroke(Place).ShouldNotBeNull("another break is another reason to look");
    }

    [Fact]
    public void There_is_one_probe_at_a_time_for_a_member()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place).ShouldNotBeNull();

        _members.ConnectionBroke(Place).ShouldBeNull();
        _members.Probed(Worker, ProbeResult.Refused);
        _members.ConnectionBroke(Place).ShouldBeNull();
    }

    [Fact]
    public void A_connection_that_is_made_again_ends_the_suspicion()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place);
        _members.Probed(Worker, ProbeResult.Refused);

        _members.Connected(Place);

        _members.Probed(Worker, ProbeResult.Refused).ShouldBeNull();
        _members.ConnectionBroke(Place).ShouldBe(new GoneMemberStep.Probe(Worker, TimeSpan.Zero));
        _members.Probed(Worker, ProbeResult.Refused).ShouldBeOfType<GoneMemberStep.Probe>("the count starts anew");
    }

    [Fact]
    public void A_connection_to_an_address_that_is_no_members_is_of_no_interest()
    {
        _members.Joined(Worker);

        _members.ConnectionBroke(Place.WithPort(7402)).ShouldBeNull();
    }

    [Fact]
    public void A_member_that_was_removed_is_not_probed_any_more()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place);

        _members.Left(Worker);

        _members.Probed(Worker, ProbeResult.Refused).ShouldBeNull();
        _members.ConnectionBroke(Place).ShouldBeNull();
    }

    [Fact]
    public void A_new_process_at_the_address_is_not_downed_for_the_old_ones_death()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place);
        _members.Probed(Worker, ProbeResult.Refused);

        _members.Left(Worker);
        _members.Joined(NextAtItsAddress);

        _members.Probed(Worker, ProbeResult.Refused).ShouldBeNull();
        _members.Left(Worker);
        _members.ConnectionBroke(Place).ShouldBe(new GoneMemberStep.Probe(NextAtItsAddress, TimeSpan.Zero));
        _members.Probed(Worker, ProbeResult.Refused).ShouldBeNull();
        _members.Probed(NextAtItsAddress, ProbeResult.Refused).ShouldBeOfType<GoneMemberStep.Probe>();
        _members.Probed(NextAtItsAddress, ProbeResult.Refused).ShouldBe(new GoneMemberStep.Down(NextAtItsAddress));
    }

    [Fact]
    public void What_happens_to_a_member_that_stays_one_does_not_end_a_suspicion()
    {
        _members.Joined(Worker);
        _members.ConnectionBroke(Place);
        _members.Probed(Worker, ProbeResult.Refused);

        // Such as when it goes from joining to up.
        _members.Joined(Worker);

        _members.Probed(Worker, ProbeResult.Refused).ShouldBe(new GoneMemberStep.Down(Worker));
    }
}
