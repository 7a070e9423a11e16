using Google.Protobuf;

namespace DistRec.Actors.Runtime;

/// <summary>
/// What a cell and its actor need of their engine. The engine adds placement and transport; everything that happens
/// inside an actor is the same on every engine.
/// </summary>
internal interface IActorHost
{
    /// <summary>Set before any wait is ended, so that whoever sees such an end also sees why.</summary>
    bool IsStopping { get; }

    TimeProvider Time { get; }

    IBlockExchange Blocks { get; }

    IComputePool Compute { get; }

    /// <summary>As <see cref="IActorContext.SendAsync"/>, for the actor <paramref name="sender"/>.</summary>
    ValueTask SendAsync(ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken);

    /// <summary>As <see cref="IActorContext.AskAsync{TReply}"/>, for the actor <paramref name="sender"/>.</summary>
    Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken)
        where TReply : class, IMessage;

    /// <exception cref="MessageTooLargeException">The message is over the size limit.</exception>
    void CheckSize(IMessage message);

    /// <summary>An actor failed for good.</summary>
    void ReportFailure(ActorFailure failure);

    /// <summary>An actor threw while it was stopped or disposed of.</summary>
    void ReportStopFailure(ActorFailedException failure);
}

internal static class ActorHostExtensions
{
    /// <exception cref="ActorSystemStoppedException">The engine is stopping.</exception>
    internal static void ThrowIfStopping(this IActorHost host)
    {
        if (host.IsStopping)
        {
            throw new ActorSystemStoppedException();
        }
    }
}
