namespace DistRec.Simulation.Faults;

/// <summary>Causes faults at random times, to random nodes and links, and lets them end.</summary>
internal sealed class FaultInjector(SimulatedCluster cluster, FaultOptions options, SimulationRandom random)
{
    private int _faults;

    internal void Begin()
    {
        Repeat(options.MeanTimeBetweenCrashes, Crash);
        Repeat(options.MeanTimeBetweenCuts, Cut);
        Repeat(options.MeanTimeBetweenPauses, Pause);
    }

    private void Repeat(TimeSpan mean, Action fault)
    {
        if (mean > TimeSpan.Zero && _faults < options.MaximumFaults)
        {
            cluster.Scheduler.After(random.ExponentialTicks(mean), null, () =>
            {
                if (_faults < options.MaximumFaults)
                {
                    fault();
                    Repeat(mean, fault);
                }
            });
        }
    }

    private void Crash()
    {
        if (Victim() is { } node)
        {
            _faults++;
            cluster.Crash(node);
            cluster.Scheduler.After(random.Ticks(options.RestartAfter), null, () => cluster.Restart(node));
        }
    }

    private void Pause()
    {
        if (Victim() is { } node)
        {
            _faults++;
            cluster.Pause(node, TimeSpan.FromTicks(random.Ticks(options.PauseTime)));
        }
    }

    private void Cut()
    {
        int nodes = cluster.Nodes.Count;
        if (nodes < 2)
        {
            return;
        }

        // A node is cut off from all others half of the time: that is what a broken cable does.
        int one = random.Next(nodes);
        int other = (one + 1 + random.Next(nodes - 1)) % nodes;
        bool isolates = random.Chance(0.5);
        int[] others = isolates ? [.. Enumerable.Range(0, nodes).Where(node => node != one)] : [other];
        _faults++;
        foreach (int end in others)
        {
            cluster.Cut(one, end);
        }

        cluster.Scheduler.After(random.Ticks(options.CutTime), null, () =>
        {
            foreach (int end in others)
            {
                cluster.Heal(one, end);
            }
        });
    }

    private int? Victim()
    {
        int first = options.SparesFirstNode ? 1 : 0;
        int[] candidates = [.. cluster.Nodes.Where(node => node.Number >= first && node.IsRunning).Select(node => node.Number)];
        return candidates.Length == 0 ? null : candidates[random.Next(candidates.Length)];
    }
}
