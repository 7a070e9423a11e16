using DistRec.Actors.Akka.Protocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace DistRec.Actors.Akka.Messages;

/// <summary>The types of message that may travel: only what a node was told of is ever read.</summary>
internal sealed class MessageTypes
{
    private readonly Dictionary<string, MessageParser> _parsers = new(StringComparer.Ordinal);

    public MessageTypes(IEnumerable<FileDescriptor> files)
    {
        foreach (FileDescriptor file in files)
        {
            AddAll(file.MessageTypes);
        }
    }

    /// <summary>Refuses a message that could not travel, wherever its receiver happens to live.</summary>
    /// <exception cref="UnknownMessageTypeException">The type was not registered here.</exception>
    public void Check(IMessage message)
    {
        if (!_parsers.ContainsKey(message.Descriptor.FullName))
        {
            throw new UnknownMessageTypeException(message.Descriptor.FullName);
        }
    }

    public static Payload Write(IMessage message) => new() { Type = message.Descriptor.FullName, Bytes = message.ToByteString() };

    /// <exception cref="UnknownMessageTypeException">The type was not registered here, or the bytes are no such message.</exception>
    public IMessage Read(Payload payload)
    {
        try
        {
            return _parsers.TryGetValue(payload.Type, out MessageParser? parser)
                ? parser.ParseFrom(payload.Bytes)
                : throw new UnknownMessageTypeException(payload.Type);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new UnknownMessageTypeException(payload.Type);
        }
    }

    private void AddAll(IEnumerable<MessageDescriptor> types)
    {
        foreach (MessageDescriptor type in types)
        {
            // Entries of map fields are descriptors without a class.
            if (type.Parser is { } parser)
            {
                _parsers[type.FullName] = parser;
            }

            AddAll(type.NestedTypes);
        }
    }
}
