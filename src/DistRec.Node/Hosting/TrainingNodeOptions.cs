using System.Net;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Security;

namespace DistRec.Node.Hosting;

/// <summary>Settings of one node of a cluster.</summary>
public sealed record TrainingNodeOptions
{
    /// <summary>"seed" or "worker".</summary>
    public required string Role { get; init; }

    /// <summary>Its name in the cluster; empty for its advertised host and port.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where it listens; port 0 takes one that is free.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How other nodes reach it; null for the address it listens on.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Where the seed is; for workers.</summary>
    public Uri? Join { get; init; }

    /// <summary>Threads that train on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>For the seed: a folder or S3-compatible storage, where jobs' data, snapshots and models are kept.</summary>
    public string Store { get; init; } = "distrec-store";

    /// <summary>For the seed: the journal of jobs, a file or a PostgreSQL database.</summary>
    public string Journal { get; init; } = "distrec-jobs.db";

    /// <summary>The cluster's secret; null only where all nodes are on the loopback.</summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>Certificates; null for connections in the clear.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Whether connections may be in the clear off the loopback.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>How often nodes give each other a sign of life.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A node from which nothing is heard for so long counts as lost.</summary>
    public TimeSpan Detection { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
