using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace DistRec.Models.Tests.Persistence;

public sealed class SafeTensorsTests
{
    [Fact]
    public void What_was_written_is_read_back_bit_for_bit()
    {
        FactorTable table = new(3, 2);
        for (int row = 0; row < 3; row++)
        {
            table.Row(row)[0] = row + 0.1f;
            table.Row(row)[1] = -row;
        }

        var writer = new SafeTensorsWriter { Metadata = { ["käse"] = "a \"quoted\" text" } };
        writer.Add("bytes", new byte[] { 1, 2, 255 }.AsMemory())
            .Add("table", table)
            .Add("longs", new[] { long.MinValue, long.MaxValue }.AsMemory())
            .Add("ints", new[] { 1, 2, 3, int.MinValue }.AsMemory(), 2, 2)
            .Add("singles", new[] { float.MinValue, float.Epsilon, -0f }.AsMemory())
            .Add("nothing", ReadOnlyMemory<float>.Empty, 0, 4);

        using SafeTensorsReader reader = Open(Bytes(writer));

        reader.Metadata["käse"].ShouldBe("a \"quoted\" text");
        reader.ReadBytes("bytes", 3).ShouldBe([1, 2, 255]);
        reader.ReadInt64s("longs", 2).ShouldBe([long.MinValue, long.MaxValue]);
        reader.ReadInt32s("ints", 2, 2).ShouldBe([1, 2, 3, int.MinValue]);
        float[] singles = reader.ReadSingles("singles", -1);
        singles.Select(BitConverter.SingleToUInt32Bits).ShouldBe(new[] { float.MinValue, float.Epsilon, -0f }.Select(BitConverter.SingleToUInt32Bits));
        reader.ReadSingles("nothing", 0, 4).ShouldBeEmpty();
        FactorTable read = reader.ReadTable("table", 3, 2);
        read.Values.ToArray().ShouldBe(table.Values.ToArray());
    }

