namespace DistRec.Data;

/// <summary>Collects the values of one column of a side file, whose lines may come in any order.</summary>
internal sealed class SideColumnBuilder(string name, int entities, FeatureKind kind)
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly List<(int Entity, int Code, float Number)> _values = [];
    private readonly bool _isNumber = kind == FeatureKind.Number;
    private int _last = -1;

    public string Name => name;

    public void Add(int entity, string value)
    {
        if (!_codes.TryGetValue(value, out int code))
        {
            _codes.Add(value, code = _codes.Count);
        }

        _values.Add((entity, code, 0));
        _last = entity;
    }

    public void Add(int entity, float number) => _values.Add((entity, 0, number));

    /// <summary>Whether the line that is being read has a value already.</summary>
    public bool Has(int entity) => _last == entity;

    public SideColumn Build()
    {
        string[] names = _isNumber ? [name] : [.. _codes.Keys.Order(StringComparer.Ordinal)];
        int[] ranks = new int[_codes.Count];
        if (!_isNumber)
        {
            for (int rank = 0; rank < names.Length; rank++)
            {
                ranks[_codes[names[rank]]] = rank;
            }
        }

        // A value that a line has twice counts once.
        (int Entity, int Code, float Number)[] sorted =
            [.. _values.Select(value => value with { Code = _isNumber ? 0 : ranks[value.Code] }).Distinct().Order()];
        long[] starts = new long[entities + 1];
        foreach ((int entity, _, _) in sorted)
        {
            starts[entity + 1]++;
        }

        for (int entity = 0; entity < entities; entity++)
        {
            starts[entity + 1] += starts[entity];
        }

        float[] weights = [.. sorted.Select(value => _isNumber ? value.Number : 1f / (starts[value.Entity + 1] - starts[value.Entity]))];
        RatingMatrix rows = new(names.Length, starts, [.. sorted.Select(value => value.Code)], weights);
        return new SideColumn(name, names, rows) { Kind = kind };
    }
}
