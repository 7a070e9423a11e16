namespace DistRec.Models.Persistence;

/// <summary>Turns what a file system refuses into an <see cref="InputException"/> that names the file.</summary>
internal static class FileErrors
{
    private const string Advice = "check the path, the permissions and the free space";

    /// <summary>Runs an action on a file.</summary>
    public static T Guard<T>(string path, string expected, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Refused(path, expected, exception);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string path, string expected, Action action) => Guard(path, expected, () =>
    {
        action();
        return true;
    });

    /// <summary>Reads as many bytes as there are, at most a span full.</summary>
    public static int GuardRead(string path, Stream stream, Span<byte> bytes)
    {
        try
        {
            return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (IOException exception)
        {
            throw Refused(path, "a readable file", exception);
        }
    }

    private static InputException Refused(string path, string expected, Exception exception) =>
        new(InputException.At(path, expected, exception.Message, Advice).Message, exception);
}
