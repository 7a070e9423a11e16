using System.Text.Unicode;
using DistRec.Training.Databases;

namespace DistRec.Serving.Events.Import;

/// <summary>
/// Reads events from text, line by line, and stores them: comma-separated values under a first line that names the columns, or a JSON object a
/// line. The fields are <c>kind</c>, <c>user</c>, <c>item</c>, and where they are known <c>value</c>, <c>time</c>, <c>id</c>, <c>answer</c>,
/// <c>experiment</c>, <c>arm</c>, <c>propensity</c>, <c>position</c>. A time is seconds since 1970 or ISO 8601; an event without one
/// happened when it was read. A wrong row is reported by its line, and the rest goes in.
/// </summary>
public static class EventImport
{
    /// <summary>How many wrong rows are told one by one; all are counted.</summary>
    public const int MostReasons = 1000;

    /// <summary>Rows that are stored together.</summary>
    internal const int BatchLength = 1000;

    private const string Place = "the events to import";

    /// <summary>Imports events.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="append">Stores events, and says what became of each.</param>
    /// <param name="time">The clock of events without a time.</param>
    /// <param name="cancellationToken">Gives up; what is stored stays.</param>
    /// <returns>What became of the rows, also where the log failed on the way.</returns>
    /// <exception cref="InputException">The text is empty, or its first line does not name the columns.</exception>
    public static async Task<EventImportReport> RunAsync(
        Stream text,
        Func<IReadOnlyList<ServingEvent>, CancellationToken, Task<IReadOnlyList<EventVerdict>>> append,
        TimeProvider time,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(append);
        ArgumentNullException.ThrowIfNull(time);
        Tally tally = new(append, cancellationToken);
        IEventParser? parser = null;
        await foreach (EventLine line in EventLines.ReadAsync(text, cancellationToken).ConfigureAwait(false))
        {
            if (line.IsBlank)
            {
                continue;
            }

            if (parser is null)
            {
                bool isJson = line.Text.Span.TrimStart((byte)' ')[0] == '{';
                parser = isJson ? new JsonEventParser() : CsvEventParser.OfHeader(Place, line.Text.Span);
                if (!isJson)
                {
                    continue;
                }
            }

            if (!await tally.AddAsync(line, parser, time.GetUtcNow()).ConfigureAwait(false))
            {
                break;
            }
        }

        return parser is null
            ? throw InputException.At(Place, $"a line of column names such as {CsvEventParser.Example}, or JSON", "nothing", "check the file")
            : await tally.EndAsync().ConfigureAwait(false);
    }

    /// <summary>Events on their way, and what became of those before them.</summary>
    private sealed class Tally(
        Func<IReadOnlyList<ServingEvent>, CancellationToken, Task<IReadOnlyList<EventVerdict>>> append, CancellationToken cancellationToken)
    {
        private readonly List<(long Line, ServingEvent Event)> _batch = [];
        private readonly List<RefusedLine> _reasons = [];
        private EventImportReport _report = new();

        /// <returns>Whether the log still takes events.</returns>
        public async Task<bool> AddAsync(EventLine line, IEventParser parser, DateTimeOffset now)
        {
            string? reason = line.IsTooLong ? $"expected a line of at most {EventLines.MaxLength} bytes, found a longer one"
                : !Utf8.IsValid(line.Text.Span) ? "expected UTF-8, found other bytes"
                : null;
            EventFields fields = new(now);
            if ((reason ?? parser.Parse(line.Text.Span, fields) ?? fields.WhyRefused()) is { } wrong)
            {
                Refuse(line.Number, wrong);
                return true;
            }

            _batch.Add((line.Number, fields.Event));
            return _batch.Count < BatchLength || await StoreAsync().ConfigureAwait(false);
        }

        public async Task<EventImportReport> EndAsync()
        {
            await StoreAsync().ConfigureAwait(false);
            return _report with { Reasons = _reasons };
        }

        private async Task<bool> StoreAsync()
        {
            if (_report.Stopped is not null || _batch.Count == 0)
            {
                return _report.Stopped is null;
            }

            try
            {
                IReadOnlyList<EventVerdict> verdicts = await append(_batch.ConvertAll(entry => entry.Event), cancellationToken).ConfigureAwait(false);
                for (int index = 0; index < verdicts.Count; index++)
                {
                    Count(_batch[index].Line, verdicts[index]);
                }
            }
            catch (Exception exception) when (exception is DatabaseException or EventLogException)
            {
                _report = _report with { Stopped = $"line {_batch[0].Line} and those after it are not stored: {exception.Message}" };
            }

            _batch.Clear();
            return _report.Stopped is null;
        }

        private void Count(long line, EventVerdict verdict)
        {
            switch (verdict.Outcome)
            {
                case EventOutcome.Stored:
                    _report = _report with { Stored = _report.Stored + 1 };
                    break;
                case EventOutcome.Duplicate:
                    _report = _report with { Duplicates = _report.Duplicates + 1 };
                    break;
                default:
                    Refuse(line, verdict.Reason!);
                    break;
            }
        }

        private void Refuse(long line, string reason)
        {
            _report = _report with { Refused = _report.Refused + 1 };
            if (_reasons.Count < MostReasons)
            {
                _reasons.Add(new RefusedLine(line, reason));
            }
        }
    }
}

/// <summary>What became of imported rows.</summary>
public sealed record EventImportReport
{
    /// <summary>Events that are stored now.</summary>
    public long Stored { get; init; }

    /// <summary>Events whose ids were there before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Wrong rows.</summary>
    public long Refused { get; init; }

    /// <summary>The first wrong rows, by line.</summary>
    public IReadOnlyList<RefusedLine> Reasons { get; init; } = [];

    /// <summary>Why the import ended before the text did; null where it did not.</summary>
    public string? Stopped { get; init; }
}

/// <summary>A wrong row.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Reason">What was expected, and what was found.</param>
public sealed record RefusedLine(long Line, string Reason);
