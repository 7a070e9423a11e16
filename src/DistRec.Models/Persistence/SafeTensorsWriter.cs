using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>
/// Writes tensors in the safetensors format: eight bytes of header length, a JSON header padded with spaces so that data
/// starts at a multiple of eight, then the tensors without gaps, widest elements first so that each is aligned to its
/// element. Values go from the arrays given to the stream; no second copy of a table is made.
/// </summary>
public sealed class SafeTensorsWriter
{
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Free strings stored under <c>__metadata__</c>.</summary>
    public IDictionary<string, string> Metadata { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a factor table as F32 [rows, rank], without the padding lanes it has in memory.</summary>
    public SafeTensorsWriter Add(string name, FactorTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Add(name, TensorType.F32, [table.Rows, table.Rank], stream => WriteTable(stream, name, table));
    }

    /// <summary>Adds F32 values; the shape's product is the length.</summary>
    public SafeTensorsWriter Add(string name, ReadOnlyMemory<float> values, params long[] shape) =>
        Add(name, TensorType.F32, Shape(name, shape, values.Length), stream => WriteVector(stream, name, values.Span));

    /// <summary>Adds I32 values.</summary>
    public SafeTensorsWriter Add(string name, ReadOnlyMemory<int> values, params long[] shape) =>
        Add(name, TensorType.I32, Shape(name, shape, values.Length), stream => WriteSlices(stream, values.Span));

    /// <summary>Adds I64 values.</summary>
    public SafeTensorsWriter Add(string name, ReadOnlyMemory<long> values, params long[] shape) =>
        Add(name, TensorType.I64, Shape(name, shape, values.Length), stream => WriteSlices(stream, values.Span));

    /// <summary>Adds U8 values.</summary>
    public SafeTensorsWriter Add(string name, ReadOnlyMemory<byte> values, params long[] shape) =>
        Add(name, TensorType.U8, Shape(name, shape, values.Length), stream => WriteSlices(stream, values.Span));

    /// <summary>Writes the file.</summary>
    /// <exception cref="NumericalException">An F32 tensor holds NaN or an infinity; the stream then holds a part of the file.</exception>
    public void WriteTo(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafeTensorsFormat.RequireLittleEndian();
        Entry[] ordered = [.. _entries.OrderByDescending(entry => TensorTypes.SizeOf(entry.Type))];
        byte[] header = Header(ordered);
        Span<byte> length = stackalloc byte[SafeTensorsFormat.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (Entry entry in ordered)
        {
            entry.Write(stream);
        }
    }

    private SafeTensorsWriter Add(string name, TensorType type, long[] shape, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == SafeTensorsFormat.MetadataKey || !_names.Add(name))
        {
            throw new ArgumentException($"a tensor cannot be called \"{name}\": the name is taken", nameof(name));
        }

        _entries.Add(new Entry(name, type, shape, write));
        return this;
    }

    private static long[] Shape(string name, long[] shape, int length)
    {
        long[] given = shape.Length == 0 ? [length] : shape;
        long count = 1;
        foreach (long dimension in given)
        {
            count = checked(count * dimension);
        }

        if (count != length || given.Any(dimension => dimension < 0))
        {
            throw new ArgumentException($"tensor {name}: shape {TensorInfo.ShapeText(given)} does not hold {length} values", nameof(shape));
        }

        return given;
    }

    private byte[] Header(Entry[] ordered)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (Metadata.Count > 0)
            {
                json.WriteStartObject(SafeTensorsFormat.MetadataKey);
                foreach ((string key, string value) in Metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (Entry entry in ordered)
            {
                offset = WriteEntry(json, entry, offset);
            }

            json.WriteEndObject();
        }

        while (buffer.Length % SafeTensorsFormat.Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, Entry entry, long begin)
    {
        long end = begin;
        long count = 1;
        json.WriteStartObject(entry.Name);
        json.WriteString(SafeTensorsFormat.TypeKey, entry.Type.ToString());
        json.WriteStartArray(SafeTensorsFormat.ShapeKey);
        foreach (long dimension in entry.Shape)
        {
            json.WriteNumberValue(dimension);
            count = checked(count * dimension);
        }

        json.WriteEndArray();
        end += count * TensorTypes.SizeOf(entry.Type);
        json.WriteStartArray(SafeTensorsFormat.OffsetsKey);
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }

    private static void WriteTable(Stream stream, string name, FactorTable table)
    {
        for (int row = 0; row < table.Rows; row++)
        {
            ReadOnlySpan<float> values = table.Row(row);
            int index = FiniteCheck.IndexOfNonFinite(values);
            if (index >= 0)
            {
                throw FiniteCheck.NotFinite(name, $"[{row}, {index}]", values[index]);
            }

            stream.Write(MemoryMarshal.AsBytes(values));
        }
    }

    private static void WriteVector(Stream stream, string name, ReadOnlySpan<float> values)
    {
        int index = FiniteCheck.IndexOfNonFinite(values);
        if (index >= 0)
        {
            throw FiniteCheck.NotFinite(name, $"[{index}]", values[index]);
        }

        WriteSlices(stream, values);
    }

    private static void WriteSlices<T>(Stream stream, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        // In slices of values: the bytes of a large array do not fit one span.
        const int SliceValues = 1 << 24;
        for (int start = 0; start < values.Length; start += SliceValues)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(SliceValues, values.Length - start))));
        }
    }

    private sealed record Entry(string Name, TensorType Type, long[] Shape, Action<Stream> Write);
}
