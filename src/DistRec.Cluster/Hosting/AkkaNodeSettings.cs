using System.Net;
using DistRec.Cluster.Security;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// What a node tells Akka.NET. What is said here goes before the node's files, and those before the defaults of
/// <c>reference.conf</c>.
/// </summary>
public sealed record AkkaNodeSettings
{
    /// <summary>The name of every node's actor system: part of its address, and nodes of another name are not let in.</summary>
    public const string SystemName = "distrec";

    /// <summary>Some of <see cref="NodeRoles"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Where Akka.NET's connections come in; a worker's port may be 0 for one that is free.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The host by which others reach the node.</summary>
    public required string PublicHost { get; init; }

    /// <summary>The port by which others reach the node; 0 for the one where it listens.</summary>
    public int PublicPort { get; init; }

    /// <summary>
    /// HOST:PORT of Akka.NET's connections of coordinators, the same in the same order on every node; empty for what the files
    /// say. A coordinator that is told of none forms the cluster, and so does the first of the list when it finds no other.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>The node's certificate and the authority of the cluster; null for connections in the clear.</summary>
    public Certificates? Tls { get; init; }

    /// <summary>Whether connections may be in the clear off the loopback.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Files of HOCON; what a later one says counts.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>
    /// For a coordinator: where it notes the addresses of the cluster's members, by which it finds its cluster when it starts
    /// again; null for nowhere.
    /// </summary>
    public string? KnownMembersFile { get; init; }

    /// <summary>Checks everything and reports all mistakes at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate() => AkkaNodeConfiguration.From(this);
}
