using System.Net.WebSockets;
using Google.Protobuf;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>Whole WebSocket messages of a bounded size.</summary>
internal static class WebSocketMessages
{
    public static async Task SendAsync(WebSocket socket, IMessage message, CancellationToken cancellationToken) =>
        await socket.SendAsync(message.ToByteArray(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Null when the other side closed the connection.</summary>
    /// <exception cref="InvalidDataException">The message is larger than <paramref name="limit"/> bytes or no binary one.</exception>
    public static async Task<byte[]?> ReceiveAsync(WebSocket socket, int limit, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * buffer.Length, limit + 1));
            }

            ValueWebSocketReceiveResult result =
                await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += result.Count;
            if (length > limit || result.MessageType != WebSocketMessageType.Binary)
            {
                throw new InvalidDataException($"A message of the control connection is larger than {limit} bytes or not binary.");
            }

            if (result.EndOfMessage)
            {
                return buffer.AsSpan(0, length).ToArray();
            }
        }
    }
}
