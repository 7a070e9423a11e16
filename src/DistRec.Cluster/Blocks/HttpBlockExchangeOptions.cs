using DistRec.Cluster.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Blocks;

/// <summary>How blocks travel between nodes. All nodes of a cluster should agree on the times.</summary>
public sealed record HttpBlockExchangeOptions
{
    /// <summary>How long an owner lets a pull wait for a block before it answers "not yet". More than 0; 10 seconds by default.</summary>
    public TimeSpan PollTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long no byte may come, of a block on its way or of an answer that is due, before the peer counts as frozen and the pull is
    /// repeated. It must leave a block time to write its first byte. More than 0; 5 seconds by default.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connecting may take. More than 0; 5 seconds by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait after a pull's first failed request; it doubles with every further one. More than 0; 50 ms by default.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such wait. At least <see cref="FirstBackoff"/>; 2 seconds by default.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a pull is repeated while the node fails every time, before it counts as out of reach. An answer "not yet" begins the
    /// time anew. More than 0; 1 minute by default.
    /// </summary>
    public TimeSpan UnreachableTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Largest selection that is taken, in bytes. At least 1; 64 MiB, a bitmap of half a billion rows, by default.</summary>
    public int MaxSelection { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The cluster's secret: added to requests and asked of them. Null, where all nodes are on the loopback, asks for none.
    /// </summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Sets up the handler of outgoing requests, such as its client certificate and its trust for TLS.</summary>
    public Action<SocketsHttpHandler>? ConfigureHandler { get; init; }

    /// <summary>The clock that times out and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears of retries, refused requests and blocks that cannot be written.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <exception cref="ArgumentException">A value is out of range; the message names all that are.</exception>
    public void Validate()
    {
        List<string> faults = [];
        RequirePositive(nameof(PollTimeout), PollTimeout);
        RequirePositive(nameof(IdleTimeout), IdleTimeout);
        RequirePositive(nameof(ConnectTimeout), ConnectTimeout);
        RequirePositive(nameof(FirstBackoff), FirstBackoff);
        RequirePositive(nameof(UnreachableTimeout), UnreachableTimeout);
        if (MaxBackoff < FirstBackoff)
        {
            faults.Add($"{nameof(MaxBackoff)}: expected at least {nameof(FirstBackoff)}, {FirstBackoff}, found {MaxBackoff}");
        }

        if (MaxSelection < 1)
        {
            faults.Add($"{nameof(MaxSelection)}: expected at least 1 byte, found {MaxSelection}");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException("block exchange: " + string.Join("; ", faults));
        }

        void RequirePositive(string name, TimeSpan value)
        {
            if (value <= TimeSpan.Zero)
            {
                faults.Add($"{name}: expected more than 0, found {value}");
            }
        }
    }
}
