using System.Net;
using System.Net.Sockets;

namespace DistRec.Cluster.Hosting;

/// <summary>Finds ports for a node that may take any: its name in the cluster has them, so they have to be known before it listens.</summary>
internal static class FreePorts
{
    private const int Attempts = 100;

    /// <summary>A port that is free, and the one after it too.</summary>
    /// <exception cref="IOException">The address is not one of this machine, or no ports are free.</exception>
    public static int FindPair(IPAddress address)
    {
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                using Socket first = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                first.Bind(new IPEndPoint(address, 0));
                int port = ((IPEndPoint)first.LocalEndPoint!).Port;
                if (port < IPEndPoint.MaxPort && IsFree(address, port + 1))
                {
                    return port;
                }
            }
        }
        catch (SocketException exception)
        {
            throw new IOException($"{address}: expected an address of this machine to listen on, found: {exception.Message}; give another", exception);
        }

        throw new IOException($"{address}: expected two free ports in a row, found none; name one with --listen");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
