namespace DistRec.Data;

/// <summary>One of the categories that rows consist of, such as users, items or tags.</summary>
/// <param name="Name">Name of the group and of the relation block.</param>
/// <param name="Count">How many values there are; they are numbered from 0.</param>
/// <param name="Entity">Whose values these are.</param>
public sealed record CategoryColumn(string Name, int Count, RelationEntity Entity = RelationEntity.Context)
{
    /// <summary>What the values are called; null where the number alone tells.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}

/// <summary>Rows of categories.</summary>
/// <param name="Values">[columns][rows]: the number of the value; −1 for none, but in a ranked column.</param>
/// <param name="Targets">y, [rows].</param>
public sealed record CategoryRows(IReadOnlyList<int[]> Values, float[] Targets);

/// <summary>
/// Makes features of tuples of categories, an indicator each: triples of user, item and tag make pairwise interaction tensor factorization (PITF) of a
/// factorization machine, triples of user, item and last item a factorized personalized Markov chain (FPMC) (Rendle, "Factorization
/// machines", ICDM 2010, section V).
/// </summary>
public static class CategoryEncoder
{
    /// <summary>Encodes rows; values that no training row has are left out.</summary>
    /// <param name="columns">At least one.</param>
    /// <param name="train">Sorted here by all columns in their order, but by the ranked one last.</param>
    /// <param name="validation">In the order given; null for none.</param>
    /// <param name="test">In the order given; null for none.</param>
    /// <param name="ranked">
    /// The column whose values are ranked: rows that agree in all others are a run, whose values are no negatives of each other. −1 for none.
    /// </param>
    /// <exception cref="ArgumentException">Shapes do not fit together, or a number is out of range.</exception>
    public static FeatureData Encode(IReadOnlyList<CategoryColumn> columns, CategoryRows train, CategoryRows? validation = null, CategoryRows? test = null, int ranked = -1)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranked, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ranked, columns.Count);
        foreach (CategoryRows part in new[] { train, validation, test }.OfType<CategoryRows>())
        {
            Validate(columns, part, ranked);
        }

        int[] keys = [.. Enumerable.Range(0, columns.Count).Where(column => column != ranked)];
        int[] order = Sorted(train, ranked < 0 ? keys : [.. keys, ranked]);
        bool[] mayBeNone = [.. columns.Select((_, column) => new[] { train, validation, test }.Any(part => part is not null && part.Values[column].Contains(-1)))];
        EntitySource[] entities =
        [
            .. columns.Select((column, index) => new EntitySource(
                column.Name,
                column.Entity,
                [FeatureSource.Indicator(column.Name, column.Count, column.Names, without: mayBeNone[index] ? 1 : 0)],
                Rows([.. order.Select(row => train.Values[index][row])], column.Count),
                validation is null ? null : Rows(validation.Values[index], column.Count),
                test is null ? null : Rows(test.Values[index], column.Count))),
        ];
        float[] targets = [.. order.Select(row => train.Targets[row])];
        return FeatureAssembler.Assemble(entities, (targets, validation?.Targets, test?.Targets), hashBits: null) with
        {
            RankedBlock = ranked,
            Runs = ranked < 0 ? null : Runs(entities, keys, order.Length),
        };
    }

    // Where a part has rows without a value, the row after all values is empty.
    private static int[] Rows(int[] values, int count) => Array.ConvertAll(values, value => value < 0 ? count : value);

    private static int[] Sorted(CategoryRows rows, int[] keys)
    {
        int[] order = [.. Enumerable.Range(0, rows.Targets.Length)];
        Array.Sort(order, (left, right) =>
        {
            foreach (int key in keys)
            {
                int compared = rows.Values[key][left].CompareTo(rows.Values[key][right]);
                if (compared != 0)
                {
                    return compared;
                }
            }

            return left.CompareTo(right);
        });
        return order;
    }

    private static int[] Runs(EntitySource[] entities, int[] keys, int rows) =>
    [
        .. Enumerable.Range(0, rows).Where(row => row == 0 || keys.Any(key => entities[key].Train[row] != entities[key].Train[row - 1])),
        rows,
    ];

    private static void Validate(IReadOnlyList<CategoryColumn> columns, CategoryRows rows, int ranked)
    {
        if (rows.Values.Count != columns.Count || rows.Values.Any(values => values.Length != rows.Targets.Length))
        {
            throw new ArgumentException($"expected {columns.Count} columns of {rows.Targets.Length} rows", nameof(rows));
        }

        for (int column = 0; column < columns.Count; column++)
        {
            if (rows.Values[column].AsSpan().ContainsAnyExceptInRange(column == ranked ? 0 : -1, columns[column].Count - 1))
            {
                throw new ArgumentException($"{columns[column].Name}: expected numbers of 0 to {columns[column].Count - 1}{(column == ranked ? "" : ", or −1 for none")}", nameof(rows));
            }
        }
    }
}
