using System.Net;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Security;

namespace DistRec.Node.Hosting;

/// <summary>What actors of several nodes can live on.</summary>
public enum NodeEngine
{
    /// <summary>One seed that keeps the cluster together, and nothing to install.</summary>
    Standalone,

    /// <summary>Akka.NET Cluster Sharding, in builds that have it.</summary>
    Akka,
}

/// <summary>Settings of one node of a cluster.</summary>
public sealed record TrainingNodeOptions
{
    /// <summary>Where a seed's own Akka.NET connections come in unless it is told otherwise.</summary>
    public const int AkkaSeedPort = 7401;

    /// <summary>"seed" or "worker".</summary>
    public required string Role { get; init; }

    /// <summary>The engine its actors live on; the same on every node of a cluster.</summary>
    public NodeEngine Engine { get; init; } = NodeEngine.Standalone;

    /// <summary>Its name in the cluster; empty for its advertised host and port.</summary>
    public string Id { get; init; } = "";

    /// <summary>Where it listens; port 0 takes one that is free.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>How other nodes reach it; null for the address it listens on.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Where the seed is; for workers of the standalone engine.</summary>
    public Uri? Join { get; init; }

    /// <summary>Files of HOCON for Akka.NET; what a later one says counts.</summary>
    public IReadOnlyList<string> AkkaFiles { get; init; } = [];

    /// <summary>Where Akka.NET's own connections come in; null for what the files say, and without files the loopback.</summary>
    public IPEndPoint? AkkaListen { get; init; }

    /// <summary>HOST:PORT of Akka.NET's own connections of seed nodes, the same in the same order on every node; empty for what the files say.</summary>
    public IReadOnlyList<string> AkkaSeeds { get; init; } = [];

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

    /// <summary>How often nodes of the standalone engine give each other a sign of life.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A node of the standalone engine from which nothing is heard for so long counts as lost.</summary>
    public TimeSpan Detection { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
