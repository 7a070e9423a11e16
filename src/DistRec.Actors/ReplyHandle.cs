using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>
/// The duty to reply to one message. If the actor fails before it is done, the asker gets a typed failure.
/// Only the first answer counts.
/// </summary>
public abstract class ReplyHandle
{
    /// <summary>See <see cref="IActorContext.ReplyAsync"/>.</summary>
    public abstract ValueTask ReplyAsync(IMessage reply);

    /// <summary>See <see cref="IActorContext.RefuseAsync"/>.</summary>
    public abstract ValueTask RefuseAsync(string reason);
}
