using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Akka;

/// <summary>Settings of a node of the Akka.NET engine. What concerns Akka.NET itself stands in <see cref="Configuration"/>.</summary>
public sealed record AkkaActorSystemOptions
{
    /// <summary>Akka.NET's configuration as HOCON, such as a file of cluster-config; it goes before the engine's own defaults.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>The cluster's name: nodes of another name are not let in. Letters, digits and hyphens.</summary>
    public string ClusterName { get; init; } = "distrec";

    /// <summary>The node's name for people; empty for its HTTP host and port.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Hears what Akka.NET and the engine log; null for the loggers of <see cref="Configuration"/>.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>The files that declare the messages actors send to each other.</summary>
    public IReadOnlyList<FileDescriptor> Messages { get; init; } = [];

    /// <summary>The actors' clock: their timers, timeouts and backoffs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The clock of what happens between nodes, and of stopping.</summary>
    public TimeProvider NodeTime { get; init; } = TimeProvider.System;

    /// <summary>The largest message in bytes, 64 KiB unless told; Akka.NET's maximum-frame-size has to hold it with its envelope.</summary>
    public int MessageSizeLimit { get; init; } = 64 * 1024;

    /// <summary>How long a send waits for room in a full mailbox.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a send that timed out or was cancelled waits for the other node's word on whether it was delivered all the same.
    /// </summary>
    public TimeSpan WithdrawTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long stopping or handing over waits for handlers and work outside mailboxes.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long stopping waits for the cluster to let this node go in good order.</summary>
    public TimeSpan LeaveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The width of the node's own compute pool; not used when <see cref="Compute"/> is given.</summary>
    public int ComputeThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>A pool shared with others, which the system does not dispose of.</summary>
    public IComputePool? Compute { get; init; }

    /// <summary>Where other nodes reach this node's HTTP endpoints, among them its block exchange.</summary>
    public required Uri HttpAddress { get; init; }

    /// <summary>Makes the node's block exchange, which the system disposes of when it stops.</summary>
    public required Func<Cluster.IActorDirectory, IBlockExchange> Blocks { get; init; }

    /// <summary>Checks everything but <see cref="Configuration"/> and reports all that is wrong at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (ClusterName.Length == 0 || !ClusterName.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') || ClusterName[0] == '-')
        {
            errors.Add($"ClusterName: expected letters, digits and hyphens, not a hyphen first, found \"{ClusterName}\"");
        }

        if (!HttpAddress.IsAbsoluteUri || HttpAddress.Scheme is not ("http" or "https"))
        {
            errors.Add($"HttpAddress: expected http://host:port/ or https://host:port/, found {HttpAddress}");
        }

        if (MessageSizeLimit < 1)
        {
            errors.Add($"MessageSizeLimit: expected at least 1 byte, found {MessageSizeLimit}");
        }

        foreach ((string name, TimeSpan time) in new[]
        {
            (nameof(SendTimeout), SendTimeout), (nameof(WithdrawTimeout), WithdrawTimeout),
            (nameof(StopTimeout), StopTimeout), (nameof(LeaveTimeout), LeaveTimeout),
        })
        {
            if (time <= TimeSpan.Zero)
            {
                errors.Add($"{name}: expected more than 0, found {time}");
            }
        }

        if (Compute is null && ComputeThreads < 1)
        {
            errors.Add($"ComputeThreads: expected at least 1, found {ComputeThreads}");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException($"The Akka.NET node cannot start:\n  {string.Join("\n  ", errors)}");
        }
    }
}
