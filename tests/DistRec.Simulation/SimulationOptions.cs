namespace DistRec.Simulation;

/// <summary>
/// What a simulated cluster is like. As it stands, messages and pulls are late and overtake each other between different
/// pairs, and nothing is lost.
/// </summary>
public sealed record SimulationOptions
{
    /// <summary>The role of nodes that the queue and its coordinators may live on.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>The role of nodes that partitions may live on.</summary>
    public const string Worker = "worker";

    /// <summary>Nodes, numbered from 0.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Every node's roles; null where each node plays every role.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Roles { get; init; }

    /// <summary>From a message's arrival in a mailbox, or a call's beginning, to its handling.</summary>
    public TimeRange TurnDelay { get; init; } = TimeRange.Milliseconds(0, 0.05);

    /// <summary>What a computation in the pool takes; 0 computes inside the call.</summary>
    public TimeRange ComputeTime { get; init; } = TimeRange.Milliseconds(0, 2);

    /// <summary>A message's way between two nodes.</summary>
    public TimeRange MessageDelay { get; init; } = TimeRange.Milliseconds(0.05, 2);

    /// <summary>Share of the messages whose way takes <see cref="LateMessageDelay"/> more.</summary>
    public double LateMessageShare { get; init; } = 0.02;

    /// <inheritdoc cref="LateMessageShare"/>
    public TimeRange LateMessageDelay { get; init; } = TimeRange.Milliseconds(5, 100);

    /// <summary>A block's way between two nodes.</summary>
    public TimeRange PullDelay { get; init; } = TimeRange.Milliseconds(0.1, 5);

    /// <summary>Share of the pulls whose block takes <see cref="SlowPullDelay"/> more.</summary>
    public double SlowPullShare { get; init; } = 0.02;

    /// <inheritdoc cref="SlowPullShare"/>
    public TimeRange SlowPullDelay { get; init; } = TimeRange.Milliseconds(20, 500);

    /// <summary>From a pull's loss on the way to the next attempt.</summary>
    public TimeSpan PullRetryInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a pull is repeated while its node cannot be reached, before it fails by name.</summary>
    public TimeSpan UnreachableTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Share of the clusters whose nodes have one endpoint in every life; those of the others have one for each.</summary>
    public double SameEndpointShare { get; init; } = 0.5;

    /// <summary>Share of the messages between nodes that are lost although nothing fails.</summary>
    public double LossShare { get; init; }

    /// <summary>Share of the messages between nodes that come once more, later and out of order.</summary>
    public double DuplicateShare { get; init; }

    /// <summary>Share of the network cuts that lose what is under way; the others hold it until the cut heals.</summary>
    public double LosingCutShare { get; init; } = 0.5;

    /// <summary>How long a node is out of reach before it counts as lost.</summary>
    public TimeSpan DetectionTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From a partition's first message, or the loss of the singleton's node, to the start in the new place.</summary>
    public TimeRange PlacementTime { get; init; } = TimeRange.Milliseconds(0.1, 20);

    /// <summary>How long a partition that is to move may take to stop itself before it is stopped.</summary>
    public TimeSpan HandOffTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a node that counts as lost but runs goes on before it notices. Its shells run and send meanwhile; what they send
    /// is dropped at the receiver. With 0 no partition ever has two shells.
    /// </summary>
    public TimeRange ZombieTime { get; init; } = TimeRange.Zero;

    /// <summary>Share of the partitions that are to move whenever a node comes back.</summary>
    public double RebalancedShare { get; init; }

    /// <summary>Faults drawn at random; null for none but those a test causes.</summary>
    public FaultOptions? Faults { get; init; }

    /// <summary>Events without an advance of virtual time after which the schedule counts as spinning.</summary>
    public int SpinLimit { get; init; } = 100_000;
}
