using System.Globalization;
using System.Text;

namespace DistRec.Serving.Events.Import;

/// <summary>The fields of a row, as far as they have been read.</summary>
/// <param name="now">When the event happened where the row does not say.</param>
internal sealed class EventFields(DateTimeOffset now)
{
    private const EventKind None = (EventKind)(-1);

    private ServingEvent _event = new() { Kind = None, User = "", Item = "", Time = now };

    /// <summary>The names of all fields.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["kind", "user", "item", "value", "time", "id", "answer", "experiment", "arm", "propensity", "position"];

    /// <summary>The event.</summary>
    public ServingEvent Event => _event;

    /// <summary>Takes the text of a field in.</summary>
    /// <returns>Why it is wrong; null where it is not.</returns>
    public string? Set(string field, string text)
    {
        ServingEvent? set = field switch
        {
            "kind" => EventKinds.TryParse(text, out EventKind kind) ? _event with { Kind = kind } : null,
            "user" => _event with { User = text },
            "item" => _event with { Item = text },
            "id" => _event with { EventId = text },
            "answer" => _event with { Answer = text },
            "experiment" => _event with { Experiment = text },
            "arm" => _event with { Arm = text },
            "value" => NumberOf(text) is { } value ? _event with { Value = value } : null,
            "propensity" => NumberOf(text) is { } propensity ? _event with { Propensity = propensity } : null,
            "position" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int place) ? _event with { Position = place } : null,
            "time" => TimeOf(text) is { } time ? _event with { Time = time } : null,
            _ => null,
        };
        if (set is null)
        {
            return Wrong(field, Expected(field), text);
        }

        _event = set;
        return null;
    }

    /// <summary>Why the event cannot be stored; null where it can.</summary>
    public string? WhyRefused() =>
        _event.Kind == None ? $"kind: expected {Expected("kind")}, found nothing" : EventRules.WhyRefused(_event, now);

    /// <summary>What is wrong with a field.</summary>
    public static string Wrong(string field, string expected, string found) => $"{field}: expected {expected}, found {FieldParser.Show(Encoding.UTF8.GetBytes(found))}";

    private static string Expected(string field) => field switch
    {
        "kind" => $"one of {EventKinds.All}",
        "value" or "propensity" => "a number",
        "position" => "a whole number",
        "time" => "seconds since 1970, or a date and time such as 2025-01-31T12:00:00Z",
        _ => $"a field among {string.Join(", ", Names)}",
    };

    private static double? NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static DateTimeOffset? TimeOf(string text) => NumberOf(text) switch
    {
        { } seconds when Math.Abs(seconds) <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() => DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)),
        null when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) => time.ToUniversalTime(),
        _ => null,
    };
}
