using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DistRec.Data;

/// <summary>
/// Ids of one side, as the text the data gave, and their dense indices 0, 1, 2, … in order of first appearance. Users and
/// items have a map each. Text is compared byte for byte: <c>007</c> and <c>7</c> are two ids.
/// </summary>
public sealed class IdMap
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IdTable _table;

    /// <summary>A map of the given ids, in their order.</summary>
    /// <exception cref="ArgumentException">An id stands twice, is not valid Unicode or is longer than 65,535 bytes.</exception>
    public IdMap(IEnumerable<string> ids)
        : this(new IdTable())
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (string id in ids)
        {
            int next = _table.Count;
            if (_table.GetOrAdd(StrictUtf8.GetBytes(id)) != next)
            {
                throw new ArgumentException($"id \"{id}\" stands twice", nameof(ids));
            }
        }
    }

    /// <summary>Takes over a table that nobody changes any more.</summary>
    internal IdMap(IdTable table)
    {
        _table = table;
        Ids = new IdList(table);
    }

    /// <summary>Number of ids.</summary>
    public int Count => _table.Count;

    /// <summary>All ids by index. Texts are made on demand, so keep what you read more than once.</summary>
    public IReadOnlyList<string> Ids { get; }

    internal IdTable Table => _table;

    /// <summary>The id of an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public string this[int index] => _table.Format(index);

    /// <summary>Finds the index of an id.</summary>
    public bool TryGetIndex([NotNullWhen(true)] string? id, out int index)
    {
        index = id is null || id.Length > IdTable.MaxTextLength ? -1 : _table.Find(Encoding.UTF8.GetBytes(id));
        return index >= 0;
    }

    /// <summary>A map of the ids "0" … "count − 1", as generated data has.</summary>
    public static IdMap Numbered(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var table = new IdTable();
        for (int index = 0; index < count; index++)
        {
            table.GetOrAddNumber((ulong)index);
        }

        return new IdMap(table);
    }

    /// <summary>Writes one id a line as UTF-8; a backslash, line feed or carriage return inside an id is escaped by a backslash.</summary>
    public void Save(Stream stream) => IdMapText.Save(this, stream);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InputException">The text is not such a map.</exception>
    public static IdMap Load(Stream stream) => IdMapText.Load(stream);

    private sealed class IdList(IdTable table) : IReadOnlyList<string>
    {
        public int Count => table.Count;

        public string this[int index] => table.Format(index);

        public IEnumerator<string> GetEnumerator()
        {
            for (int index = 0; index < table.Count; index++)
            {
                yield return table.Format(index);
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
