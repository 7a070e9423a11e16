using System.Net.Sockets;
using Akka.Actor;

namespace DistRec.Cluster.Hosting;

/// <summary>What a fresh TCP connection to a member's address showed.</summary>
internal enum ProbeResult
{
    /// <summary>Somebody listens there: the member, a new process at its address, or the kernel on behalf of a paused process.</summary>
    Accepted,

    /// <summary>The host answered that nobody listens there.</summary>
    Refused,

    /// <summary>Nothing was heard in time, or the host cannot be found or reached.</summary>
    Unanswered,
}

/// <summary>Opens a connection to a member's address and closes it again.</summary>
internal static class TcpProbe
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <param name="address">With a host and a port, as every member has them.</param>
    public static async Task<ProbeResult> ConnectAsync(Address address)
    {
        using CancellationTokenSource timeout = new(Timeout);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address.Host!, address.Port!.Value, timeout.Token).ConfigureAwait(false);
            return ProbeResult.Accepted;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionRefused ? ProbeResult.Refused : ProbeResult.Unanswered;
        }
        catch (OperationCanceledException)
        {
            return ProbeResult.Unanswered;
        }
    }
}
