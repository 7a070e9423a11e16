using Google.Protobuf;

namespace DistRec.Actors.Runtime;

/// <summary>What lies in a mailbox: a message, or the news that work outside the mailbox has failed.</summary>
/// <param name="Message">Null only with a <paramref name="Failure"/>.</param>
/// <param name="Sender">Null from outside.</param>
/// <param name="Ask">Where the reply goes; null for a plain message.</param>
/// <param name="Life">The number of the only incarnation that may see it; 0 for whichever is alive.</param>
/// <param name="Failure">The exception of work outside the mailbox.</param>
internal readonly record struct Envelope(
    IMessage? Message, ActorAddress? Sender, IAskSink? Ask = null, int Life = 0, Exception? Failure = null)
{
    /// <summary>The engine's own note on where it came from, for when it is handed back.</summary>
    public object? Origin { get; init; }
}

/// <summary>Where the answer to an ask goes. Only the first answer counts.</summary>
internal interface IAskSink
{
    void Reply(IMessage reply);

    void Fail(ActorException failure);
}