    [Fact]
    public void Padding_lanes_of_a_table_are_not_written()
    {
        byte[] bytes = Bytes(new SafeTensorsWriter().Add("table", new FactorTable(5, 3)));

        (JsonElement header, int start) = Header(bytes);
        header.GetProperty("table").GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt32()).ShouldBe([5, 3]);
        (bytes.Length - start).ShouldBe(5 * 3 * sizeof(float));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("abcdefg")]
    [InlineData("abcdefgh")]
    public void Data_starts_at_a_multiple_of_eight_and_the_header_is_padded_with_spaces(string name)
    {
        byte[] bytes = Bytes(new SafeTensorsWriter().Add(name, new[] { 1f }.AsMemory()));

        (_, int start) = Header(bytes);
        (start % 8).ShouldBe(0);
        bytes[8].ShouldBe((byte)'{');
        Encoding.UTF8.GetString(bytes, 8, start - 8).TrimEnd(' ').ShouldEndWith("}");
    }

    [Fact]
    public void Wide_elements_come_first_so_that_each_tensor_is_aligned_to_its_element()
    {
        byte[] bytes = Bytes(new SafeTensorsWriter()
            .Add("byte", new byte[] { 1 }.AsMemory())
            .Add("single", new[] { 1f }.AsMemory())
            .Add("long", new[] { 1L }.AsMemory()));

        using SafeTensorsReader reader = Open(bytes);
        reader.Tensors.Select(tensor => (tensor.Name, tensor.Begin)).ShouldBe([("long", 0L), ("single", 8L), ("byte", 12L)]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_when_written(float value)
    {
        FactorTable table = new(2, 20);
        table.Row(1)[17] = value;
        Should.Throw<NumericalException>(() => Bytes(new SafeTensorsWriter().Add("q", table))).Message.ShouldStartWith("q[1, 17]: expected a finite number, found");
        Should.Throw<NumericalException>(() => Bytes(new SafeTensorsWriter().Add("b", new[] { 0, value }.AsMemory()))).Message.ShouldStartWith("b[1]: ");
    }

    [Fact]
    public void A_value_that_is_not_finite_is_refused_when_read()
    {
        byte[] bytes = Bytes(new SafeTensorsWriter().Add("q", new FactorTable(2, 2)));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - 4), float.NaN);

        using SafeTensorsReader reader = Open(bytes);
        Should.Throw<InputException>(() => reader.ReadTable("q")).Message.ShouldStartWith("file: tensor q[1, 1]: expected a finite number, found NaN");
        Should.Throw<InputException>(() => reader.ReadSingles("q", 2, 2)).Message.ShouldStartWith("file: tensor q[3]: ");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] bytes = Bytes(new SafeTensorsWriter().Add("q", new FactorTable(2, 2)).Add("n", new[] { 1L }.AsMemory()));
        for (int length = 0; length < bytes.Length; length++)
        {
            Should.Throw<InputException>(() => Open(bytes[..length]), $"cut to {length} bytes").Message.ShouldStartWith("file");
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "file: tensor b: expected to begin at byte 8, where tensor a ends, found an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "file: tensor a: expected to begin at byte 0, where the header ends, found a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "file: tensor a: expected data up to byte 8, found a truncated file with 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "file: expected the file to end with tensor a, 8 bytes behind the header, found 9 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "file: tensor a: expected 12 bytes for F32 [3], found 8 bytes")]
    [InlineData("""{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, "file: tensor a: expected dtype F32, I32, I64 or U8, found F16")]
    [InlineData("""{"a":{"shape":[4],"data_offsets":[0,8]}}""", 8, "file: tensor a: expected dtype F32, I32, I64 or U8, found none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "file: tensor a: expected whole numbers ≥ 0 in \"shape\", found -2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "file: tensor a: expected data_offsets [begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "file: tensor a: expected data_offsets [begin, end]")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "file: tensor a: expected an array \"shape\"")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "file: tensor a: expected ")]
    [InlineData("""{"a":7}""", 0, "file: tensor a: expected an object")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "file: __metadata__.x: expected a string")]
    [InlineData("""[1]""", 0, "file: expected a JSON object as header")]
    [InlineData("""{"a":""", 0, "file: expected a JSON header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "file: expected a JSON header")]
    public void A_wrong_header_is_refused_with_its_place(string header, int dataBytes, string message) =>
        Should.Throw<InputException>(() => Open(File(header, dataBytes))).Message.ShouldStartWith(message);

    [Fact]
    public void A_header_longer_than_a_hundred_million_bytes_is_refused_before_it_is_allocated()
    {
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Should.Throw<InputException>(() => Open(bytes)).Message.ShouldContain("the header is too large");
    }

    [Fact]
    public void A_tensor_of_another_type_or_shape_is_refused_with_expected_and_found()
    {
        using SafeTensorsReader reader = Open(Bytes(new SafeTensorsWriter().Add("a", new[] { 1, 2, 3, 4, 5, 6 }.AsMemory(), 2, 3)));

        Should.Throw<InputException>(() => reader.ReadSingles("a", 2, 3)).Message.ShouldStartWith("file: tensor a: expected F32 [2, 3], found I32 [2, 3]");
        Should.Throw<InputException>(() => reader.ReadInt32s("a", 3, 2)).Message.ShouldStartWith("file: tensor a: expected I32 [3, 2], found I32 [2, 3]");
        Should.Throw<InputException>(() => reader.ReadInt32s("a", -1)).Message.ShouldStartWith("file: tensor a: expected I32 [any], found I32 [2, 3]");
        Should.Throw<InputException>(() => reader.ReadInt32s("b", 6)).Message.ShouldStartWith("file: tensor b: expected I32 [6], found only a");
        reader.ReadInt32s("a", -1, 3).ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Should.Throw<InputException>(() => SafeTensorsReader.Open("/nowhere/at/all.safetensors")).Message.ShouldStartWith("/nowhere/at/all.safetensors: expected a readable file");

    [Fact]
    public void A_name_cannot_be_given_twice()
    {
        SafeTensorsWriter writer = new SafeTensorsWriter().Add("a", new FactorTable(1, 1));
        Should.Throw<ArgumentException>(() => writer.Add("a", new FactorTable(1, 1)));
        Should.Throw<ArgumentException>(() => writer.Add("__metadata__", new FactorTable(1, 1)));
        Should.Throw<ArgumentException>(() => writer.Add("b", new[] { 1 }.AsMemory(), 2));
    }

    private static byte[] Bytes(SafeTensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.WriteTo(stream);
        return stream.ToArray();
    }

    private static SafeTensorsReader Open(byte[] bytes) => new(new MemoryStream(bytes), "file");

    private static byte[] File(string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    private static (JsonElement Header, int DataStart) Header(byte[] bytes)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return (JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement, 8 + length);
    }
}
