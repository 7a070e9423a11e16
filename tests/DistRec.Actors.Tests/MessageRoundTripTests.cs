using DistRec.Contracts;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace DistRec.Actors.Tests;

public sealed class MessageRoundTripTests
{
    public static TheoryData<string> Names =>
        new(ContractMessagesReflection.Descriptor.MessageTypes.Select(type => type.FullName));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_with_every_field_set_reads_back_equal(string name)
    {
        MessageDescriptor type = ContractMessagesReflection.Descriptor.MessageTypes.Single(type => type.FullName == name);
        IMessage message = type.Parser.ParseFrom([]);
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            field.Accessor.SetValue(message, field.FieldType switch
            {
                FieldType.Int32 => -field.FieldNumber,
                FieldType.String => $"naïve {field.FieldNumber}",
                FieldType.Bytes => ByteString.CopyFrom(0, 255, (byte)field.FieldNumber),
                _ => throw new NotSupportedException($"{field.FullName}: add its type {field.FieldType} to this test"),
            });
        }

        byte[] bytes = message.ToByteArray();

        bytes.Length.ShouldBe(message.CalculateSize());
        type.Parser.ParseFrom(bytes).ShouldBe(message);
        type.Parser.ParseFrom(bytes).ShouldNotBe(type.Parser.ParseFrom([]));
    }
}
