using DistRec.Actors.Cluster.Standalone;

namespace DistRec.Actors.Cluster.Tests.Standalone.Placement;

public sealed class ShardTableTests
{
    private static readonly ShardedKind Factors = new("factors", 12, "worker");

    [Fact]
    public void Shards_go_round_robin_over_the_nodes_of_their_role()
    {
        ShardTable table = new();
        table.NodeJoined(1, "seed", [Factors]);
        Starts(table.NodeJoined(2, "worker", [])).ShouldBeEmpty();
        Starts(table.NodeJoined(3, "worker", [])).ShouldBeEmpty();
        Starts(table.Registered(2, [Factors])).ShouldBeEmpty("worker 3 has not registered the kind yet");

        StartActor[] starts = Starts(table.Registered(3, [Factors]));

        starts.ShouldAllBe(start => start.Reason == StartReason.First);
        table.HostsOf("factors").ShouldBe([2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3]);
    }

    [Fact]
    public void Kinds_of_one_shard_do_not_all_live_on_one_node()
    {
        ShardTable table = new();
        ShardedKind[] kinds = [new("a", 1, ""), new("b", 1, ""), new("c", 1, "")];

        table.NodeJoined(1, "worker", kinds);
        table.NodeJoined(2, "worker", kinds);
        table.NodeJoined(3, "worker", kinds);
        ShardTable fresh = new();
        fresh.NodeJoined(1, "worker", []);
        fresh.NodeJoined(2, "worker", []);
        fresh.Registered(1, kinds);
        fresh.Registered(2, kinds);

        fresh.HostsOf("a").ShouldBe([1]);
        fresh.HostsOf("b").ShouldBe([2]);
        fresh.HostsOf("c").ShouldBe([1]);
    }

    [Fact]
    public void A_kind_without_a_role_prefers_workers_and_makes_do_with_the_seed()
    {
        ShardTable table = new();
        ShardedKind anywhere = new("anywhere", 2, "");

        table.NodeJoined(1, "seed", [anywhere]);
        table.HostsOf("anywhere").ShouldBe([1, 1]);
        ShardCommand[] commands = [.. table.NodeJoined(2, "worker", [anywhere])];

        commands.ShouldBe([new ReleaseActor(new("anywhere", 0), 1), new ReleaseActor(new("anywhere", 1), 1)]);
        table.Released(new("anywhere", 0), 1).ShouldBe([new StartActor(new("anywhere", 0), 2, StartReason.Relocation)]);
    }

    [Fact]
    public void An_actor_that_moves_is_nowhere_until_its_host_has_released_it()
    {
        (ShardTable table, ReleaseActor move) = Moving();

        table.Route(move.Address).ShouldBe(0);
        table.IsLeaving(move.Address, move.Node).ShouldBeTrue();
        table.HostsAny(move.Node).ShouldBeTrue();
        StartActor start = Starts(table.Released(move.Address, move.Node)).ShouldHaveSingleItem();

        start.Reason.ShouldBe(StartReason.Relocation);
        table.Route(move.Address).ShouldBe(start.Node);
        table.Released(move.Address, move.Node).ShouldBeEmpty("a second word of the same host is late");
    }

    [Fact]
    public void An_actor_whose_target_dies_during_the_move_goes_elsewhere()
    {
        (ShardTable table, ReleaseActor move) = Moving();

        table.NodeRemoved(4).ShouldBeEmpty("what moves there has not left yet");
        StartActor start = Starts(table.Released(move.Address, move.Node)).ShouldHaveSingleItem();

        start.Node.ShouldBeOneOf(2, 3);
    }

    [Fact]
    public void An_actor_whose_host_dies_during_the_move_starts_on_its_target()
    {
        (ShardTable table, ReleaseActor move) = Moving();

        StartActor start = Starts(table.NodeRemoved(move.Node)).Single(start => start.Address == move.Address);

        start.Node.ShouldBe(4);
        table.Released(move.Address, move.Node).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_moves_to_a_node_that_joins_until_it_may()
    {
        ShardTable table = new(rebalanceOnJoin: false);
        Join(table, 2, 3);

        table.NodeJoined(4, "worker", [Factors]).ShouldBeEmpty();
        table.HostsAny(4).ShouldBeFalse();

        table.Rebalance().Count.ShouldBe(4);
    }

    [Fact]
    public void A_node_that_leaves_hands_everything_over_and_gets_nothing_more()
    {
        ShardTable table = new();
        Join(table, 2, 3);

        IReadOnlyList<ShardCommand> moves = table.NodeLeaving(2);

        moves.ShouldAllBe(move => move is ReleaseActor && move.Node == 2);
        moves.Count.ShouldBe(6);
        foreach (ShardCommand move in moves)
        {
            Starts(table.Released(move.Address, 2)).ShouldHaveSingleItem().Node.ShouldBe(3);
        }

        table.HostsAny(2).ShouldBeFalse();
        table.HostsOf("factors").ShouldAllBe(host => host == 3);
    }

    [Fact]
    public void The_last_node_of_a_role_can_leave_and_its_actors_wait_for_the_next()
    {
        ShardTable table = new();
        Join(table, 2);

        foreach (ShardCommand move in table.NodeLeaving(2))
        {
            table.Released(move.Address, 2).ShouldBeEmpty();
        }

        table.HostsAny(2).ShouldBeFalse();
        table.NodeRemoved(2);
        StartActor[] starts = Starts(table.NodeJoined(3, "worker", [Factors]));
        starts.Length.ShouldBe(12);
        starts.ShouldAllBe(start => start.Node == 3 && start.Reason == StartReason.Relocation);
    }

    [Fact]
    public void Every_change_raises_the_version()
    {
        ShardTable table = new();
        List<long> versions = [table.Version];
        void Did() => versions.Add(table.Version);

        table.NodeJoined(2, "worker", [Factors]);
        Did();
        table.NodeJoined(3, "worker", [Factors]);
        Did();
        table.NodeLeaving(3);
        Did();
        table.NodeRemoved(3);
        Did();

        versions.ShouldBe(versions.Distinct().Order());
    }

    private static void Join(ShardTable table, params long[] nodes)
    {
        foreach (long node in nodes)
        {
            table.NodeJoined(node, "worker", []);
        }

        foreach (long node in nodes)
        {
            table.Registered(node, [Factors]);
        }
    }

    /// <summary>Workers 2 and 3 are there, 4 joins, and a first actor is to move.</summary>
    private static (ShardTable Table, ReleaseActor Move) Moving()
    {
        ShardTable table = new();
        Join(table, 2, 3);
        return (table, (ReleaseActor)table.NodeJoined(4, "worker", [Factors])[0]);
    }

    private static StartActor[] Starts(IEnumerable<ShardCommand> commands) => [.. commands.OfType<StartActor>()];
}
