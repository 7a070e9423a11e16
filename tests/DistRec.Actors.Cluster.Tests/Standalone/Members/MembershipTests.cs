using DistRec.Actors.Cluster.Standalone;
using FsCheck;
using FsCheck.Fluent;

namespace DistRec.Actors.Cluster.Tests.Standalone.Members;

public sealed class MembershipTests
{
    private readonly Membership _members = new(detection: TimeSpan.FromSeconds(2), grace: TimeSpan.FromSeconds(0.5));

    [Fact]
    public void A_node_gets_a_new_incarnation_each_time_it_joins()
    {
        long first = Join("a", 0).Member!.Incarnation;
        _members.Remove(first, "test");

        Join("a", 1).Member!.Incarnation.ShouldBeGreaterThan(first);
    }

    [Fact]
    public void A_node_that_was_silent_for_the_detection_time_is_removed_and_not_before()
    {
        long node = Join("a", 0).Member!.Incarnation;

        _members.Heard(node, At(1)).ShouldBeTrue();
        _members.Expire(At(2.9)).ShouldBeEmpty();
        Removal removal = _members.Expire(At(3)).ShouldHaveSingleItem();

        removal.Member.Incarnation.ShouldBe(node);
        removal.Reason.ShouldContain("silent");
        _members.Members.ShouldBeEmpty();
    }

    [Fact]
    public void A_node_whose_connection_broke_is_removed_after_the_grace()
    {
        long node = Join("a", 0).Member!.Incarnation;

        _members.Disconnected(node, At(0.2));
        _members.Disconnected(node, At(0.6));
        _members.Expire(At(0.69)).ShouldBeEmpty();

        _members.Expire(At(0.7)).ShouldHaveSingleItem().Reason.ShouldContain("connection");
    }

    [Fact]
    public void A_node_that_is_back_within_the_grace_keeps_its_incarnation()
    {
        long node = Join("a", 0).Member!.Incarnation;
        _members.Disconnected(node, At(0.2));

        _members.Resume("a", node, At(0.6)).ShouldBeTrue();

        _members.Expire(At(2.5)).ShouldBeEmpty();
        _members.Find(node).ShouldNotBeNull();
    }

    [Fact]
    public void A_removed_incarnation_is_neither_heard_nor_resumed()
    {
        long node = Join("a", 0).Member!.Incarnation;
        _members.Expire(At(5));

        _members.Heard(node, At(5)).ShouldBeFalse();
        _members.Resume("a", node, At(5)).ShouldBeFalse();
        _members.Remove(node, "again").ShouldBeNull();
    }

    [Fact]
    public void Nobody_resumes_another_nodes_incarnation()
    {
        long node = Join("a", 0).Member!.Incarnation;

        _members.Resume("b", node, At(0)).ShouldBeFalse();
    }

    [Fact]
    public void A_second_node_of_the_same_id_is_refused_while_the_first_is_connected()
    {
        Join("a", 0);

        JoinResult result = Join("a", 1);

        result.Member.ShouldBeNull();
        result.Refusal!.ShouldContain("\"a\"");
        _members.Members.Count.ShouldBe(1);
    }

    [Fact]
    public void A_node_that_starts_again_takes_the_place_of_its_disconnected_earlier_life()
    {
        long before = Join("a", 0).Member!.Incarnation;
        _members.Disconnected(before, At(0.1));

        JoinResult result = Join("a", 0.2);

        result.Member.ShouldNotBeNull();
        result.Replaced!.Member.Incarnation.ShouldBe(before);
        _members.Heard(before, At(0.3)).ShouldBeFalse();
    }

    [Fact]
    public void An_address_that_another_node_has_is_refused_by_name()
    {
        Join("a", 0);

        JoinResult result = _members.Join(Node("b") with { Address = Node("a").Address }, At(0));

        result.Member.ShouldBeNull();
        result.Refusal!.ShouldContain("\"a\"");
        result.Refusal!.ShouldContain("http://a:1/");
    }

    [Fact]
    public void Incarnations_only_grow_and_ids_and_addresses_stay_unique_whatever_happens() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 49).ListOf()), events =>
        {
            Membership members = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.5));
            long newest = 0;
            double now = 0;
            foreach (int what in events)
            {
                now += 0.1;
                string id = $"n{what % 5}";
                Member? known = members.Members.FirstOrDefault(member => member.Node.NodeId == id);
                switch (what / 5)
                {
                    case 0 or 1 or 2 or 3:
                        if (members.Join(Node(id), At(now)).Member is { } joined)
                        {
                            joined.Incarnation.ShouldBeGreaterThan(newest);
                            newest = joined.Incarnation;
                        }

                        break;
                    case 4 or 5 when known is not null:
                        members.Disconnected(known.Incarnation, At(now));
                        break;
                    case 6 when known is not null:
                        members.Resume(id, known.Incarnation, At(now)).ShouldBeTrue();
                        break;
                    case 7:
                        now += 1;
                        break;
                    default:
                        foreach (Removal removal in members.Expire(At(now)))
                        {
                            members.Heard(removal.Member.Incarnation, At(now)).ShouldBeFalse();
                        }

                        break;
                }

                members.Members.Select(member => member.Node.NodeId).ShouldBeUnique();
                members.Members.Select(member => member.Node.Address).ShouldBeUnique();
            }
        }).QuickCheckThrowOnFailure();

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static NodeDescription Node(string id) => new(id, "worker", new Uri($"http://{id}:1/"), 2, "1.0.0");

    private JoinResult Join(string id, double seconds) => _members.Join(Node(id), At(seconds));
}
