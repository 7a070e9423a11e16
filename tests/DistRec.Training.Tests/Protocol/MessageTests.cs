using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace DistRec.Training.Tests.Protocol;

public sealed class MessageTests
{
    public static TheoryData<string> Messages { get; } = new(TrainingReflection.Descriptor.MessageTypes.Select(type => type.Name));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_comes_back_from_bytes_and_from_JSON_as_it_was(string name)
    {
        MessageDescriptor type = TrainingReflection.Descriptor.MessageTypes.Single(message => message.Name == name);
        IMessage message = Filled(type, depth: 0);
        message.CalculateSize().ShouldBeGreaterThan(0, "a message without content would prove nothing");
        type.Parser.ParseFrom(message.ToByteArray()).ShouldBe(message);
        type.Parser.ParseJson(JsonFormatter.Default.Format(message)).ShouldBe(message);
    }

    [Fact]
    public void A_specification_of_4096_partitions_fits_the_message_size_limit()
    {
        JobSpec spec = new()
        {
            UserStarts = { Enumerable.Range(0, 4097).Select(i => i * 500_000) },
            ItemStarts = { Enumerable.Range(0, 4097).Select(i => i * 500_000) },
            BlockStarts = { Enumerable.Range(0, 4097).Select(i => i * 500_000) },
        };
        new RunRound { Spec = spec }.CalculateSize().ShouldBeLessThan(64 * 1024);
    }

    // Sets every field to something that is not its default; of a oneof the first.
    private static IMessage Filled(MessageDescriptor type, int depth)
    {
        IMessage message = type.Parser.ParseFrom(ByteString.Empty);
        HashSet<OneofDescriptor> chosen = [];
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.ContainingOneof is { } oneof && !chosen.Add(oneof))
            {
                continue;
            }

            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                list.Add(Value(field, depth));
                list.Add(Value(field, depth));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }

        return message;
    }

    private static object Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Double => 0.1 + field.FieldNumber,
        FieldType.Float => 0.25f + field.FieldNumber,
        FieldType.Int32 => -field.FieldNumber,
        FieldType.Int64 => long.MinValue + field.FieldNumber,
        FieldType.UInt64 => ulong.MaxValue - (ulong)field.FieldNumber,
        FieldType.Bool => true,
        FieldType.String => $"{field.Name} λ",
        FieldType.Enum => field.EnumType.Values[^1].Number,
        FieldType.Message when depth < 4 => Filled(field.MessageType, depth + 1),
        _ => throw new NotSupportedException($"{field.FullName}: give the test a value of type {field.FieldType}"),
    };
}
