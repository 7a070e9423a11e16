namespace DistRec.Data;

/// <summary>One named block of features before those that training never meets are left out.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="Names">What the features are called; null where nothing but the index tells.</param>
/// <param name="Values">[entities, features].</param>
internal sealed record FeatureSource(string Name, IReadOnlyList<string>? Names, RatingMatrix Values)
{
    /// <summary>What the features are made of; null where nothing asks for it.</summary>
    public FeatureKind? Kind { get; init; }

    /// <summary>What hashing knows a feature by; null for its index.</summary>
    public IdMap? Ids { get; init; }

    /// <summary>An indicator of each entity, and after them entities without.</summary>
    public static FeatureSource Indicator(string name, int count, IReadOnlyList<string>? names = null, int without = 0)
    {
        long[] starts = new long[count + without + 1];
        int[] columns = new int[count];
        for (int entity = 0; entity < count; entity++)
        {
            starts[entity] = columns[entity] = entity;
        }

        starts.AsSpan(count).Fill(count);
        float[] values = new float[count];
        values.AsSpan().Fill(1);
        return new FeatureSource(name, names, new RatingMatrix(count, starts, columns, values));
    }

    /// <summary>The text that hashing knows a feature by.</summary>
    public string Value(int feature) => Names?[feature] ?? Ids?[feature] ?? feature.ToString();
}

/// <summary>What becomes a relation block: the features of one kind of entity, and which entity each row has.</summary>
/// <param name="Name">Name of the block.</param>
/// <param name="Entity">Whose features.</param>
/// <param name="Sources">At least one.</param>
/// <param name="Train">Entity of each training row.</param>
/// <param name="Validation">Entity of each validation row; null for no such part.</param>
/// <param name="Test">Entity of each test row; null for no such part.</param>
internal sealed record EntitySource(string Name, RelationEntity Entity, IReadOnlyList<FeatureSource> Sources, int[] Train, int[]? Validation, int[]? Test)
{
    /// <summary>See <see cref="FeatureData.Present"/>.</summary>
    public int[]? Present { get; init; }

    /// <summary>Which entities training rows have, [entities].</summary>
    public bool[] Trained()
    {
        bool[] trained = new bool[Sources[0].Values.RowCount];
        foreach (int entity in Train)
        {
            trained[entity] = true;
        }

        return trained;
    }
}
