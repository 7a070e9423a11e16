using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>What goes wrong on a schedule: drawn from its seed, so that a thousand seeds meet every sort at a hundred moments.</summary>
internal static class CrashSchedules
{
    /// <summary>Nodes 1 to 4 train; node 0 has the queue and the coordinator.</summary>
    internal const int Nodes = 5;

    /// <summary>By name, as the survey tells them.</summary>
    internal static IReadOnlyList<string> Sorts { get; } =
    [
        "one worker crashes", "two workers crash at once", "a worker crashes while another is repaired", "a worker crashes and comes back",
        "every worker crashes in turn and comes back", "links are cut and heal", "workers pause past their detection", "messages come twice",
        "messages are lost", "lost nodes go on for a while", "the seed crashes and comes back", "the seed and a worker crash", "anything",
    ];

    /// <summary>Runs a job while something goes wrong.</summary>
    /// <param name="job">The job.</param>
    /// <param name="seed">Draws the moment; the sort follows from it too.</param>
    /// <param name="events">Of the undisturbed job: the moment lies among as many.</param>
    /// <param name="ledger">Counts visits.</param>
    internal static SimulatedTraining Run(TrainingSimulation job, ulong seed, long events, VisitLedger? ledger = null)
    {
        int sort = (int)(seed % (ulong)Sorts.Count);

        // Multiples of the golden ratio fill the interval evenly, however many are taken.
        double share = (seed / (ulong)Sorts.Count + 1) * 0.6180339887498949 % 1;
        long moment = 1 + (long)(share * events);
        int victim = 1 + (int)(seed * 7 % (ulong)(Nodes - 1));
        int other = 1 + victim % (Nodes - 1);
        SimulationOptions options = new() { Nodes = Nodes, ComputeTime = TimeRange.Milliseconds(0, 20), LateMessageShare = 0.1, SlowPullShare = 0.1 };
        return Sorts[sort] switch
        {
            "one worker crashes" => Run(options, c => c.Crash(victim)),
            "two workers crash at once" => Run(options, c => { c.Crash(victim); c.Crash(other); }),
            "a worker crashes while another is repaired" => Run(options, c =>
            {
                c.Crash(victim);
                c.At(c.Now + TimeSpan.FromMilliseconds(500 + seed % 150), () => c.Crash(other));
            }),
            "a worker crashes and comes back" => Run(options, c => Bounce(c, victim, seed % 1000)),
            "every worker crashes in turn and comes back" => Run(options, c =>
            {
                for (int node = 1; node < Nodes; node++)
                {
                    int now = node;
                    c.At(c.Now + TimeSpan.FromMilliseconds(now * (100.0 + seed % 700)), () => Bounce(c, now, 300));
                }
            }),
            "links are cut and heal" => Run(options with
            {
                Faults = new FaultOptions { MeanTimeBetweenCuts = TimeSpan.FromMilliseconds(300), CutTime = TimeRange.Milliseconds(10, 1500), MaximumFaults = 6 },
            }),
            "workers pause past their detection" => Run(options with
            {
                Faults = new FaultOptions { MeanTimeBetweenPauses = TimeSpan.FromMilliseconds(200), PauseTime = TimeRange.Milliseconds(10, 2000), MaximumFaults = 4 },
            }),
            "messages come twice" => Run(options with { DuplicateShare = 0.2 }, c => Bounce(c, victim, seed % 1000)),
            "messages are lost" => Run(options with { LossShare = 0.03 }, c => Bounce(c, victim, seed % 1000)),
            "lost nodes go on for a while" => Run(options with { ZombieTime = TimeRange.Milliseconds(10, 3000) }, c =>
            {
                c.Isolate(victim);
                c.Pause(other, TimeSpan.FromMilliseconds(seed % 1500));
                c.At(c.Now + TimeSpan.FromMilliseconds(600 + seed % 2000), () => c.Rejoin(victim));
            }),
            "the seed crashes and comes back" => Run(options, c => Bounce(c, 0, seed % 1500)),
            "the seed and a worker crash" => Run(options, c =>
            {
                Bounce(c, 0, seed % 1500);
                c.At(c.Now + TimeSpan.FromMilliseconds(seed % 2000), () => c.Crash(victim));
            }),
            _ => Run(options with
            {
                ZombieTime = TimeRange.Milliseconds(0, 1000),
                DuplicateShare = 0.05,
                LossShare = 0.01,
                Faults = new FaultOptions
                {
                    MeanTimeBetweenCrashes = TimeSpan.FromMilliseconds(400),
                    MeanTimeBetweenCuts = TimeSpan.FromMilliseconds(500),
                    MeanTimeBetweenPauses = TimeSpan.FromMilliseconds(500),
                    SparesFirstNode = false,
                    MaximumFaults = 8,
                },
            }),
        };

        SimulatedTraining Run(SimulationOptions options, Action<SimulatedCluster>? fault = null) =>
            job.Run(seed, options, fault is null ? null : cluster => cluster.AtEvent(moment, () => fault(cluster)), ledger);
    }

    private static void Bounce(SimulatedCluster cluster, int node, double milliseconds)
    {
        cluster.Crash(node);
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(milliseconds), () => cluster.Restart(node));
    }
}
