using System.Net;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Security;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Actors.Cluster;

/// <summary>Settings of a node of the standalone engine.</summary>
public sealed record StandaloneOptions
{
    /// <summary>The role of the one node that keeps the cluster together.</summary>
    public const string SeedRole = "seed";

    /// <summary>The role of all other nodes.</summary>
    public const string WorkerRole = "worker";

    /// <summary>"seed" or "worker".</summary>
    public required string Role { get; init; }

    /// <summary>The node's name, unique in the cluster and the same when it starts again; empty for its advertised host and port.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Where the node listens; port 0 takes one that is free.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How other nodes reach this one, such as http://10.0.0.7:7400/; null for the address it listens on.</summary>
    public Uri? AdvertisedAddress { get; init; }

    /// <summary>Where the seed is; for workers.</summary>
    public Uri? SeedAddress { get; init; }

    /// <summary>The secret that all nodes of a cluster share; may be null only where all is on the loopback.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Certificates; null for connections in the clear.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Whether connections may be in the clear off the loopback, such as in a network that is trusted.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>The files that declare the messages actors send to each other.</summary>
    public IReadOnlyList<FileDescriptor> Messages { get; init; } = [];

    /// <summary>The actors' clock: their timers, timeouts and backoffs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The clock of heartbeats, leases and stopping.</summary>
    public TimeProvider NodeTime { get; init; } = TimeProvider.System;

    /// <summary>How often nodes give each other a sign of life.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A node from which the seed hears nothing for so long is removed.</summary>
    public TimeSpan DetectionTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A node whose connection broke may come back within this time as if nothing had happened.</summary>
    public TimeSpan ReconnectGrace { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A worker that has had no answer from the seed for so long ends its actors itself; shorter than
    /// <see cref="DetectionTime"/>, so that they have ended when the seed starts them elsewhere.
    /// </summary>
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromMilliseconds(3750);

    /// <summary>Whether actors move to a node as soon as it joins; else when <see cref="StandaloneActorSystem.Rebalance"/> is called. For the seed.</summary>
    public bool RebalanceOnJoin { get; init; } = true;

    /// <summary>The largest message in bytes, 64 KiB unless told.</summary>
    public int MessageSizeLimit { get; init; } = 64 * 1024;

    /// <summary>How long a send waits for room in a full mailbox.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long stopping or handing over waits for handlers and work outside mailboxes.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The width of the node's own compute pool; not used when <see cref="Compute"/> is given.</summary>
    public int ComputeThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>A pool shared with others, which the system does not dispose of.</summary>
    public IComputePool? Compute { get; init; }

    /// <summary>How blocks travel over HTTP; the secret, the certificates and the logger are the node's own.</summary>
    public HttpBlockExchangeOptions BlockExchange { get; init; } = new();

    /// <summary>Makes another block exchange, which the system disposes of when it stops; null for the one over HTTP.</summary>
    public Func<IActorDirectory, IBlockExchange>? Blocks { get; init; }

    /// <summary>Adds further HTTP endpoints to the node's server.</summary>
    public Action<IEndpointRouteBuilder>? MapEndpoints { get; init; }

    /// <summary>Checks everything and reports all that is wrong at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate()
    {
        List<string> errors = [];
        CollectAddressErrors(errors);
        CollectSecurityErrors(errors);
        CollectTimeErrors(errors);
        if (MessageSizeLimit < 1)
        {
            errors.Add($"MessageSizeLimit: expected at least 1 byte, found {MessageSizeLimit}");
        }

        if (Compute is null && ComputeThreads < 1)
        {
            errors.Add($"ComputeThreads: expected at least 1, found {ComputeThreads}");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException($"The standalone node cannot start:\n  {string.Join("\n  ", errors)}");
        }
    }

    private void CollectAddressErrors(List<string> errors)
    {
        if (Role is not (SeedRole or WorkerRole))
        {
            errors.Add($"Role: expected \"{SeedRole}\" or \"{WorkerRole}\", found \"{Role}\"");
        }

        if (Role == WorkerRole && SeedAddress is null)
        {
            errors.Add("SeedAddress: expected the seed's address, such as http://10.0.0.1:7400/, found none");
        }

        if (Role == SeedRole && SeedAddress is not null)
        {
            errors.Add($"SeedAddress: expected none, because this node is the seed, found {SeedAddress}");
        }

        string scheme = Tls is null ? "http" : "https";
        foreach ((string name, Uri? address) in new[] { (nameof(AdvertisedAddress), AdvertisedAddress), (nameof(SeedAddress), SeedAddress) })
        {
            if (address is not null && (!address.IsAbsoluteUri || address.Scheme != scheme))
            {
                errors.Add($"{name}: expected {scheme}://host:port/, found {address}");
            }
        }

        if (AdvertisedAddress is null && (Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any)))
        {
            errors.Add($"AdvertisedAddress: expected the address at which other nodes reach this one, because it listens on all ({Listen})");
        }
    }

    private void CollectSecurityErrors(List<string> errors)
    {
        bool isLocal = IPAddress.IsLoopback(Listen.Address) && new[] { AdvertisedAddress, SeedAddress }
            .All(address => address is null || (address.IsAbsoluteUri && address.IsLoopback));
        if (!isLocal && Tls is null && !AllowPlaintext)
        {
            errors.Add(
                $"Tls: expected certificates, because the node listens on {Listen} or talks to other machines; "
                + "set AllowPlaintext to send everything in the clear");
        }

        if (!isLocal && Secret is null)
        {
            errors.Add($"Secret: expected the cluster's secret, because the node listens on {Listen} or talks to other machines, found none");
        }

        Tls?.CollectErrors(errors);
    }

    private void CollectTimeErrors(List<string> errors)
    {
        foreach ((string name, TimeSpan time) in new[]
        {
            (nameof(HeartbeatInterval), HeartbeatInterval), (nameof(ReconnectGrace), ReconnectGrace),
            (nameof(SendTimeout), SendTimeout), (nameof(StopTimeout), StopTimeout),
        })
        {
            if (time <= TimeSpan.Zero)
            {
                errors.Add($"{name}: expected more than 0, found {time}");
            }
        }

        if (LeaseTime <= HeartbeatInterval)
        {
            errors.Add($"LeaseTime: expected more than HeartbeatInterval ({HeartbeatInterval}), found {LeaseTime}");
        }

        if (DetectionTime <= LeaseTime)
        {
            errors.Add($"DetectionTime: expected more than LeaseTime ({LeaseTime}), found {DetectionTime}");
        }
    }
}
