using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Faults;

/// <summary>
/// Who belongs to the cluster. The lowest-numbered node that runs is the seed: a node that it cannot reach for the detection
/// time counts as lost, and its actors move. This knowledge is the cluster's own and takes no messages.
/// </summary>
internal sealed class Membership(SimulatedCluster cluster, SimulationRandom random)
{
    private readonly Dictionary<NodeLife, object> _unreachable = [];

    internal bool IsReachable(NodeLife life) => !_unreachable.ContainsKey(life);

    /// <summary>Looks at everything anew after a fault or its end.</summary>
    internal void Update()
    {
        NodeLife? seed = cluster.Nodes.Select(node => node.Life).FirstOrDefault(IsResponsive);
        foreach (SimulatedNode node in cluster.Nodes)
        {
            NodeLife life = node.Life;
            if (life.IsRemoved)
            {
                continue;
            }

            bool isReached = IsResponsive(life) && (seed is null || life == seed || !cluster.Network.IsCut(seed.Node.Number, node.Number));
            if (isReached)
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

    /// <summary>The node's old life is over, known or not: whoever knocks as new proves it.</summary>
    internal void Replace(NodeLife life)
    {
        if (!life.IsRemoved)
        {
            Remove(life);
        }
    }

    private bool IsResponsive(NodeLife life) =>
        life.TakesActors && life.PausedUntil <= cluster.Scheduler.Now;

    private void Detect(NodeLife life, object period)
    {
        if (!life.IsRemoved && _unreachable.TryGetValue(life, out object? present) && present == period)
        {
            Remove(life);
            Update();
        }
    }

    private void Remove(NodeLife life)
    {
        cluster.Note("node lost", life.Node.Number);
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

        cluster.Placement.Move(life);
    }

    private void Fence(NodeLife life)
    {
        if (life.HasStopped)
        {
            return;
        }

        cluster.Note("fence", life.Node.Number);
        _ = life.StopAsync(inGoodOrder: false);
        cluster.ComeBackWhenReached(life);
    }
}
