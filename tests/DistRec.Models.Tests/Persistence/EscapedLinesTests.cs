using System.Text;

namespace DistRec.Models.Tests.Persistence;

public sealed class EscapedLinesTests
{
    [Fact]
    public void Any_unicode_text_comes_back_as_it_was()
    {
        string?[] texts = ["", "plain", "two\nlines", "\r\n", @"\n", @"\N", "\\", null, " spaces ", "Amélie 🎬", "\u0085\u2028", "\uFEFFmark", null, ""];
        Read(Write(texts), texts.Length).ShouldBe(texts);
    }

    [Fact]
    public void Every_text_takes_one_line() => Encoding.UTF8.GetString(Write(["a\nb", null, @"c\d"])).ShouldBe("a\\nb\n\\N\nc\\\\d\n");

    [Fact]
    public void Half_a_surrogate_pair_is_refused_with_its_line() =>
        Should.Throw<InputException>(() => Write(["ok", "bad \uD800"])).Message.ShouldStartWith("file:2: expected valid Unicode");

    [Theory]
    [InlineData("a\nb\n", 3, "file: expected 3 lines, found 2")]
    [InlineData("a\nb\n", 1, "file: expected 1 lines, found 2")]
    [InlineData("a\n\\x\n", 2, "file:2: expected")]
    [InlineData("a\\\n", 1, "file:1: expected")]
    public void Damage_is_refused_with_its_place(string text, int expected, string message) =>
        Should.Throw<InputException>(() => Read(Encoding.UTF8.GetBytes(text), expected)).Message.ShouldStartWith(message);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Should.Throw<InputException>(() => Read([(byte)'a', 0xFF, (byte)'\n'], 1)).Message.ShouldContain("expected UTF-8");

    private static byte[] Write(IEnumerable<string?> texts)
    {
        using var stream = new MemoryStream();
        EscapedLines.Write(stream, "file", texts);
        return stream.ToArray();
    }

    private static List<string?> Read(byte[] bytes, int expected) => EscapedLines.Read(new MemoryStream(bytes), "file", expected);
}
