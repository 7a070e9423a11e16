using Google.Protobuf;

namespace DistRec.Processes.Tests;

/// <summary>A span as it was sent.</summary>
internal sealed record OtlpSpan(string Name, ulong Start, ulong End, IReadOnlyDictionary<string, string> Attributes);

/// <summary>One point of a metric: the sum of a counter, the number of values of a histogram.</summary>
internal sealed record OtlpPoint(string Metric, double Value);

/// <summary>
/// Reads the few fields of opentelemetry/proto that tests look at: trace.proto, metrics.proto and common.proto of version 1.
/// </summary>
internal static class OtlpReader
{
    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<OtlpSpan> Spans(byte[] request) =>
        from resource in Parts(request, 1)
        from scope in Parts(resource, 2)
        from span in Parts(scope, 2)
        let fields = Fields(span)
        select new OtlpSpan(
            Text(fields, 5),
            fields.Single(field => field.Number == 7).Value,
            fields.Single(field => field.Number == 8).Value,
            Parts(span, 9).Select(Fields).ToDictionary(attribute => Text(attribute, 1), attribute => ValueOf(attribute.Single(field => field.Number == 2).Bytes)));

    /// <summary>The points of an ExportMetricsServiceRequest.</summary>
    public static IEnumerable<OtlpPoint> Points(byte[] request) =>
        from resource in Parts(request, 1)
        from scope in Parts(resource, 2)
        from metric in Parts(scope, 2)
        let name = Text(Fields(metric), 1)
        from value in Sums(metric).Concat(Counts(metric))
        select new OtlpPoint(name, value);

    // Sum is field 7 of a metric, its points field 1, and their values a double in field 4 or a whole number in field 6.
    private static IEnumerable<double> Sums(byte[] metric) =>
        from sum in Parts(metric, 7)
        from point in Parts(sum, 1)
        from field in Fields(point)
        where field.Number is 4 or 6
        select field.Number == 4 ? BitConverter.UInt64BitsToDouble(field.Value) : (long)field.Value;

    // Histogram is field 9 of a metric, its points field 1, and their counts field 4.
    private static IEnumerable<double> Counts(byte[] metric) =>
        from histogram in Parts(metric, 9)
        from point in Parts(histogram, 1)
        from field in Fields(point)
        where field.Number == 4
        select (double)field.Value;

    private static string ValueOf(byte[] any)
    {
        (int number, ulong value, byte[] bytes) = Fields(any).Single();
        return number == 1 ? System.Text.Encoding.UTF8.GetString(bytes) : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Text(IEnumerable<(int Number, ulong Value, byte[] Bytes)> fields, int number) =>
        System.Text.Encoding.UTF8.GetString(fields.Single(field => field.Number == number).Bytes);

    private static IEnumerable<byte[]> Parts(byte[] message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Bytes);

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        CodedInputStream input = new(message);
        List<(int, ulong, byte[])> fields = [];
        while (input.ReadTag() is var tag && tag != 0)
        {
            int number = WireFormat.GetTagFieldNumber(tag);
            fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (number, input.ReadUInt64(), []),
                WireFormat.WireType.Fixed64 => (number, input.ReadFixed64(), []),
                WireFormat.WireType.Fixed32 => (number, input.ReadFixed32(), []),
                WireFormat.WireType.LengthDelimited => (number, 0, input.ReadBytes().ToByteArray()),
                _ => throw new InvalidDataException($"field {number}: expected a wire type of Protocol Buffers 3, found {WireFormat.GetTagWireType(tag)}"),
            });
        }

        return fields;
    }
}
