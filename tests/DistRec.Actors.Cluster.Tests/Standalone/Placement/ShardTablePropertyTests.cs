using DistRec.Actors.Cluster.Standalone;
using FsCheck;
using FsCheck.Fluent;

namespace DistRec.Actors.Cluster.Tests.Standalone.Placement;

/// <summary>What holds for the table whatever joins, dies, leaves and is released in whatever order.</summary>
public sealed class ShardTablePropertyTests
{
    private static readonly ShardedKind[] Kinds = [new("factors", 64, "worker"), new("jobs", 1, ""), new("parameters", 7, "worker")];

    [Fact]
    public void The_first_shards_are_spread_evenly_for_every_number_of_them() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 9)), nodes =>
        {
            ShardTable table = new();
            for (int node = 1; node <= nodes; node++)
            {
                table.NodeJoined(node, "worker", Kinds);
                ReleaseAll(table);
            }

            foreach (ShardedKind kind in Kinds)
            {
                MostUneven(table, kind, nodes).ShouldBeLessThanOrEqualTo(1, $"{kind.Name} on {nodes} nodes");
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_lost_node_moves_no_shard_but_its_own_and_a_joining_one_takes_no_more_than_its_share() =>
        Prop.ForAll(Arb.From(Gen.Choose(2, 8)), Arb.From(Gen.Choose(1, 8)), (nodes, chosen) =>
        {
            ShardTable table = new();
            for (int node = 1; node <= nodes; node++)
            {
                table.NodeJoined(node, "worker", Kinds);
                ReleaseAll(table);
            }

            long lost = 1 + (chosen % nodes);
            long[] before = [.. table.HostsOf("factors")];
            table.NodeRemoved(lost);
            long[] after = [.. table.HostsOf("factors")];
            for (int shard = 0; shard < before.Length; shard++)
            {
                (before[shard] == lost ? after[shard] != lost && after[shard] != 0 : after[shard] == before[shard]).ShouldBeTrue();
            }

            table.NodeJoined(99, "worker", Kinds);
            ReleaseAll(table);
            long[] joined = [.. table.HostsOf("factors")];
            int share = (64 + nodes - 1) / nodes;
            joined.Count(host => host == 99).ShouldBeLessThanOrEqualTo(share);
            MostUneven(table, Kinds[0], [.. table.HostsOf("factors").Distinct()]).ShouldBeLessThanOrEqualTo(1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_actor_ever_has_two_hosts_and_each_has_one_when_all_is_released() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 5).ListOf()), Arb.From(Gen.Choose(0, 1000).ListOf()), (events, draws) =>
        {
            World world = new();
            int[] choices = [.. draws, 7];
            int turn = 0;
            foreach (int what in events)
            {
                world.Happen(what, choices[turn++ % choices.Length]);
            }

            world.Settle();
        }).QuickCheckThrowOnFailure();

    private static void ReleaseAll(ShardTable table)
    {
        foreach (ShardedKind kind in Kinds)
        {
            for (int shard = 0; shard < kind.ShardCount; shard++)
            {
                ActorAddress address = new(kind.Name, shard);
                for (long node = 1; node < 100; node++)
                {
                    if (table.IsLeaving(address, node))
                    {
                        table.Released(address, node);
                    }
                }
            }
        }
    }

    private static int MostUneven(ShardTable table, ShardedKind kind, int nodes) =>
        MostUneven(table, kind, [.. Enumerable.Range(1, nodes).Select(node => (long)node)]);

    /// <summary>The largest difference between two nodes over all beginnings of the row of shards.</summary>
    private static int MostUneven(ShardTable table, ShardedKind kind, long[] nodes)
    {
        Dictionary<long, int> counts = nodes.ToDictionary(node => node, _ => 0);
        int most = 0;
        foreach (long host in table.HostsOf(kind.Name))
        {
            counts[host]++;
            most = Math.Max(most, counts.Values.Max() - counts.Values.Min());
        }

        return most;
    }

    /// <summary>Nodes that do what the table says and die as they like; it sees every life of every actor.</summary>
    private sealed class World
    {
        private readonly ShardTable _table = new();
        private readonly List<long> _nodes = [];
        private readonly HashSet<long> _leaving = [];
        private readonly Dictionary<ActorAddress, long> _alive = [];
        private readonly HashSet<ActorAddress> _everLived = [];
        private readonly List<ReleaseActor> _releases = [];
        private long _last;

        public void Happen(int what, int draw)
        {
            switch (what)
            {
                case 0 or 1:
                    Join();
                    break;
                case 2 when _nodes.Count > 0:
                    Die(_nodes[draw % _nodes.Count]);
                    break;
                case 3 when _nodes.Count > 0:
                    long leaving = _nodes[draw % _nodes.Count];
                    if (_leaving.Add(leaving))
                    {
                        Do(_table.NodeLeaving(leaving));
                    }

                    break;
                case 4 when _releases.Count > 0:
                    Release(_releases[draw % _releases.Count]);
                    break;
                case 5:
                    Do(_table.Rebalance());
                    break;
            }
        }

        public void Settle()
        {
            Join();
            while (_releases.Count > 0)
            {
                Release(_releases[0]);
            }

            foreach (ShardedKind kind in Kinds)
            {
                long[] hosts = [.. _table.HostsOf(kind.Name)];
                for (int shard = 0; shard < hosts.Length; shard++)
                {
                    hosts[shard].ShouldBe(_alive[new ActorAddress(kind.Name, shard)]);
                    _leaving.ShouldNotContain(hosts[shard]);
                }
            }

            _leaving.ShouldAllBe(node => !_table.HostsAny(node));
        }

        private void Join()
        {
            _nodes.Add(++_last);
            Do(_table.NodeJoined(_last, "worker", Kinds));
        }

        private void Die(long node)
        {
            _nodes.Remove(node);
            _leaving.Remove(node);
            _releases.RemoveAll(release => release.Node == node);
            foreach (ActorAddress address in _alive.Where(life => life.Value == node).Select(life => life.Key).ToArray())
            {
                _alive.Remove(address);
            }

            Do(_table.NodeRemoved(node));
        }

        private void Release(ReleaseActor release)
        {
            _releases.Remove(release);
            _alive[release.Address].ShouldBe(release.Node);
            _alive.Remove(release.Address);
            Do(_table.Released(release.Address, release.Node));
        }

        private void Do(IReadOnlyList<ShardCommand> commands)
        {
            foreach (ShardCommand command in commands)
            {
                if (command is StartActor start)
                {
                    _nodes.ShouldContain(start.Node);
                    _alive.TryAdd(start.Address, start.Node).ShouldBeTrue($"{start.Address} would live twice");
                    start.Reason.ShouldBe(_everLived.Add(start.Address) ? StartReason.First : StartReason.Relocation);
                }
                else
                {
                    _alive[command.Address].ShouldBe(command.Node);
                    _releases.Add((ReleaseActor)command);
                }
            }
        }
    }
}
