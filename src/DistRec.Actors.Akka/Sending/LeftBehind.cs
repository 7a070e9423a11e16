using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Akka.Sending;

/// <summary>A message that waited in an actor's mailbox when the actor left.</summary>
/// <param name="Sender">The sending actor; null from outside.</param>
/// <param name="Body">The message.</param>
/// <param name="Ask">The ask that waits on this node, if one does.</param>
/// <param name="ForwardedAsk">The ask that waits on another node, if one does.</param>
internal sealed record LeftBehind(ActorAddress? Sender, MessageBody Body, TrackedAsk? Ask, AskReference? ForwardedAsk)
{
    /// <param name="envelope">As it lay in the mailbox.</param>
    /// <param name="pathOf">How other nodes reach a hub.</param>
    public static LeftBehind From(in Envelope envelope, Func<RemoteAskSink, string> pathOf) => new(
        envelope.Sender,
        new MessageBody(envelope.Message!),
        envelope.Ask as TrackedAsk,
        envelope.Ask is RemoteAskSink remote ? new AskReference { Hub = pathOf(remote), Number = remote.Number } : null);
}
