using System.Buffers;
using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace DistRec.Data;

/// <summary>
/// The rows of a Parquet file as text with tabs between the columns and their names in the first line, so that whatever reads text reads them. Columns of
/// lists and structures are passed over; a null is an empty field. Holds one row group at a time.
/// </summary>
internal sealed class ParquetText : IDisposable
{
    // Texts that no id is as long as: descriptions are not carried through.
    private const int LongestText = 1000;

    private readonly string _name;
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly ArrayBufferWriter<byte> _text = new();
    private Func<int, string?>[] _columns = [];
    private int _group;
    private int _row;
    private int _rows;
    private int _taken;

    /// <param name="file">At its beginning.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="InputException">The file is damaged, or has no columns to read.</exception>
    public ParquetText(Stream file, string name)
    {
        _name = name;
        _reader = Guard(() => ParquetReader.CreateAsync(file));
        _fields = [.. _reader.Schema.Fields.OfType<DataField>().Where(field => !field.IsArray)];
        if (_fields.Length == 0)
        {
            throw InputException.At(
                name, "a Parquet file with columns of user, item and rating", "none but of lists and structures", "write them as columns of their own");
        }

        AppendLine(column => _fields[column].Name);
    }

    /// <summary>Fills the buffer as far as the text reaches.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public int Read(Span<byte> buffer)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            if (_taken == _text.WrittenCount)
            {
                _text.ResetWrittenCount();
                _taken = 0;
                if (!TryAppendRow())
                {
                    break;
                }
            }

            ReadOnlySpan<byte> ready = _text.WrittenSpan[_taken..];
            ready = ready[..Math.Min(ready.Length, buffer.Length - length)];
            ready.CopyTo(buffer[length..]);
            length += ready.Length;
            _taken += ready.Length;
        }

        return length;
    }

    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private bool TryAppendRow()
    {
        while (_row == _rows)
        {
            if (_group == _reader.RowGroupCount)
            {
                return false;
            }

            using ParquetRowGroupReader group = _reader.OpenRowGroupReader(_group++);
            _rows = checked((int)group.RowCount);
            _columns = [.. _fields.Select(field => Guard(() => ReadAsync(group, field, _rows)))];
            _row = 0;
        }

        AppendLine(column => _columns[column](_row));
        _row++;
        return true;
    }

    private void AppendLine(Func<int, string?> textOf)
    {
        for (int column = 0; column < _fields.Length; column++)
        {
            _text.Write(column > 0 ? "\t"u8 : []);
            string text = textOf(column) ?? "";
            if (text.AsSpan().ContainsAny('\n', '\r') || text.Length > LongestText)
            {
                text = HeaderNames.RoleOf(_fields[column].Name) == ColumnRole.Ignored ? "" : throw InputException.At(
                    $"{_name}: column {_fields[column].Name}", $"texts of at most {LongestText} characters on one line",
                    "a longer one, or one with a line feed", "rename the column if it is no id");
            }

            if (text.AsSpan().ContainsAny('\t', '"') || (text.Length > 0 && (text[0] == ' ' || text[^1] == ' ')))
            {
                text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            }

            Encoding.UTF8.GetBytes(text, _text);
        }

        _text.Write("\n"u8);
    }

    private static Task<Func<int, string?>> ReadAsync(ParquetRowGroupReader group, DataField field, int rows) => Type.GetTypeCode(field.ClrType) switch
    {
        TypeCode.Boolean => ReadAsync<bool>(group, field, rows, value => value ? "true" : "false"),
        TypeCode.SByte => ReadNumbersAsync<sbyte>(group, field, rows),
        TypeCode.Byte => ReadNumbersAsync<byte>(group, field, rows),
        TypeCode.Int16 => ReadNumbersAsync<short>(group, field, rows),
        TypeCode.UInt16 => ReadNumbersAsync<ushort>(group, field, rows),
        TypeCode.Int32 => ReadNumbersAsync<int>(group, field, rows),
        TypeCode.UInt32 => ReadNumbersAsync<uint>(group, field, rows),
        TypeCode.Int64 => ReadNumbersAsync<long>(group, field, rows),
        TypeCode.UInt64 => ReadNumbersAsync<ulong>(group, field, rows),
        TypeCode.Single => ReadNumbersAsync<float>(group, field, rows),
        TypeCode.Double => ReadNumbersAsync<double>(group, field, rows),
        TypeCode.Decimal => ReadNumbersAsync<decimal>(group, field, rows),
        TypeCode.DateTime => ReadAsync<DateTime>(group, field, rows, value => value.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
        _ when field.ClrType == typeof(DateOnly) => ReadAsync<DateOnly>(group, field, rows, value => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        _ when field.ClrType == typeof(Guid) => ReadAsync<Guid>(group, field, rows, value => value.ToString()),
        _ when field.ClrType == typeof(ReadOnlyMemory<char>) || field.ClrType == typeof(string) => ReadTextsAsync(group, field, rows),
        _ when field.ClrType == typeof(ReadOnlyMemory<byte>) || field.ClrType == typeof(byte[]) => ReadBytesAsync(group, field, rows),
        _ => Task.FromResult<Func<int, string?>>(_ => null),
    };

    private static Task<Func<int, string?>> ReadNumbersAsync<T>(ParquetRowGroupReader group, DataField field, int rows)
        where T : struct, IFormattable => ReadAsync<T>(group, field, rows, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static async Task<Func<int, string?>> ReadAsync<T>(ParquetRowGroupReader group, DataField field, int rows, Func<T, string> format)
        where T : struct
    {
        if (field.IsNullable)
        {
            T?[] some = new T?[rows];
            await group.ReadAsync<T>(field, some.AsMemory());
            return row => some[row] is { } value ? format(value) : null;
        }

        T[] all = new T[rows];
        await group.ReadAsync<T>(field, all.AsMemory());
        return row => format(all[row]);
    }

    private static async Task<Func<int, string?>> ReadTextsAsync(ParquetRowGroupReader group, DataField field, int rows)
    {
        string?[] texts = new string?[rows];
        await group.ReadAsync(field, texts.AsMemory());
        return row => texts[row];
    }

    private static async Task<Func<int, string?>> ReadBytesAsync(ParquetRowGroupReader group, DataField field, int rows)
    {
        byte[]?[] texts = new byte[]?[rows];
        await group.ReadAsync(field, texts.AsMemory());
        return row => texts[row] is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
    }

    // The library throws whatever a damaged file makes it stumble over.
    private T Guard<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
#pragma warning disable CA1031
        catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
        {
            throw new InputException(
                $"{_name}: expected a whole Parquet file, found a damaged one or one that is written in an unknown way ({error.Message.TrimEnd('.')}); "
                + "write it again",
                error);
        }
#pragma warning restore CA1031
    }
}
