using DistRec.Actors;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>Messages as they are between processes.</summary>
internal static class Wire
{
    /// <summary>Writes a message and reads it again, so that nothing is shared by reference.</summary>
    internal static IMessage Copy(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());

    /// <summary>A hash of a message's bytes (FNV-1a), for the trace.</summary>
    internal static ulong Hash(IMessage message)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in message.ToByteArray())
        {
            hash = (hash ^ value) * 0x100000001B3;
        }

        return hash;
    }

    /// <exception cref="MessageTooLargeException">The message is over the limit.</exception>
    internal static void CheckSize(IMessage message, int limit)
    {
        int size = message.CalculateSize();
        if (size > limit)
        {
            throw new MessageTooLargeException(message.Descriptor.FullName, size, limit);
        }
    }
}
