namespace DistRec.Actors;

/// <summary>The receiver's mailbox stayed full for the whole send timeout; the message was not sent.</summary>
public sealed class SendTimeoutException(ActorAddress address, int mailboxCapacity, TimeSpan timeout)
    : ActorException(
        $"The mailbox of {address} stayed full ({mailboxCapacity} messages) for {timeout}. "
        + "It is too slow for its senders, or actors wait for each other in a circle: "
        + "move long work out of its handlers, or ask instead of sending without pause.")
{
    public ActorAddress Address { get; } = address;

    public int MailboxCapacity { get; } = mailboxCapacity;

    public TimeSpan Timeout { get; } = timeout;
}
