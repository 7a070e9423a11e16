using System.Net.WebSockets;
using DistRec.Actors.Cluster.Security;
using DistRec.Actors.Cluster.Standalone.Protocol;
using Google.Protobuf;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>The first words on a control connection, by which both sides show that they know the secret.</summary>
internal static class Handshake
{
    /// <summary>Nodes that speak another version are refused. Rises with every release whose messages, rounds or blocks others would not understand.</summary>
    public const int ProtocolVersion = 2;

    /// <summary>No handshake message is larger; a thousand kinds fit.</summary>
    private const int LargestMessage = 256 * 1024;

    /// <summary>The node's side.</summary>
    /// <exception cref="NodeRefusedException">The seed does not know the secret, or lets the node not in.</exception>
    /// <exception cref="IncarnationEndedException">The incarnation to resume is gone.</exception>
    /// <exception cref="InvalidDataException">The other side is no seed.</exception>
    public static async Task<Welcome> JoinAsync(WebSocket socket, Hello hello, ClusterSecret? secret, CancellationToken cancellationToken)
    {
        hello.Nonce = ByteString.CopyFrom(HandshakeProof.NewNonce());
        byte[] helloBytes = hello.ToByteArray();
        await WebSocketMessages.SendAsync(socket, hello, cancellationToken).ConfigureAwait(false);
        Challenge challenge = await ReceiveAsync(socket, Challenge.Parser, cancellationToken).ConfigureAwait(false);
        byte[] expected = HandshakeProof.OfSeed(secret, helloBytes, challenge.Nonce.Span);
        if (!HandshakeProof.AreSame(challenge.Proof.Span, expected))
        {
            // Without a proof, which a false seed could use elsewhere, but not without a word: the seed's log shall name the stranger.
            await WebSocketMessages.SendAsync(socket, new Proof(), cancellationToken).ConfigureAwait(false);
            throw new NodeRefusedException(RefusalReason.Secret, "the seed does not know this node's secret; give both the same");
        }

        byte[] proof = HandshakeProof.OfNode(secret, helloBytes, challenge.Nonce.Span);
        await WebSocketMessages.SendAsync(socket, new Proof { Proof_ = ByteString.CopyFrom(proof) }, cancellationToken).ConfigureAwait(false);
        Verdict verdict = await ReceiveAsync(socket, Verdict.Parser, cancellationToken).ConfigureAwait(false);
        return verdict.OutcomeCase == Verdict.OutcomeOneofCase.Welcome ? verdict.Welcome : throw Refused(verdict.Refusal);
    }

    /// <summary>The seed's side, up to the proof of the secret.</summary>
    /// <returns>What the node says of itself, and why it is refused already, if it is.</returns>
    /// <exception cref="InvalidDataException">The other side is no node.</exception>
    public static async Task<(Hello Hello, Refusal? Refusal)> ExamineAsync(
        WebSocket socket, ClusterSecret? secret, CancellationToken cancellationToken)
    {
        byte[] helloBytes = await ReceiveBytesAsync(socket, cancellationToken).ConfigureAwait(false);
        Hello hello = Hello.Parser.ParseFrom(helloBytes);
        byte[] nonce = HandshakeProof.NewNonce();
        Challenge challenge = new()
        {
            Nonce = ByteString.CopyFrom(nonce),
            Proof = ByteString.CopyFrom(HandshakeProof.OfSeed(secret, helloBytes, nonce)),
        };
        await WebSocketMessages.SendAsync(socket, challenge, cancellationToken).ConfigureAwait(false);
        Proof proof = await ReceiveAsync(socket, Proof.Parser, cancellationToken).ConfigureAwait(false);
        if (!HandshakeProof.AreSame(proof.Proof_.Span, HandshakeProof.OfNode(secret, helloBytes, nonce)))
        {
            return (hello, Refuse(Refusal.Types.Reason.Secret, "it does not know the cluster's secret; give all nodes the same"));
        }

        if (hello.Protocol != ProtocolVersion)
        {
            return (hello, Refuse(
                Refusal.Types.Reason.Protocol,
                $"it speaks version {hello.Protocol} of the protocol and the seed version {ProtocolVersion}; run the same release on all nodes"));
        }

        return hello.Role == StandaloneOptions.WorkerRole && Uri.TryCreate(hello.Address, UriKind.Absolute, out _)
            ? (hello, null)
            : (hello, Refuse(
                Refusal.Types.Reason.Role,
                $"expected a {StandaloneOptions.WorkerRole} with an absolute address, found \"{hello.Role}\" at \"{hello.Address}\""));
    }

    private static Refusal Refuse(Refusal.Types.Reason reason, string text) => new() { Reason = reason, Text = text };

    private static Exception Refused(Refusal? refusal) => refusal?.Reason switch
    {
        Refusal.Types.Reason.Secret => new NodeRefusedException(RefusalReason.Secret, refusal.Text),
        Refusal.Types.Reason.Protocol => new NodeRefusedException(RefusalReason.Protocol, refusal.Text),
        Refusal.Types.Reason.Kinds => new NodeRefusedException(RefusalReason.Kinds, refusal.Text),
        Refusal.Types.Reason.Duplicate => new NodeRefusedException(RefusalReason.Duplicate, refusal.Text),
        Refusal.Types.Reason.Role => new NodeRefusedException(RefusalReason.Role, refusal.Text),
        Refusal.Types.Reason.Removed => new IncarnationEndedException(refusal.Text),
        _ => new InvalidDataException($"The seed did not let the node in: {refusal?.Text}"),
    };

    private static async Task<T> ReceiveAsync<T>(WebSocket socket, MessageParser<T> parser, CancellationToken cancellationToken)
        where T : IMessage<T> =>
        parser.ParseFrom(await ReceiveBytesAsync(socket, cancellationToken).ConfigureAwait(false));

    private static async Task<byte[]> ReceiveBytesAsync(WebSocket socket, CancellationToken cancellationToken) =>
        await WebSocketMessages.ReceiveAsync(socket, LargestMessage, cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidDataException("The other side closed the connection during the handshake.");
}

/// <summary>The seed has removed the incarnation that a node wants to go on with.</summary>
internal sealed class IncarnationEndedException(string text) : Exception(text);
