using System.Globalization;
using System.Text;
using DistRec.Serving.Events.Import;

namespace DistRec.Serving.Events;

/// <summary>Writes events as the text that <see cref="EventImport"/> reads: comma-separated values under a line of names.</summary>
internal static class EventExport
{
    /// <summary>Writes events.</summary>
    /// <param name="events">The events, in the order in which they are written.</param>
    /// <param name="stream">Receives UTF-8; stays open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task WriteAsync(IAsyncEnumerable<ServingEvent> events, Stream stream, CancellationToken cancellationToken)
    {
        StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteAsync($"{string.Join(',', EventFields.Names)}\n".AsMemory(), cancellationToken).ConfigureAwait(false);
            await foreach (ServingEvent one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                string line = string.Join(',', EventFields.Names.Select(field => Quote(TextOf(one, field))));
                await writer.WriteAsync($"{line}\n".AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string TextOf(ServingEvent one, string field) => field switch
    {
        "kind" => EventKinds.NameOf(one.Kind),
        "user" => one.User,
        "item" => one.Item,
        "value" => one.Value?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        "time" => one.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        "id" => one.EventId ?? "",
        "answer" => one.Answer ?? "",
        "experiment" => one.Experiment ?? "",
        "arm" => one.Arm ?? "",
        "propensity" => one.Propensity?.ToString("R", CultureInfo.InvariantCulture) ?? "",
        "position" => one.Position?.ToString(CultureInfo.InvariantCulture) ?? "",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "expected a field of an event"),
    };

    // Space around a field is no part of it, unless it is quoted.
    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"") || text.StartsWith(' ') || text.EndsWith(' ')
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;
}
