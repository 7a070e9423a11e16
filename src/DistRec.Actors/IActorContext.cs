using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>
/// What an actor may do. All members but <see cref="Sender"/>, <see cref="CaptureReply"/>, <see cref="ReplyAsync"/> and
/// <see cref="RefuseAsync"/>, which belong to the message being handled, may also be used by work that left the mailbox.
/// </summary>
public interface IActorContext
{
    ActorAddress Self { get; }

    /// <summary>The actor that sent the message being handled; null when it came from outside.</summary>
    ActorAddress? Sender { get; }

    /// <summary>Cancelled when this actor ends, by failure or by stopping.</summary>
    CancellationToken Stopping { get; }

    TimeProvider Time { get; }

    IBlockExchange Blocks { get; }

    IComputePool Compute { get; }

    /// <summary>
    /// Sends at most once, in order with every other message from here to there. Waits while the mailbox is full;
    /// a message to itself never waits, because only the actor could make room for it.
    /// </summary>
    /// <exception cref="SendTimeoutException">The mailbox stayed full for the engine's send timeout.</exception>
    /// <exception cref="MessageTooLargeException">The message is over the size limit.</exception>
    /// <exception cref="UnknownActorException">No such kind or shard.</exception>
    /// <exception cref="ActorFailedException">That actor failed for good.</exception>
    /// <exception cref="ActorSystemStoppedException">The engine is stopping.</exception>
    ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a request and waits for its reply; ends in the reply, a typed failure or the timeout. While a handler
    /// awaits it, no other message is handled, so actors that ask each other in a circle, or themselves, time out.
    /// </summary>
    /// <exception cref="AskTimeoutException">No reply in time.</exception>
    /// <exception cref="ActorFailedException">The actor failed before it replied.</exception>
    /// <exception cref="NoReplyException">The actor handled the request without a reply.</exception>
    /// <exception cref="RequestRefusedException">The actor refused the request.</exception>
    /// <exception cref="UnexpectedReplyException">The reply is not a <typeparamref name="TReply"/>.</exception>
    Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage;

    /// <summary>Takes the duty to reply out of this message, to be done while handling a later one.</summary>
    ReplyHandle CaptureReply();

    /// <summary>
    /// Replies to the message being handled: an ask gets its reply, an actor that only sent gets a message. A reply
    /// that nobody waits for (any more) is dropped.
    /// </summary>
    ValueTask ReplyAsync(IMessage reply);

    /// <summary>Ends the ask being handled in a <see cref="RequestRefusedException"/>; this actor goes on.</summary>
    ValueTask RefuseAsync(string reason);

    /// <summary>
    /// Sends itself a message once, after <paramref name="due"/>. Ends with the actor, or when disposed of; a message
    /// already in the mailbox then still comes.
    /// </summary>
    IDisposable StartTimer(TimeSpan due, IMessage message);

    /// <summary>
    /// Runs a long computation outside the mailbox. Its result comes back as a message from itself; its exception fails
    /// the actor as if a handler had thrown it. Cancelled when the actor ends; what it does later is in vain: a fresh
    /// actor never sees the results of the one before, and this context sends no more.
    /// </summary>
    void RunOutside(Func<CancellationToken, Task<IMessage>> work);
}
