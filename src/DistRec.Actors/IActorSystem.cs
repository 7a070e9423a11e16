using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>
/// An engine that hosts actors. Disposing stops it in good order: nothing more is accepted, waiting asks and pulls fail
/// by name, running handlers end, <see cref="Actor.OnStoppingAsync"/> is called, work outside mailboxes is
/// cancelled and awaited.
/// </summary>
public interface IActorSystem : IAsyncDisposable
{
    /// <summary>
    /// Makes kinds known and starts their actors at once, without waiting for a message, so that an actor which has
    /// something to resume does so. All the given kinds can be sent to before the first actor starts.
    /// </summary>
    /// <exception cref="ArgumentException">A kind is not usable or its name is taken; none is registered.</exception>
    void Register(params IReadOnlyList<ActorKind> kinds);

    /// <summary>As <see cref="IActorContext.SendAsync"/>, from outside: the receiver sees no sender.</summary>
    ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="IActorContext.AskAsync{TReply}"/>, from outside.</summary>
    Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage;

    /// <summary>
    /// Completes when the first actor exceeds its restart limit, with the first cause. The others go on; whoever waits
    /// here decides. Never completes in a system that stops without such a failure.
    /// </summary>
    Task<ActorFailure> Failed { get; }

    IBlockExchange Blocks { get; }

    IComputePool Compute { get; }
}

/// <summary>An actor that failed for good.</summary>
/// <param name="Address">The actor.</param>
/// <param name="Cause">The first exception of its last run of failures.</param>
/// <param name="Restarts">How often it was started again before.</param>
public sealed record ActorFailure(ActorAddress Address, Exception Cause, int Restarts);
