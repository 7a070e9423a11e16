using System.Net;
using System.Net.Sockets;

namespace DistRec.Cluster.Tests.Blocks;

internal enum Fault
{
    /// <summary>One bit of one byte changes.</summary>
    Flip,

    /// <summary>The connection is reset.</summary>
    Cut,

    /// <summary>The connection stays open, and nothing comes any more.</summary>
    Freeze,
}

/// <summary>Stands between two nodes and does one kind of harm, as often as told, to what the server sends.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Uri _target;
    private readonly Fault _fault;
    private readonly long _position;
    private readonly Task _accepting;
    private long _sent;
    private int _left;
    private int _connections;

    /// <param name="target">The server.</param>
    /// <param name="fault">The harm.</param>
    /// <param name="position">After how many bytes of the server's, counted anew after each harm.</param>
    /// <param name="times">How often.</param>
    public FaultyProxy(Uri target, Fault fault, long position, int times = 1)
    {
        _target = target;
        _fault = fault;
        _position = position;
        _left = times;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How often harm is still to be done.</summary>
    public int Left => Volatile.Read(ref _left);

    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
                Interlocked.Increment(ref _connections);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (Socket server = new(SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await server.ConnectAsync(_target.Host, _target.Port, _end.Token);
                await Task.WhenAny(PumpAsync(client, server, isAnswer: false), PumpAsync(server, client, isAnswer: true)).Unwrap();
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }

            client.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        byte[] bytes = new byte[64 * 1024];
        while (await from.ReceiveAsync(bytes, _end.Token) is > 0 and int read)
        {
            int whole = read;
            if (isAnswer && _left > 0 && _sent + read > _position)
            {
                int harmed = (int)(_position - _sent);
                _sent = -(read - harmed);
                Interlocked.Decrement(ref _left);
                switch (_fault)
                {
                    case Fault.Flip:
                        bytes[harmed] ^= 0x10;
                        break;
                    case Fault.Cut:
                        await to.SendAsync(bytes.AsMemory(0, harmed), _end.Token);
                        return;
                    default:
                        await to.SendAsync(bytes.AsMemory(0, harmed), _end.Token);
                        await Task.Delay(Timeout.Infinite, _end.Token);
                        break;
                }
            }

            _sent += isAnswer ? whole : 0;
            for (int sent = 0; sent < read;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent, read - sent), _end.Token);
            }
        }
    }
}
