namespace DistRec.Data;

/// <summary>
/// Puts sources together: indices for the features that training rows have, relation blocks over them, rows that refer to these. The features of a
/// relation block are neighbours.
/// </summary>
internal static class FeatureAssembler
{
    /// <param name="entities">At least one.</param>
    /// <param name="targets">Targets of the training, validation and test rows; null for no such part.</param>
    /// <param name="hashBits">See <see cref="FeatureOptions.HashBits"/>.</param>
    public static FeatureData Assemble(IReadOnlyList<EntitySource> entities, (float[] Train, float[]? Validation, float[]? Test) targets, int? hashBits)
    {
        (FeatureSpace space, List<int[][]> indices) = hashBits is { } bits ? FeatureHash.Index(entities, bits) : Index(entities);
        RelationBlock[] blocks =
        [
            .. entities.Select((entity, block) => new RelationBlock(entity.Name, entity.Entity, Combine(entity.Sources, indices[block], space.Count, hashBits is not null))),
        ];
        return new FeatureData(
            space,
            new FeatureRows(targets.Train, blocks, [.. entities.Select(entity => entity.Train)]),
            targets.Validation is null ? null : new FeatureRows(targets.Validation, blocks, [.. entities.Select(entity => entity.Validation!)]),
            targets.Test is null ? null : new FeatureRows(targets.Test, blocks, [.. entities.Select(entity => entity.Test!)]))
        {
            Labels = hashBits is not null ? [] :
            [
                .. entities.SelectMany((entity, block) => entity.Sources.Select((source, index) => LabelsOf(source, indices[block][index]))),
            ],
            Present = [.. entities.Select(entity => entity.Present)],
        };
    }

    private static Func<int, string> LabelsOf(FeatureSource source, int[] map)
    {
        int[] kept = [.. Enumerable.Range(0, map.Length).Where(feature => map[feature] >= 0)];
        return place => source.Value(kept[place]);
    }

    // Parameters that no training row moves would be noise in the rows that have them: their features get no index.
    private static (FeatureSpace Space, List<int[][]> Indices) Index(IReadOnlyList<EntitySource> entities)
    {
        List<FeatureGroup> groups = [];
        List<int[][]> indices = [];
        int next = 0;
        foreach (EntitySource entity in entities)
        {
            bool[] trained = entity.Trained();
            indices.Add([.. entity.Sources.Select(source =>
            {
                int first = next;
                int[] map = Keep(source.Values, trained, ref next);
                groups.Add(new FeatureGroup(source.Name, first, next - first)
                {
                    Names = source.Names is { } names ? [.. Enumerable.Range(0, map.Length).Where(feature => map[feature] >= 0).Select(feature => names[feature])] : null,
                    Origin = source.Kind is { } kind ? new FeatureOrigin(entity.Entity, kind) : null,
                });
                return map;
            })]);
        }

        return (new FeatureSpace(groups), indices);
    }

    // The index of each feature, and −1 for those that no trained entity has.
    private static int[] Keep(RatingMatrix values, bool[] trained, ref int next)
    {
        int[] map = new int[values.ColumnCount];
        map.AsSpan().Fill(-1);
        for (int entity = 0; entity < trained.Length; entity++)
        {
            if (trained[entity])
            {
                foreach (int feature in values.RowColumns(entity))
                {
                    map[feature] = 0;
                }
            }
        }

        for (int feature = 0; feature < map.Length; feature++)
        {
            if (map[feature] == 0)
            {
                map[feature] = checked(next++);
            }
        }

        return map;
    }

    /// <summary>Puts the features of all sources into the rows of one block.</summary>
    /// <param name="sources">At least one, all of the same entities.</param>
    /// <param name="indices">Of each source the index of every feature; −1 for those that are left out.</param>
    /// <param name="features">Number of features in all.</param>
    /// <param name="mayCollide">Whether features may share an index: they are added up then.</param>
    public static RatingMatrix Combine(IReadOnlyList<FeatureSource> sources, int[][] indices, int features, bool mayCollide)
    {
        int entities = sources[0].Values.RowCount;
        int most = checked((int)sources.Sum(source => source.Values.Count));
        int[] columns = new int[most];
        float[] values = new float[most];
        long[] starts = new long[entities + 1];
        int length = 0;
        for (int entity = 0; entity < entities; entity++)
        {
            int start = length;
            for (int source = 0; source < indices.Length; source++)
            {
                RatingMatrix matrix = sources[source].Values;
                int[] map = indices[source];
                ReadOnlySpan<int> rowColumns = matrix.RowColumns(entity);
                ReadOnlySpan<float> rowValues = matrix.RowValues(entity);
                for (int t = 0; t < rowColumns.Length; t++)
                {
                    int index = map[rowColumns[t]];
                    columns[length] = index;
                    values[length] = rowValues[t];
                    length += index >= 0 ? 1 : 0;
                }
            }

            if (mayCollide)
            {
                length = start + FeatureHash.AddUp(columns.AsSpan(start..length), values.AsSpan(start..length));
            }

            starts[entity + 1] = length;
        }

        return new RatingMatrix(features, starts, length == most ? columns : columns[..length], length == most ? values : values[..length]);
    }
}
