using DistRec.Actors.Akka.Protocol;
using Google.Protobuf;

namespace DistRec.Actors.Akka.Messages;

/// <summary>
/// A message on its way to an actor's mailbox. On one node the message goes along as it is; on the wire it is a
/// <see cref="Protocol.Delivery"/>, and whoever receives that reads it.
/// </summary>
/// <param name="Shard">The actor, among those of the region it is sent to.</param>
/// <param name="Number">The sending node's number for it.</param>
/// <param name="Previous">The message to the same actor that has to be taken first; 0 for none.</param>
/// <param name="Round">How often the node has sent its unconfirmed messages to this actor anew.</param>
/// <param name="Sender">The sending actor; null from outside.</param>
/// <param name="Body">An <see cref="IMessage"/> that its sender handed over, or a <see cref="Payload"/> from the wire.</param>
/// <param name="Ask">The sending node's number for the request; 0 for a plain message.</param>
/// <param name="Life">Which life of the actor it is meant for; 0 while the sending node does not know.</param>
internal sealed record DeliveryEnvelope(
    int Shard, long Number, long Previous, int Round, ActorAddress? Sender, MessageBody Body, long Ask, long Life)
{
    public Protocol.Delivery ToWire() => new()
    {
        Shard = Shard,
        Number = Number,
        Previous = Previous,
        Round = Round,
        Sender = Sender?.ToWire(),
        Message = Body.ToWire(),
        Ask = Ask,
        Life = Life,
    };

    public static DeliveryEnvelope FromWire(Protocol.Delivery wire) => new(
        wire.Shard, wire.Number, wire.Previous, wire.Round, wire.Sender?.ToAddress(), new MessageBody(wire.Message), wire.Ask,
        wire.Life);
}

/// <summary>A message on its way back to the node that sent it; on the wire it is a <see cref="Protocol.Returned"/>.</summary>
/// <param name="Actor">To whom it was sent.</param>
/// <param name="Delivery">As it was sent.</param>
internal sealed record ReturnedEnvelope(ActorAddress Actor, DeliveryEnvelope Delivery)
{
    public Returned ToWire() => new() { Actor = Actor.ToWire(), Delivery = Delivery.ToWire() };

    public static ReturnedEnvelope FromWire(Returned wire) => new(wire.Actor.ToAddress(), DeliveryEnvelope.FromWire(wire.Delivery));
}

/// <summary>The reply to a request on its way back; on the wire it is a <see cref="Protocol.Reply"/>.</summary>
/// <param name="Ask">The asking node's number for the request.</param>
/// <param name="Body">The reply.</param>
internal sealed record ReplyEnvelope(long Ask, MessageBody Body)
{
    public Reply ToWire() => new() { Ask = Ask, Message = Body.ToWire() };

    public static ReplyEnvelope FromWire(Reply wire) => new(wire.Ask, new MessageBody(wire.Message));
}

/// <summary>A message as it was handed over on this node, or as it came from another.</summary>
internal readonly record struct MessageBody
{
    private readonly IMessage? _message;
    private readonly Payload? _payload;

    public MessageBody(IMessage message) => _message = message;

    public MessageBody(Payload payload) => _payload = payload;

    public Payload ToWire() => _payload ?? MessageTypes.Write(_message!);

    /// <exception cref="UnknownMessageTypeException">It came from another node and is of no type known here.</exception>
    public IMessage Read(MessageTypes types) => _message ?? types.Read(_payload!);
}
