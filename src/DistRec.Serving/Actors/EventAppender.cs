using Akka.Actor;
using DistRec.Serving.Events;

namespace DistRec.Serving.Actors;

/// <summary>Asks a node's event log to store events. Within a process alone.</summary>
/// <param name="Events">The events.</param>
internal sealed record AppendEvents(IReadOnlyList<ServingEvent> Events);

/// <summary>The events are on the disk, but for those that were refused.</summary>
/// <param name="Verdicts">What became of each, in their order.</param>
internal sealed record EventsAppended(IReadOnlyList<EventVerdict> Verdicts);

/// <summary>Appends events by way of the node's <see cref="EventLogActor"/>.</summary>
/// <param name="log">The actor.</param>
internal sealed class EventAppender(IActorRef log)
{
    // A commit gives up before.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    // What lies in the mailbox of an actor that stops is answered by nobody.
    private readonly Task _stopped = log.WatchAsync();

    /// <summary>Stores events; they are on the disk when this returns.</summary>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="EventLogBusyException">Too many events wait already.</exception>
    /// <exception cref="EventLogException">The log has stopped.</exception>
    /// <exception cref="Training.Databases.DatabaseException">The log cannot be written.</exception>
    public async Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default)
    {
        Task<EventsAppended> appended = log.Ask<EventsAppended>(new AppendEvents(events), LongestWait, cancellationToken);
        await Task.WhenAny(appended, _stopped).ConfigureAwait(false);
        return appended.IsCompleted
            ? (await appended.ConfigureAwait(false)).Verdicts
            : throw EventLogException.Stopped(log.Path.Name);
    }
}
