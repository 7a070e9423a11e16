using Google.Protobuf;

namespace DistRec.Actors.Runtime;

internal static class MessageSize
{
    /// <exception cref="MessageTooLargeException">The message has more than <paramref name="limit"/> bytes.</exception>
    internal static void Check(IMessage message, int limit)
    {
        int size = message.CalculateSize();
        if (size > limit)
        {
            throw new MessageTooLargeException(message.Descriptor.FullName, size, limit);
        }
    }
}
