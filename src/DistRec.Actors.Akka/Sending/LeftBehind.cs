using Akka.Actor;
using DistRec.Actors.Akka.Messages;

namespace DistRec.Actors.Akka.Sending;

/// <summary>Where a message in a mailbox came from.</summary>
/// <param name="Hub">Of the node that sent it.</param>
/// <param name="Number">That node's number for it.</param>
/// <param name="Ask">That node's number for the request; 0 for a plain message.</param>
internal sealed record Origin(IActorRef Hub, long Number, long Ask);

/// <summary>A message of this node's own that waited in an actor's mailbox when the actor left.</summary>
/// <param name="Sender">The sending actor; null from outside.</param>
/// <param name="Body">The message.</param>
/// <param name="Ask">The ask that waits for the answer, if one does.</param>
internal sealed record LeftBehind(ActorAddress? Sender, MessageBody Body, TrackedAsk? Ask);
