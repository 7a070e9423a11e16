using System.Net;
using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Security;

namespace DistRec.Cluster.Hosting;

/// <summary>Settings of one node of a cluster. People name one address a node, that of its HTTP endpoints; Akka.NET's port follows from it.</summary>
public sealed record ClusterNodeOptions
{
    /// <summary>The HTTP port of a coordinator unless it is told otherwise.</summary>
    public const int DefaultPort = 7400;

    /// <summary>Some of <see cref="NodeRoles"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Its name for people; empty for its advertised host and port.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where its HTTP endpoints listen; port 0 takes one that is free.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How other nodes reach its HTTP endpoints; null for the address it listens on.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Where Akka.NET's own connections come in; null for the port after the one of its HTTP endpoints.</summary>
    public int? AkkaPort { get; init; }

    /// <summary>
    /// HOST:PORT of the coordinators' HTTP endpoints, the same in the same order on every node; a coordinator that is told of none, or is the
    /// first itself, forms the cluster. Their Akka.NET ports are the ones after these.
    /// </summary>
    public IReadOnlyList<DnsEndPoint> Join { get; init; } = [];

    /// <summary>Files of HOCON for Akka.NET; what a later one says counts.</summary>
    public IReadOnlyList<string> AkkaFiles { get; init; } = [];

    /// <summary>Threads that train on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>For coordinators: a folder or S3-compatible storage, where jobs' data, snapshots and models are kept.</summary>
    public string Store { get; init; } = "distrec-store";

    /// <summary>For coordinators: the journal of jobs, a file or a PostgreSQL database.</summary>
    public string Journal { get; init; } = "distrec-jobs.db";

    /// <summary>For coordinators: jobs that may run at once.</summary>
    public int MaximumJobs { get; init; } = 2;

    /// <summary>For coordinators: how much may lie in the store of jobs that were uploaded and not submitted, in bytes.</summary>
    public long UploadQuota { get; init; } = 100L << 30;

    /// <summary>For coordinators: how long an upload that is not submitted is kept after its last part came.</summary>
    public TimeSpan UploadExpiry { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The cluster's secret; null only where all nodes are on the loopback.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Certificates; null for connections in the clear.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Whether connections may be in the clear off the loopback.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>What lives on the node beside training's actors; null for nothing.</summary>
    public NodeExtension? Extension { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal bool Coordinates => Roles.Contains(NodeRoles.Coordinator);

    internal bool Works => Roles.Contains(NodeRoles.Worker);
}

/// <summary>What lives on a node beside training's actors.</summary>
/// <param name="AddActors">Adds them to the node's set-up.</param>
/// <param name="Vital">Those that the node cannot do without, with their names: one of them that ends takes the node with it.</param>
public sealed record NodeExtension(
    Action<AkkaConfigurationBuilder> AddActors, Func<IReadOnlyActorRegistry, IReadOnlyDictionary<IActorRef, string>> Vital);
