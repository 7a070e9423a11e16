using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>What goes wrong on a schedule: drawn from its seed, so that a thousand seeds meet every sort at a hundred moments.</summary>
internal static class CrashSchedules
{
    /// <summary>Nodes 1 to 4 train; node 0 has the queue and the coordinator.</summary>
    internal const int Nodes = 5;

    /// <summary>Computations take their time, one message in ten comes late and one block in ten is slow.</summary>
    internal static SimulationOptions Unpunctual { get; } =
        new() { Nodes = Nodes, ComputeTime = TimeRange.Milliseconds(0, 20), LateMessageShare = 0.1, SlowPullShare = 0.1 };

    /// <summary>By name, as the survey tells them.</summary>
    internal static IReadOnlyList<string> Sorts { get; } =
    [
        "one worker crashes", "two workers crash at once", "a worker crashes while another is repaired", "a worker crashes and comes back",
        "every worker crashes in turn and comes back", "links are cut and heal", "workers pause past their detection",
        "messages come twice", "messages are lost", "lost nodes go on for a while", "a worker leaves",
        "every worker leaves in turn and comes back", "partitions move when a worker comes back",
        "the coordinator crashes and comes back", "the coordinator and a worker crash", "anything",
    ];

    /// <summary>A schedule on which something goes wrong.</summary>
    /// <param name="seed">Draws the moment; the sort follows from it too.</param>
    /// <param name="events">Of the undisturbed job: the moment lies among as many.</param>
    internal static SimulatedSchedule Of(ulong seed, long events)
    {
        int sort = (int)(seed % (ulong)Sorts.Count);

        // Multiples of the golden ratio fill the interval evenly, however many are taken.
        double share = (seed / (ulong)Sorts.Count + 1) * 0.6180339887498949 % 1;
        long moment = 1 + (long)(share * events);
        int victim = 1 + (int)(seed * 7 % (ulong)(Nodes - 1));
        int other = 1 + victim % (Nodes - 1);
        SimulationOptions options = Unpunctual;
        return Sorts[sort] switch
        {
            "one worker crashes" => Of(options, c => c.Crash(victim)),
            "two workers crash at once" => Of(options, c => { c.Crash(victim); c.Crash(other); }),
            "a worker crashes while another is repaired" => Of(options, c =>
            {
                c.Crash(victim);
                c.At(c.Now + TimeSpan.FromMilliseconds(500 + seed % 150), () => c.Crash(other));
            }),
            "a worker crashes and comes back" => Of(options, c => Bounce(c, victim, seed % 1000)),
            "every worker crashes in turn and comes back" => Of(options, c => InTurn(c, 100.0 + seed % 700, node => Bounce(c, node, 300))),
            "links are cut and heal" => Of(options with
            {
                Faults = new FaultOptions
                {
                    MeanTimeBetweenCuts = TimeSpan.FromMilliseconds(300), CutTime = TimeRange.Milliseconds(10, 1500), MaximumFaults = 6,
                },
            }),
            "workers pause past their detection" => Of(options with
            {
                Faults = new FaultOptions
                {
                    MeanTimeBetweenPauses = TimeSpan.FromMilliseconds(200), PauseTime = TimeRange.Milliseconds(10, 2000), MaximumFaults = 4,
                },
            }),
            "messages come twice" => Of(options with { DuplicateShare = 0.2 }, c => Bounce(c, victim, seed % 1000)),
            "messages are lost" => Of(options with { LossShare = 0.03 }, c => Bounce(c, victim, seed % 1000)),
            "a worker leaves" => Of(options, c => c.Leave(victim)),
            "every worker leaves in turn and comes back" => Of(options, c => InTurn(c, 100.0 + seed % 700, node =>
            {
                c.Leave(node);
                c.At(c.Now + TimeSpan.FromMilliseconds(90), () => c.Restart(node));
            })),
            "partitions move when a worker comes back" =>
                Of(options with { RebalancedShare = 0.4 }, c => Bounce(c, victim, 100 + seed % 1000)),
            "lost nodes go on for a while" => Of(options with { ZombieTime = TimeRange.Milliseconds(10, 3000) }, c =>
            {
                c.Isolate(victim);
                c.Pause(other, TimeSpan.FromMilliseconds(seed % 1500));
                c.At(c.Now + TimeSpan.FromMilliseconds(600 + seed % 2000), () => c.Rejoin(victim));
            }),
            "the coordinator crashes and comes back" => Of(options, c => Bounce(c, 0, seed % 1500)),
            "the coordinator and a worker crash" => Of(options, c =>
            {
                Bounce(c, 0, seed % 1500);
                c.At(c.Now + TimeSpan.FromMilliseconds(seed % 2000), () => c.Crash(victim));
            }),
            _ => Of(options with
            {
                ZombieTime = TimeRange.Milliseconds(0, 1000),
                RebalancedShare = 0.1,
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

        SimulatedSchedule Of(SimulationOptions options, Action<SimulatedCluster>? fault = null) =>
            new(seed) { Options = options, Arrange = fault is null ? null : cluster => cluster.AtEvent(moment, () => fault(cluster)) };
    }

    private static void InTurn(SimulatedCluster cluster, double milliseconds, Action<int> fault)
    {
        for (int node = 1; node < Nodes; node++)
        {
            int now = node;
            cluster.At(cluster.Now + TimeSpan.FromMilliseconds(now * milliseconds), () => fault(now));
        }
    }

    private static void Bounce(SimulatedCluster cluster, int node, double milliseconds)
    {
        cluster.Crash(node);
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(milliseconds), () => cluster.Restart(node));
    }
}
