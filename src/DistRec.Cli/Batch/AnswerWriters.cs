using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace DistRec.Cli.Batch;

/// <summary>How answers are written.</summary>
internal enum AnswerFormat
{
    Csv,
    JsonLines,
    Parquet,
}

/// <summary>Writes rows, block by block; one thread at a time. Disposing ends the text, unless nothing was written.</summary>
internal interface IAnswerWriter : IAsyncDisposable
{
    Task WriteAsync(AnswerRows rows);
}

/// <summary>CSV with a line of names, or an object of JSON a line.</summary>
internal sealed class TextAnswers(TextWriter writer, AnswerFormat format) : IAnswerWriter
{
    private readonly StringBuilder _text = new();
    private bool _hasNames;

    public async Task WriteAsync(AnswerRows rows)
    {
        _text.Clear();
        if (format == AnswerFormat.Csv && !_hasNames)
        {
            _text.AppendJoin(',', rows.Columns.Select(column => column.Name)).Append('\n');
        }

        _hasNames = true;
        for (int row = 0; row < rows.Count; row++)
        {
            Append(rows, row);
        }

        await writer.WriteAsync(_text);
    }

    public async ValueTask DisposeAsync() => await writer.FlushAsync();

    private void Append(AnswerRows rows, int row)
    {
        for (int index = 0; index < rows.Columns.Count; index++)
        {
            AnswerColumn column = rows.Columns[index];
            if (format == AnswerFormat.Csv)
            {
                _ = index > 0 ? _text.Append(',') : _text;
                column.AppendCsv(_text, row);
            }
            else
            {
                _text.Append(index > 0 ? ',' : '{').Append(CultureInfo.InvariantCulture, $"\"{column.Name}\":");
                column.AppendJson(_text, row);
            }
        }

        _text.Append(format == AnswerFormat.Csv ? "\n" : "}\n");
    }
}

/// <summary>A Parquet file with a row group for each block.</summary>
internal sealed class ParquetAnswers(Stream stream) : IAnswerWriter
{
    private ParquetWriter? _writer;
    private DataField[] _fields = [];

    public async Task WriteAsync(AnswerRows rows)
    {
        if (_writer is null)
        {
            ParquetSchema schema = new([.. rows.Columns.Select(column => column.Field)]);
            _fields = schema.DataFields;
            _writer = await ParquetWriter.CreateAsync(schema, stream);
        }

        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        for (int index = 0; index < _fields.Length; index++)
        {
            await rows.Columns[index].WriteAsync(group, _fields[index]);
        }

        group.CompleteValidate();
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }
    }
}
