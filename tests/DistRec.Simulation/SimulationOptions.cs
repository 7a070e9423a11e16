namespace DistRec.Simulation;

/// <summary>
/// What a simulated cluster is like. As it stands, messages and pulls are late and overtake each other between different
/// pairs, and nothing is lost: that is every engine's promise while no node or link fails.
/// </summary>
public sealed record SimulationOptions
{
    /// <summary>Nodes, numbered from 0.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Every node's roles; null where each node plays every role.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Roles { get; init; }

    /// <summary>The largest message in bytes.</summary>
    public int MessageSizeLimit { get; init; } = 64 * 1024;

    /// <summary>How long a send waits for room in a full mailbox.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From a message's arrival in an idle actor's mailbox to its handling.</summary>
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

    /// <summary>Share of the sends that wait for a while although there is room.</summary>
    public double SlowSendShare { get; init; } = 0.05;

    /// <summary>Share of the messages between nodes that are lost although nothing fails.</summary>
    public double LossShare { get; init; }

    /// <summary>Share of the messages between nodes that come once more, later and out of order.</summary>
    public double DuplicateShare { get; init; }

    /// <summary>Share of the network cuts that lose what is under way; the others hold it until the cut heals.</summary>
    public double LosingCutShare { get; init; } = 0.5;

    /// <summary>How long a node is out of reach before it counts as lost.</summary>
    public TimeSpan DetectionTime { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>From a node's loss, or an actor's placement, to the start of the actor in its new place.</summary>
    public TimeRange PlacementTime { get; init; } = TimeRange.Milliseconds(0.1, 20);

    /// <summary>
    /// How long a node that counts as lost but runs goes on before it notices. Its actors run and send meanwhile; what it sends
    /// is dropped at the receiver. With 0 an actor never has two activations.
    /// </summary>
    public TimeRange ZombieTime { get; init; } = TimeRange.Zero;

    /// <summary>Faults drawn at random; null for none but those a test causes.</summary>
    public FaultOptions? Faults { get; init; }

    /// <summary>Events without an advance of virtual time after which the schedule counts as spinning.</summary>
    public int SpinLimit { get; init; } = 100_000;

    /// <summary>Checks everything and reports all that is wrong at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (Nodes < 1)
        {
            errors.Add($"Nodes: expected at least 1, found {Nodes}");
        }

        if (Roles is not null && Roles.Count != Nodes)
        {
            errors.Add($"Roles: expected a list for each of the {Nodes} nodes, found {Roles.Count}");
        }

        foreach ((string name, TimeRange range) in new[]
        {
            (nameof(TurnDelay), TurnDelay), (nameof(ComputeTime), ComputeTime), (nameof(MessageDelay), MessageDelay),
            (nameof(LateMessageDelay), LateMessageDelay), (nameof(PullDelay), PullDelay), (nameof(SlowPullDelay), SlowPullDelay),
            (nameof(PlacementTime), PlacementTime), (nameof(ZombieTime), ZombieTime),
        })
        {
            range.CollectErrors(name, errors);
        }

        foreach ((string name, double share) in new[]
        {
            (nameof(LateMessageShare), LateMessageShare), (nameof(SlowPullShare), SlowPullShare), (nameof(SlowSendShare), SlowSendShare),
            (nameof(LossShare), LossShare), (nameof(DuplicateShare), DuplicateShare), (nameof(LosingCutShare), LosingCutShare),
        })
        {
            if (share is not (>= 0 and <= 1))
            {
                errors.Add($"{name}: expected a share between 0 and 1, found {share}");
            }
        }

        foreach ((string name, TimeSpan time) in new[]
        {
            (nameof(SendTimeout), SendTimeout), (nameof(PullRetryInterval), PullRetryInterval), (nameof(DetectionTime), DetectionTime),
        })
        {
            if (time <= TimeSpan.Zero)
            {
                errors.Add($"{name}: expected more than 0, found {time}");
            }
        }

        if (MessageSizeLimit < 1 || SpinLimit < 1)
        {
            errors.Add($"MessageSizeLimit and SpinLimit: expected at least 1, found {MessageSizeLimit} and {SpinLimit}");
        }

        Faults?.CollectErrors(errors);
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The simulated cluster cannot start:\n  {string.Join("\n  ", errors)}");
        }
    }
}
