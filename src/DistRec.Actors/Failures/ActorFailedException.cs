namespace DistRec.Actors;

/// <summary>The actor threw before it answered, or has failed for good.</summary>
/// <param name="address">The actor that failed.</param>
/// <param name="causeText">Type and message of what it threw, for engines where the exception stays on another node.</param>
/// <param name="isFinal">Whether it will not be started again.</param>
/// <param name="cause">The exception, where it was thrown in this process.</param>
public sealed class ActorFailedException(ActorAddress address, string causeText, bool isFinal, Exception? cause = null)
    : ActorException(
        isFinal
            ? $"{address} has failed for good and takes no more messages; its first cause was {causeText}."
            : $"{address} failed before it answered and is being restarted: {causeText}.",
        cause)
{
    public ActorFailedException(ActorAddress address, Exception cause, bool isFinal)
        : this(address, Describe(cause), isFinal, cause)
    {
    }

    public ActorAddress Address { get; } = address;

    public string CauseText { get; } = causeText;

    /// <summary>False when a fresh actor takes its place, so that a request which may be repeated can be.</summary>
    public bool IsFinal { get; } = isFinal;

    private static string Describe(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return $"{cause.GetType().Name}: {cause.Message}";
    }
}
