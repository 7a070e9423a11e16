using System.Globalization;

namespace DistRec.Serving.Events;

/// <summary>The event log does not take events. The message says why and what to do.</summary>
public class EventLogException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>The log has stopped before it said what became of the events.</summary>
    internal static EventLogException Stopped(string place) => new(
        $"{place}: expected a running event log, found that it has stopped, and whether the events are stored is not known; send them again where they have ids");
}

/// <summary>More events wait for the log than may. None of the request's is stored.</summary>
public sealed class EventLogBusyException(string place, int events, int held, int maximum)
    : EventLogException(string.Create(
        CultureInfo.InvariantCulture,
        $"{place}: expected at most {maximum} events at once, found {held} that wait already and {events} more; send them again later, or fewer at once"));
