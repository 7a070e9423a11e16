using System.Net;
using System.Net.Sockets;

namespace DistRec.Processes.Tests;

/// <summary>Where one node is.</summary>
/// <param name="Listen">The address and port that it listens on; Akka.NET has the port after it.</param>
/// <param name="Advertise">How others reach it; null for where it listens.</param>
/// <param name="Namespace">The network namespace that it lives in; null for the one of this process.</param>
internal sealed record NodePlace(string Listen, Uri? Advertise = null, string? Namespace = null)
{
    /// <summary>What others join it by.</summary>
    public string Join => Advertise?.Authority ?? Listen;

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
    // Below the ports that Linux gives to outgoing connections, which would else take one before its node listens.
    private const int FirstPort = 12_000;
    private const int LastPort = 31_000;

    private static int _port = Random.Shared.Next(FirstPort, LastPort);

    public NodePlace Next() => new($"127.0.0.1:{FreePorts()}");

    /// <summary>A port that nobody listens on, with the one after it.</summary>
    public static int FreePorts()
    {
        while (true)
        {
            int port = Interlocked.Add(ref _port, 2);
            if (port >= LastPort)
            {
                Interlocked.Exchange(ref _port, FirstPort);
            }
            else if (IsFree(port) && IsFree(port + 1))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
