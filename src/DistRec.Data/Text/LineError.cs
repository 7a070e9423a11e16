namespace DistRec.Data;

/// <summary>What is wrong with one line.</summary>
/// <param name="Line">Line within the block of text, from 1.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Found">What was there.</param>
/// <param name="Advice">What to do about it.</param>
internal readonly record struct LineError(long Line, string Expected, string Found, string Advice)
{
    /// <summary>How many wrong lines are reported together.</summary>
    public const int MaxReported = 5;

    /// <summary>A line of a message about the wrong lines that it does not name; nothing where it names all.</summary>
    /// <param name="name">The file.</param>
    /// <param name="count">All wrong lines.</param>
    public static string More(string name, long count) =>
        count > MaxReported ? $"{Environment.NewLine}{name}: and {count - MaxReported:N0} more lines like these" : "";
}
