using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>
/// Handles one message at a time, so its fields need no locks. The engine calls these methods and nobody else does.
/// An actor that holds resources may implement <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>: it is
/// disposed of when it stops and when it fails.
/// </summary>
public abstract class Actor
{
    private IActorContext? _context;

    /// <summary>What the actor may do; not available in its constructor.</summary>
    protected IActorContext Context => _context ?? throw new InvalidOperationException(
        $"{GetType().Name} used its Context before it was started; move the call from the constructor to OnStartedAsync.");

    /// <summary>For engines: gives a new actor its context, once.</summary>
    public void Attach(IActorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_context is not null)
        {
            throw new InvalidOperationException(
                $"{GetType().Name} was started twice; the factory of {context.Self.Kind} must return a new actor every time.");
        }

        _context = context;
    }

    /// <summary>Called before the first message.</summary>
    public virtual ValueTask OnStartedAsync(StartReason reason) => ValueTask.CompletedTask;

    /// <summary>
    /// Handles a message, which others hold too and must not be changed. An exception ends this actor; a fresh one
    /// takes its place and the message is not delivered again.
    /// </summary>
    public abstract ValueTask OnReceiveAsync(IMessage message);

    /// <summary>
    /// Called after the last message when the engine stops the actor in good order; not after a failure, whose state
    /// cannot be trusted. Nothing can be sent any more.
    /// </summary>
    public virtual ValueTask OnStoppingAsync() => ValueTask.CompletedTask;
}
