using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>What lies in a mailbox: a message, or the news that work outside the mailbox has failed.</summary>
/// <param name="Message">Null only with a <paramref name="Failure"/>.</param>
/// <param name="Sender">Null from outside.</param>
/// <param name="Ask">Where the answer goes; null for a plain message.</param>
/// <param name="Incarnation">The number of the only incarnation that may see it; 0 for whichever is alive.</param>
/// <param name="Failure">The exception of work outside the mailbox.</param>
internal readonly record struct Letter(
    IMessage? Message, ActorAddress? Sender, ReturnPath? Ask = null, int Incarnation = 0, Exception? Failure = null)
{
    /// <summary>What another process makes of its bytes.</summary>
    internal Letter OverTheWire() => this with { Message = Wire.Copy(Message!) };
}
