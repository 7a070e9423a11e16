using DistRec.Training.Databases;

namespace DistRec.Serving.Events;

/// <summary>
/// What users did and were shown, in the order in which it was stored. What a call that returned has stored is on the disk. All members are
/// thread-safe, and processes may share a log; on one node <see cref="Actors.EventLogActor"/> is the only one who appends.
/// </summary>
public interface IEventLog
{
    /// <summary>Where it is, as a person would write it.</summary>
    string Place { get; }

    /// <summary>How many parts the users are cut into; see <see cref="UserPartitions"/>.</summary>
    int Partitions { get; }

    /// <summary>
    /// Stores events, with the experiment and arm of the answers that they name. Those that <see cref="EventRules"/> refuse are left out; the others
    /// are stored all or none.
    /// </summary>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="DatabaseException">
    /// The log cannot be written. Nothing is stored, except where the connection was lost in the very moment of the commit: events that have
    /// ids can then be sent again.
    /// </exception>
    Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default);

    /// <summary>Reads events in the order of their sequence numbers, as far as the log reaches when the reader gets to its end.</summary>
    /// <param name="after">Begins with the first number above.</param>
    /// <param name="partition">Of one part of the users; null for all.</param>
    /// <param name="kind">Of one kind; null for all.</param>
    /// <param name="experiment">Of one experiment; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">The log cannot be read.</exception>
    IAsyncEnumerable<ServingEvent> ReadAsync(
        long after = 0, int? partition = null, EventKind? kind = null, string? experiment = null, CancellationToken cancellationToken = default);

    /// <summary>The number of the newest event, 0 for none: all events up to it are there to be read.</summary>
    /// <exception cref="DatabaseException">The log cannot be read.</exception>
    Task<long> LastAsync(CancellationToken cancellationToken = default);
}

/// <summary>What became of an event.</summary>
public enum EventOutcome
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>One of its id was there before; nothing changed.</summary>
    Duplicate,

    /// <summary>It cannot be stored.</summary>
    Refused,
}

/// <summary>What became of an event.</summary>
/// <param name="Outcome">Whether it is stored.</param>
/// <param name="Sequence">Its number where it is stored now.</param>
/// <param name="Reason">Why it was refused.</param>
public readonly record struct EventVerdict(EventOutcome Outcome, long Sequence = 0, string? Reason = null);
