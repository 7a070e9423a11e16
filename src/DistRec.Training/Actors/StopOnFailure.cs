using Akka.Actor;

namespace DistRec.Training.Actors;

/// <summary>Stops a child that fails, and remembers why: whoever watches it hears that it is gone, and asks here for the reason.</summary>
internal sealed class StopOnFailure() : OneForOneStrategy(_ => Directive.Stop)
{
    private readonly Dictionary<string, Exception> _causes = new(StringComparer.Ordinal);

    /// <summary>Why a child of that name failed; null when it did not. Forgets it.</summary>
    public Exception? TakeCause(string child) => _causes.Remove(child, out Exception? cause) ? cause : null;

    protected override Directive Handle(IActorRef child, Exception exception)
    {
        // Of one that could not even be made Akka says no more than that.
        _causes[child.Path.Name] = exception is ActorInitializationException ? exception.GetBaseException() : exception;
        return Directive.Stop;
    }
}
