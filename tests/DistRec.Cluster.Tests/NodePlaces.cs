using System.Net;
using System.Net.Sockets;

namespace DistRec.Cluster.Tests;

/// <summary>Where one node is.</summary>
/// <param name="Listen">The address and port that it listens on; port 0 takes one that is free.</param>
/// <param name="Advertise">How others reach it; null for where it listens.</param>
/// <param name="Namespace">The network namespace that it lives in; null for the one of this process.</param>
internal sealed record NodePlace(string Listen, Uri? Advertise = null, string? Namespace = null)
{
    /// <summary>What the place means to the node's command line.</summary>
    public IEnumerable<string> Options =>
    [
        "--listen", Listen, .. Advertise is null ? Array.Empty<string>() : ["--advertise", Advertise.ToString()],
        .. Namespace is null ? Array.Empty<string>() : ["--allow-plaintext"],
    ];
}

/// <summary>Gives every new node a place.</summary>
internal interface INodePlaces
{
    NodePlace Next();
}

/// <summary>All nodes on the loopback.</summary>
internal sealed class LoopbackPlaces : INodePlaces
{
    public NodePlace Next() => new("127.0.0.1:0");

    /// <summary>A port that nobody listens on, for what has to be known before it is taken.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
