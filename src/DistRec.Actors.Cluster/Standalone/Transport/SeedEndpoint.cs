using System.Net.WebSockets;
using DistRec.Actors.Cluster.Standalone.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>Where nodes connect to the seed.</summary>
internal sealed class SeedEndpoint(SeedRouter router, StandaloneOptions options, ILogger logger, CancellationToken stopping)
{
    public const string Path = "/control";

    /// <summary>A handshake takes no longer.</summary>
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        string remote = $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        try
        {
            await ServeAsync(socket, remote).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidDataException or IOException or OperationCanceledException)
        {
            logger.LogWarning("The connection from {Remote} ended during its handshake: {Reason}", remote, exception.Message);
        }
    }

    private async Task ServeAsync(WebSocket socket, string remote)
    {
        using CancellationTokenSource timeout = new(HandshakeTime, options.NodeTime);
        using CancellationTokenSource handshake = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        (Hello hello, Refusal? refusal) =
            await Handshake.ExamineAsync(socket, options.Secret, handshake.Token).ConfigureAwait(false);
        Admission admission = refusal is null
            ? router.Admit(hello, new NodeDescription(hello.NodeId, hello.Role, new Uri(hello.Address), hello.Threads, hello.Version))
            : new Admission(null, new Verdict { Refusal = refusal });
        if (admission.Session is not { } session)
        {
            Refusal refused = admission.Verdict.Refusal;
            logger.LogWarning(
                "Node {Node} at {Remote} was refused ({Reason}): {Text}", hello.NodeId, remote, refused.Reason, refused.Text);
            await WebSocketMessages.SendAsync(socket, admission.Verdict, handshake.Token).ConfigureAwait(false);
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, null, handshake.Token).ConfigureAwait(false);
            return;
        }

        long incarnation = admission.Verdict.Welcome.Incarnation;
        string reason = "the handshake was not finished";
        try
        {
            await WebSocketMessages.SendAsync(socket, admission.Verdict, handshake.Token).ConfigureAwait(false);
            reason = await session.RunAsync(socket, hello.Received, frame => router.Receive(incarnation, frame), stopping).ConfigureAwait(false);
        }
        finally
        {
            router.Disconnected(incarnation, session, reason);
        }
    }
}
