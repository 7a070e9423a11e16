using System.Text;
using Spectre.Console.Rendering;

namespace DistRec.Cli.Output;

/// <summary>
/// Makes control characters visible, so that no id, title or name from a file can move a terminal's cursor, change its colours or its title, or write over what
/// was said before. All that commands print goes through here: text by <see cref="VisibleWriter"/>, tables by <see cref="VisibleHook"/>.
/// </summary>
internal static class VisibleText
{
    private const char Escape = '\u241B';

    /// <summary>The text with a sign in place of each character that a terminal would obey: tabs and line ends are kept, and so is text without any.</summary>
    public static string Of(string text)
    {
        int first = FirstIn(text);
        if (first < 0)
        {
            return text;
        }

        StringBuilder visible = new(text);
        for (int index = first; index < text.Length; index++)
        {
            visible[index] = IsObeyed(text, index) ? SignOf(text[index]) : text[index];
        }

        return visible.ToString();
    }

    private static int FirstIn(ReadOnlySpan<char> text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (IsObeyed(text, index))
            {
                return index;
            }
        }

        return -1;
    }

    // Also what turns the direction of text.
    private static bool IsObeyed(ReadOnlySpan<char> text, int index) => text[index] switch
    {
        '\n' or '\t' => false,
        '\r' => index + 1 >= text.Length || text[index + 1] != '\n',
        (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        var letter => char.IsControl(letter),
    };

    // Unicode has pictures of the first 32.
    private static char SignOf(char control) => control switch
    {
        '\u001B' => Escape,
        < ' ' => (char)('\u2400' + control),
        '\u007F' => '\u2421',
        _ => '\uFFFD',
    };
}

/// <summary>Writes text with control characters made visible.</summary>
/// <param name="inner">Where it goes.</param>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    /// <summary>What it writes to, for what writes control characters of its own.</summary>
    public TextWriter Inner => inner;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer itself, or what is behind it.</summary>
    public static TextWriter Behind(TextWriter writer) => writer is VisibleWriter visible ? visible.Inner : writer;

    public override void Write(char value) => inner.Write(VisibleText.Of(value.ToString()));

    public override void Write(string? value) => inner.Write(value is null ? null : VisibleText.Of(value));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(value is null ? null : VisibleText.Of(value));

    public override Task WriteAsync(char value) => inner.WriteAsync(VisibleText.Of(value.ToString()));

    public override Task WriteAsync(string? value) => inner.WriteAsync(value is null ? null : VisibleText.Of(value));

    public override Task WriteAsync(char[] buffer, int index, int count) => WriteAsync(new string(buffer, index, count));

    public override Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) => WriteAsync(new string(buffer.Span));

    public override Task WriteLineAsync() => inner.WriteLineAsync();

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(value is null ? null : VisibleText.Of(value));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}

/// <summary>Does the same for what a console draws; colours and movements of its own are segments apart, which are left as they are.</summary>
internal sealed class VisibleHook : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(renderable => new Visible(renderable));

    private sealed class Visible(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, maxWidth).Select(segment =>
            segment.IsControlCode || segment.IsLineBreak || VisibleText.Of(segment.Text) is var text && text == segment.Text ? segment : new Segment(text, segment.Style));
    }
}
