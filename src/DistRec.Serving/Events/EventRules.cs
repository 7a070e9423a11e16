using System.Buffers;
using System.Globalization;
using System.Text;

namespace DistRec.Serving.Events;

/// <summary>What an event may be.</summary>
public static class EventRules
{
    /// <summary>Characters of an id, at most.</summary>
    public const int MaxIdLength = 512;

    /// <summary>The last place in an answer.</summary>
    public const int MaxPosition = 1_000_000;

    /// <summary>How far ahead of this server's clock an event's may be: clocks differ, and so do time zones where they are forgotten.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>Why an event cannot be stored: the field, what was expected and what was found; null where it can.</summary>
    /// <param name="event">The event.</param>
    /// <param name="now">The time.</param>
    public static string? WhyRefused(ServingEvent @event, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return WhyIdRefused("user", @event.User)
            ?? WhyIdRefused("item", @event.Item)
            ?? WhyOptionalRefused("id", @event.EventId)
            ?? WhyOptionalRefused("answer", @event.Answer)
            ?? WhyOptionalRefused("experiment", @event.Experiment)
            ?? WhyOptionalRefused("arm", @event.Arm)
            ?? WhyNumberRefused(@event)
            ?? WhyTimeRefused(@event.Time, now);
    }

    /// <summary>Why a text is no id; null where it is one.</summary>
    /// <param name="field">What the text is called.</param>
    /// <param name="id">The text.</param>
    public static string? WhyIdRefused(string field, string? id) => WhyTextRefused(field, "an id", id);

    /// <summary>Why a text is not one that ids may be; null where it is one.</summary>
    /// <param name="field">What the text is called.</param>
    /// <param name="kind">What it is, such as <c>an id</c>.</param>
    /// <param name="text">The text.</param>
    internal static string? WhyTextRefused(string field, string kind, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{field}: expected {kind}, found {(string.IsNullOrEmpty(text) ? "nothing" : "only space")}";
        }

        if (text.Length > MaxIdLength)
        {
            return Text($"{field}: expected {kind} of at most {MaxIdLength} characters, found {text.Length}");
        }

        int at = 0;
        while (at < text.Length)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int used) != OperationStatus.Done)
            {
                return Text($"{field}: expected {kind} of Unicode characters, found half of one, U+{(int)text[at]:X4}");
            }

            if (Rune.IsControl(rune))
            {
                return Text($"{field}: expected {kind} without control characters, found U+{rune.Value:X4}");
            }

            at += used;
        }

        return null;
    }

    private static string? WhyOptionalRefused(string field, string? id) => id is null ? null : WhyIdRefused(field, id);

    private static string? WhyNumberRefused(ServingEvent @event) => @event switch
    {
        { Kind: < EventKind.Impression or > EventKind.Rating } => Text($"kind: expected one of {EventKinds.All}, found {(int)@event.Kind}"),
        { Kind: EventKind.Rating, Value: null } => "value: expected the rating, found nothing",
        { Value: { } value } when !(Math.Abs(value) <= RatingLimits.Magnitude) =>
            Text($"value: expected a number from -{RatingLimits.Magnitude:F0} to {RatingLimits.Magnitude:F0}, found {value}"),
        { Propensity: { } propensity } when !(propensity > 0 && propensity <= 1) =>
            Text($"propensity: expected a probability above 0, at most 1, found {propensity}"),
        { Position: < 1 or > MaxPosition } => Text($"position: expected a place from 1 to {MaxPosition}, found {@event.Position}"),
        { Arm: not null, Experiment: null } => "arm: expected an experiment with it, found none",
        { Experiment: not null, Arm: null } => "experiment: expected an arm with it, found none",
        _ => null,
    };

    private static string? WhyTimeRefused(DateTimeOffset time, DateTimeOffset now) =>
        time < DateTimeOffset.UnixEpoch || time - now > MaxAhead
            ? Text($"time: expected one from 1970-01-01 to {now + MaxAhead:yyyy-MM-ddTHH:mm:ssZ}, found {time:O}")
            : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
