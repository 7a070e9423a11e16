using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Parquet;
using Parquet.Schema;

namespace DistRec.Cli.Batch;

/// <summary>Rows of answers, as columns. Every block of a file has the same columns.</summary>
/// <param name="Count">How many rows.</param>
/// <param name="Columns">The columns, each of <paramref name="Count"/> values.</param>
internal sealed record AnswerRows(int Count, IReadOnlyList<AnswerColumn> Columns);

/// <summary>One column of some rows, as each of the formats has it.</summary>
internal abstract class AnswerColumn(string name)
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>What Parquet calls it.</summary>
    public abstract DataField Field { get; }

    /// <summary>Adds a value as text, nothing where there is none.</summary>
    public abstract void AppendCsv(StringBuilder text, int row);

    /// <summary>Adds a value as JSON.</summary>
    public abstract void AppendJson(StringBuilder text, int row);

    /// <summary>Writes all values.</summary>
    public abstract Task WriteAsync(ParquetRowGroupWriter writer, DataField field);
}

/// <summary>Texts; null for none.</summary>
internal sealed class TextColumn(string name, string?[] values, bool isOptional = false) : AnswerColumn(name)
{
    public override DataField Field => new(Name, typeof(string), isOptional);

    public override void AppendCsv(StringBuilder text, int row)
    {
        string value = values[row] ?? "";
        bool isQuoted = value.AsSpan().ContainsAny(",\"\r\n") || (value.Length > 0 && (value[0] == ' ' || value[^1] == ' '));
        _ = isQuoted ? text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"') : text.Append(value);
    }

    public override void AppendJson(StringBuilder text, int row) => _ = values[row] is { } value
        ? text.Append('"').Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)).Append('"')
        : text.Append("null");

    public override Task WriteAsync(ParquetRowGroupWriter writer, DataField field) => writer.WriteAsync(field, values!);
}

/// <summary>Numbers, with all the digits that tell them from their neighbours.</summary>
internal sealed class NumberColumn<T>(string name, T[] values) : AnswerColumn(name)
    where T : struct, ISpanFormattable
{
    public override DataField Field => new DataField<T>(Name);

    public override void AppendCsv(StringBuilder text, int row) => text.Append(CultureInfo.InvariantCulture, $"{values[row]}");

    public override void AppendJson(StringBuilder text, int row) => AppendCsv(text, row);

    public override Task WriteAsync(ParquetRowGroupWriter writer, DataField field) => writer.WriteAsync<T>(field, values);
}

/// <summary>Numbers that some rows do not have.</summary>
internal sealed class OptionalNumberColumn<T>(string name, T?[] values) : AnswerColumn(name)
    where T : struct, ISpanFormattable
{
    public override DataField Field => new DataField<T?>(Name);

    public override void AppendCsv(StringBuilder text, int row) => text.Append(CultureInfo.InvariantCulture, $"{values[row]}");

    public override void AppendJson(StringBuilder text, int row) =>
        _ = values[row] is { } value ? text.Append(CultureInfo.InvariantCulture, $"{value}") : text.Append("null");

    public override Task WriteAsync(ParquetRowGroupWriter writer, DataField field) => writer.WriteAsync<T>(field, values);
}
