using System.Runtime.CompilerServices;

namespace DistRec.Serving.Events.Import;

/// <summary>A line of text.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Text">Its bytes without the line's end, until the next line is read; none where it is too long.</param>
/// <param name="IsTooLong">Whether it is longer than <see cref="EventLines.MaxLength"/>.</param>
internal readonly record struct EventLine(long Number, ReadOnlyMemory<byte> Text, bool IsTooLong)
{
    public bool IsBlank => !IsTooLong && Text.Span.Trim(" \t"u8).IsEmpty;
}

/// <summary>Cuts a stream into lines without holding more than one of them, however long they are.</summary>
internal static class EventLines
{
    /// <summary>Bytes of a line, at most.</summary>
    public const int MaxLength = 1 << 16;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    public static async IAsyncEnumerable<EventLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[2 * MaxLength];
        int start = 0;
        int end = 0;
        long number = 0;
        bool isTooLong = false;
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return LineOf(++number, buffer.AsMemory(start, length), isTooLong);
                start += length + 1;
                isTooLong = false;
                continue;
            }

            // What is left of a line that is too long is only passed over.
            isTooLong |= end - start > MaxLength;
            int kept = isTooLong ? 0 : end - start;
            buffer.AsSpan(start, kept).CopyTo(buffer);
            start = 0;
            end = kept;
            int read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                if (end > 0 || isTooLong)
                {
                    yield return LineOf(++number, buffer.AsMemory(0, end), isTooLong);
                }

                yield break;
            }

            end += read;
        }
    }

    private static EventLine LineOf(long number, ReadOnlyMemory<byte> text, bool isTooLong)
    {
        if (isTooLong || text.Length > MaxLength)
        {
            return new EventLine(number, default, true);
        }

        if (number == 1 && text.Span.StartsWith(Utf8Mark))
        {
            text = text[Utf8Mark.Length..];
        }

        return new EventLine(number, text.Span.EndsWith("\r"u8) ? text[..^1] : text, false);
    }
}
