using System.Text;
using System.Text.Json;

namespace DistRec.Serving.Events.Import;

/// <summary>Reads the rows of one form of text.</summary>
internal interface IEventParser
{
    /// <summary>Reads a row.</summary>
    /// <param name="line">The line; UTF-8.</param>
    /// <param name="fields">Takes what it says.</param>
    /// <returns>Why it cannot be read; null where it can.</returns>
    string? Parse(ReadOnlySpan<byte> line, EventFields fields);
}

/// <summary>Rows of comma-separated values, whose columns the first line names. A field may be quoted; one that is empty says nothing.</summary>
internal sealed class CsvEventParser : IEventParser
{
    /// <summary>A first line.</summary>
    public const string Example = "kind,user,item,value,time";

    private readonly string[] _columns;

    private CsvEventParser(string[] columns) => _columns = columns;

    /// <summary>Reads the first line.</summary>
    /// <exception cref="InputException">It does not name the columns.</exception>
    public static CsvEventParser OfHeader(string place, ReadOnlySpan<byte> line)
    {
        Span<Range> fields = stackalloc Range[EventFields.Names.Count];
        int count = FieldSplitter.Split(line, Separator.Comma, fields);
        List<string> columns = [];
        foreach (Range field in fields[..Math.Min(count, fields.Length)])
        {
            columns.Add(Encoding.UTF8.GetString(FieldSplitter.Unquote(line[field])));
        }

        string[] required = ["kind", "user", "item"];
        return count <= fields.Length && required.All(columns.Contains) && columns.All(EventFields.Names.Contains) && columns.Distinct().Count() == count
            ? new CsvEventParser([.. columns])
            : throw InputException.At(
                $"{place}, line 1",
                $"names of columns, kind, user and item among them, from {string.Join(", ", EventFields.Names)}",
                FieldParser.Show(line),
                $"begin with a line such as {Example}");
    }

    public string? Parse(ReadOnlySpan<byte> line, EventFields fields)
    {
        Span<Range> ranges = stackalloc Range[_columns.Length];
        int count = FieldSplitter.Split(line, Separator.Comma, ranges);
        if (count != _columns.Length)
        {
            return $"expected {_columns.Length} columns, found {count}";
        }

        string? wrong = null;
        for (int column = 0; column < count && wrong is null; column++)
        {
            ReadOnlySpan<byte> field = FieldSplitter.Unquote(line[ranges[column]]);
            wrong = field.IsEmpty ? null : fields.Set(_columns[column], Encoding.UTF8.GetString(field));
        }

        return wrong;
    }
}

/// <summary>Rows that are JSON objects of texts and numbers. Null says nothing.</summary>
internal sealed class JsonEventParser : IEventParser
{
    public string? Parse(ReadOnlySpan<byte> line, EventFields fields)
    {
        Utf8JsonReader json = new(line);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                return EventFields.Wrong("the row", "a JSON object", Encoding.UTF8.GetString(line));
            }

            string? wrong = null;
            while (wrong is null && json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                wrong = json.TokenType switch
                {
                    JsonTokenType.String => fields.Set(name, json.GetString()!),
                    JsonTokenType.Number => fields.Set(name, Encoding.UTF8.GetString(json.ValueSpan)),
                    JsonTokenType.Null when EventFields.Names.Contains(name) => null,
                    _ => EventFields.Wrong(name, "a text or a number", json.TokenType.ToString()),
                };
            }

            // What stands behind the object is refused by the reader.
            return wrong ?? (json.Read() ? "expected one JSON object, found more" : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return $"expected a JSON object, found something else: {exception.Message.TrimEnd('.')}";
        }
    }
}
