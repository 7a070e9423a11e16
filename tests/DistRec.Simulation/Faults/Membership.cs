using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Faults;

/// <summary>
/// Who belongs to the cluster. Its majority goes on: a node that cannot be reached from there for the detection time counts as lost, and
/// what lives there begins anew elsewhere. This knowledge is the cluster's own and takes no messages.
/// </summary>
internal sealed class Membership(SimulatedCluster cluster, SimulationRandom random)
{
    private readonly Dictionary<NodeLife, object> _unreachable = [];

    internal bool IsReachable(NodeLife life) => !_unreachable.ContainsKey(life);

    /// <summary>Looks at everything anew after a fault or its end.</summary>
    internal void Update()
    {
        NodeLife? center = Center();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            NodeLife life = node.Life;
            if (life.IsRemoved)
            {
                continue;
            }

            if (IsResponsive(life) && Reaches(center, life))
            {
                _unreachable.Remove(life);
            }
            else if (!_unreachable.ContainsKey(life))
            {
                object period = new();
                _unreachable[life] = period;
                cluster.Scheduler.After(cluster.Options.DetectionTime, null, () => Detect(life, period));
            }
        }

        cluster.Placement.PlaceHomeless();
    }

    /// <summary>A node does not belong to the cluster any more: found to be lost, replaced by its next life, or gone by itself.</summary>
    internal void Remove(NodeLife life)
    {
        if (life.IsRemoved)
        {
            return;
        }

        cluster.Note("node removed", life.Node.Number);
        life.IsRemoved = true;
        _unreachable.Remove(life);
        if (life.IsRunning)
        {
            long ticks = random.Ticks(cluster.Options.ZombieTime);
            if (ticks == 0)
            {
                Fence(life);
            }
            else
            {
                cluster.Scheduler.After(ticks, life, () => Fence(life));
            }
        }

        cluster.Placement.Forget(life);
        foreach (SimulatedNode node in cluster.Nodes.Where(node => node.Life is { IsRunning: true, IsRemoved: false }))
        {
            node.Life.Shells.ForEach(shell => shell.OnNodeRemoved());
        }
    }

    /// <summary>Whether the majority can reach a node.</summary>
    internal bool IsReached(SimulatedNode node) => Reaches(Center(), node.Life);

    // The node that reaches most others; the lowest-numbered one of several.
    private NodeLife? Center()
    {
        NodeLife[] lives = [.. cluster.Nodes.Select(node => node.Life).Where(IsResponsive)];
        return lives.MaxBy(life => lives.Count(other => Reaches(life, other)));
    }

    private bool Reaches(NodeLife? from, NodeLife to) =>
        from is null || from.Node == to.Node || !cluster.Network.IsCut(from.Node.Number, to.Node.Number);

    private static bool IsCountedIn(NodeLife life) => life is { IsRunning: true, HasStopped: false, IsRemoved: false };

    private bool IsResponsive(NodeLife life) => IsCountedIn(life) && life.PausedUntil <= cluster.Scheduler.Now;

    private void Detect(NodeLife life, object period)
    {
        if (_unreachable.TryGetValue(life, out object? present) && present == period)
        {
            Remove(life);
            Update();
        }
    }

    private void Fence(NodeLife life)
    {
        cluster.Note("fence", life.Node.Number);
        life.Stop();
        cluster.ComeBackWhenReached(life);
    }
}
