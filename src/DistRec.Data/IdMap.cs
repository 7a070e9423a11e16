using System.Diagnostics.CodeAnalysis;

namespace DistRec.Data;

/// <summary>
/// Ids of one side, as the text the data gave, and their dense indices 0, 1, 2, … in order of first appearance. Users and
/// items have a map each. Text is compared byte for byte: <c>007</c> and <c>7</c> are two ids.
/// </summary>
public sealed class IdMap
{
    private readonly List<string> _ids;
    private readonly Dictionary<string, int> _indices;

    public IdMap(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _ids = [.. ids];
        _indices = new Dictionary<string, int>(_ids.Count, StringComparer.Ordinal);
        for (int index = 0; index < _ids.Count; index++)
        {
            if (!_indices.TryAdd(_ids[index], index))
            {
                throw new ArgumentException($"id \"{_ids[index]}\" stands twice", nameof(ids));
            }
        }
    }

    /// <summary>Number of ids.</summary>
    public int Count => _ids.Count;

    /// <summary>All ids by index.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>The id of an index.</summary>
    public string this[int index] => _ids[index];

    /// <summary>Finds the index of an id.</summary>
    public bool TryGetIndex([NotNullWhen(true)] string? id, out int index)
    {
        if (id is not null && _indices.TryGetValue(id, out index))
        {
            return true;
        }

        index = -1;
        return false;
    }

    /// <summary>A map of the ids "0" … "count − 1", as generated data has.</summary>
    public static IdMap Numbered(int count) => new(Enumerable.Range(0, count).Select(index => index.ToString()));
}
