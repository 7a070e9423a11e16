using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistRec.Models.Persistence;

/// <summary>
/// Reads tensors of a safetensors file straight into their final arrays. The header is checked as a whole when the file is
/// opened, before anything is allocated for data; a tensor's type and shape when it is read.
/// </summary>
public sealed class SafeTensorsReader : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly long _dataStart;
    private readonly Dictionary<string, TensorInfo> _byName;

    /// <summary>Reads the header of a stream that can seek and takes the stream over.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="file">Its name for messages.</param>
    /// <exception cref="InputException">The file is not valid.</exception>
    public SafeTensorsReader(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafeTensorsFormat.RequireLittleEndian();
        _stream = stream;
        _file = file;
        byte[] header = ReadHeader();
        _dataStart = SafeTensorsFormat.LengthBytes + header.Length;
        (Tensors, Metadata) = SafeTensorsHeader.Parse(file, header, stream.Length - _dataStart);
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>All tensors in the order of their data.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The strings of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InputException">The file is missing, not readable or not valid.</exception>
    public static SafeTensorsReader Open(string path)
    {
        FileStream stream = FileErrors.Guard(path, "a readable file", () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes));
        try
        {
            return new SafeTensorsReader(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>Reads finite F32 values.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="shape">Expected dimensions; −1 accepts any.</param>
    /// <exception cref="InputException">The tensor is missing, of another type or shape, or holds NaN or an infinity.</exception>
    public float[] ReadSingles(string name, params long[] shape)
    {
        float[] values = Read<float>(Find(name, TensorType.F32, shape));
        int index = FiniteCheck.IndexOfNonFinite(values);
        return index < 0 ? values : throw NotFinite(name, $"[{index}]", values[index]);
    }

    /// <summary>Reads I32 values.</summary>
    public int[] ReadInt32s(string name, params long[] shape) => Read<int>(Find(name, TensorType.I32, shape));

    /// <summary>Reads I64 values.</summary>
    public long[] ReadInt64s(string name, params long[] shape) => Read<long>(Find(name, TensorType.I64, shape));

    /// <summary>Reads U8 values.</summary>
    public byte[] ReadBytes(string name, params long[] shape) => Read<byte>(Find(name, TensorType.U8, shape));

    /// <summary>Reads finite F32 [rows, rank] into a factor table, row by row, with the table's own padding.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="rows">Expected rows, or −1.</param>
    /// <param name="rank">Expected factors a row, or −1.</param>
    public FactorTable ReadTable(string name, long rows = -1, long rank = -1)
    {
        TensorInfo tensor = Find(name, TensorType.F32, [rows, rank]);
        if (tensor.Shape[1] == 0 || tensor.Shape[0] * FactorTable.StrideOf((int)Math.Min(tensor.Shape[1], int.MaxValue / 2)) > Array.MaxLength - FactorTable.Lanes)
        {
            throw InputException.At($"{_file}: tensor {name}", "a table of at least one factor and fewer than 2³¹ values", TensorInfo.ShapeText(tensor.Shape), "split the model");
        }

        var table = new FactorTable((int)tensor.Shape[0], (int)tensor.Shape[1]);
        Seek(tensor);
        for (int row = 0; row < table.Rows; row++)
        {
            Span<float> values = table.Row(row);
            Fill(name, MemoryMarshal.AsBytes(values));
            int index = FiniteCheck.IndexOfNonFinite(values);
            if (index >= 0)
            {
                throw NotFinite(name, $"[{row}, {index}]", values[index]);
            }
        }

        return table;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private byte[] ReadHeader()
    {
        const string NotSafeTensors = "the file is truncated or is not a safetensors file";
        if (_stream.Length < SafeTensorsFormat.LengthBytes)
        {
            throw InputException.At(_file, "at least 8 bytes of header length", $"{_stream.Length} bytes", NotSafeTensors);
        }

        Span<byte> lengthBytes = stackalloc byte[SafeTensorsFormat.LengthBytes];
        Fill("header", lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > SafeTensorsFormat.MaximumHeaderBytes)
        {
            throw InputException.At(_file, $"a header of at most {SafeTensorsFormat.MaximumHeaderBytes} bytes", $"{length} bytes: the header is too large", NotSafeTensors);
        }

        if ((long)length > _stream.Length - SafeTensorsFormat.LengthBytes)
        {
            throw InputException.At(_file, $"a header of {length} bytes", $"a truncated file of {_stream.Length} bytes", NotSafeTensors);
        }

        byte[] header = new byte[length];
        Fill("header", header);
        return header;
    }

    private TensorInfo Find(string name, TensorType type, long[] shape)
    {
        string place = $"{_file}: tensor {name}";
        const string Advice = "the file belongs to another model or was changed by hand";
        if (!_byName.TryGetValue(name, out TensorInfo? tensor))
        {
            throw InputException.At(place, $"{type} {TensorInfo.ShapeText(shape)}", $"only {string.Join(", ", _byName.Keys)}", Advice);
        }

        bool fits = tensor.Shape.Count == shape.Length && tensor.Shape.Zip(shape).All(pair => pair.Second < 0 || pair.First == pair.Second);
        return tensor.Type == type && fits
            ? tensor
            : throw InputException.At(place, $"{type} {TensorInfo.ShapeText(shape)}", $"{tensor.Type} {TensorInfo.ShapeText(tensor.Shape)}", Advice);
    }

    private T[] Read<T>(TensorInfo tensor)
        where T : unmanaged
    {
        if (tensor.Count > Array.MaxLength)
        {
            throw InputException.At($"{_file}: tensor {tensor.Name}", "fewer than 2³¹ values", $"{tensor.Count}", "split the model");
        }

        T[] values = new T[tensor.Count];
        Seek(tensor);

        // In slices of values: the bytes of a large array do not fit one span.
        const int SliceValues = 1 << 24;
        for (int start = 0; start < values.Length; start += SliceValues)
        {
            Fill(tensor.Name, MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(SliceValues, values.Length - start))));
        }

        return values;
    }

    private void Seek(TensorInfo tensor) => _stream.Position = _dataStart + tensor.Begin;

    private void Fill(string name, Span<byte> bytes)
    {
        int read = FileErrors.GuardRead(_file, _stream, bytes);
        if (read < bytes.Length)
        {
            throw InputException.At($"{_file}: tensor {name}", $"{bytes.Length} more bytes", $"{read}: the file is truncated", "copy or train it again");
        }
    }

    private InputException NotFinite(string name, string place, float value) =>
        InputException.At($"{_file}: tensor {name}{place}", "a finite number", value.ToString(), "the model diverged in training or the file is damaged; train it again");
}
