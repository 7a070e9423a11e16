using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace DistRec.Cli.Bench;

/// <summary>One kept-alive HTTP/1.1 connection that sends a request at a time: as little work as a client can have, since it runs on the cores of the server.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[1 << 20];

    public static async Task<LoadConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        LoadConnection connection = new();
        await connection._socket.ConnectAsync(server, cancellationToken);
        return connection;
    }

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <returns>The status.</returns>
    /// <exception cref="IOException">The server went away.</exception>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        int filled = 0;
        while (true)
        {
            int read = await _socket.ReceiveAsync(_received.AsMemory(filled), cancellationToken);
            filled += read;
            if (read == 0 || filled == _received.Length)
            {
                throw new IOException("expected an answer, found the end of the connection or an answer of more than a mebibyte");
            }

            if (IsWhole(_received.AsSpan(0, filled)))
            {
                return Utf8Parser.TryParse(_received.AsSpan(9, 3), out int status, out _) ? status : 0;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        int at = answer[..head].IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(answer[(at + 16)..head], out int length, out _)
            ? answer.Length >= head + 4 + length
            : answer.EndsWith("0\r\n\r\n"u8);
    }
}
