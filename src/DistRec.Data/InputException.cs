namespace DistRec.Data;

/// <summary>
/// Something a person gave is wrong: a file, a setting, an id. The message names the place, what was expected, what was
/// found and what to do; commands print it without a stack trace and exit with code 2.
/// </summary>
public sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Builds the message from its four parts.</summary>
    /// <param name="place">Where: <c>file:line</c>, an option, a setting's path.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="found">What was there.</param>
    /// <param name="advice">What to do about it.</param>
    public static InputException At(string place, string expected, string found, string advice) =>
        new($"{place}: expected {expected}, found {found}; {advice}");
}
