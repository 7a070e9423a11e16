using System.Runtime.InteropServices;

namespace DistRec.Data;

/// <summary>
/// Makes the products of features features of their own, which a polynomial support vector machine is linear in (Rendle, "Factorization machines",
/// ICDM 2010, section V).
/// </summary>
public static class PairExpansion
{
    /// <summary>Most features of a row whose pairs are taken.</summary>
    public const int MaxFeatures = 200;

    private const string Single = "single";
    private const string Pair = "pair";
    private const char Between = ' ';

    /// <summary>
    /// Rows of a group <c>single</c>, the features as they are, and with degree 2 a group <c>pair</c>: x_i x_j for every i ≤ j that a training row
    /// has both of, ordered by i and then j. Each row is an entity of its own. Where all features have names, singles keep theirs, and pairs have both, parted by a space.
    /// </summary>
    /// <param name="data">Any learning problem; its relation blocks are written out.</param>
    /// <param name="degree">1 or 2.</param>
    /// <exception cref="InputException">A row has more than <see cref="MaxFeatures"/> features, all rows together have more than an array holds, or there are 2³¹ pairs or more.</exception>
    public static FeatureData Expand(FeatureData data, int degree) => Expand(data, degree, Array.MaxLength);

    internal static FeatureData Expand(FeatureData data, int degree, long most)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNotEqual(degree is 1 or 2, true, nameof(degree));
        int singles = data.Space.Count;
        FeatureRows[] parts = [.. new[] { data.Train, data.Validation, data.Test }.OfType<FeatureRows>()];
        Refuse(parts, degree, most);
        Dictionary<long, int> pairs = degree == 1 ? [] : PairsOf(data.Train, singles);
        string[]? names = data.Space.Groups.All(group => group.Names is not null) ? [.. data.Space.Groups.SelectMany(group => group.Names!)] : null;
        FeatureGroup single = new(Single, 0, singles) { Names = names };
        FeatureGroup[] groups = degree == 1 ? [single] :
        [
            single,
            new FeatureGroup(Pair, singles, pairs.Count)
            {
                Names = names is null ? null : [.. pairs.OrderBy(pair => pair.Value).Select(pair => $"{names[pair.Key / singles]}{Between}{names[pair.Key % singles]}")],
            },
        ];
        RowPart Expanded(FeatureRows rows) => PairExpansion.Expanded(rows, singles, degree, pairs);
        return RowBlock.Join(
            new FeatureSpace(groups),
            Expanded(data.Train),
            data.Validation is null ? null : Expanded(data.Validation),
            data.Test is null ? null : Expanded(data.Test));
    }

    /// <summary>Rows over the singles of a space with its pairs, where it has any; as they are over another space.</summary>
    /// <exception cref="InputException">A row has too many features to take pairs of.</exception>
    internal static FeatureRows ExpandOnto(FeatureRows rows, FeatureSpace space)
    {
        if (space.Groups is not [{ Name: Single, Names: { } singles }, { Name: Pair, Names: { } names }])
        {
            return rows;
        }

        Refuse([rows], 2, Array.MaxLength);
        Dictionary<string, int> numbers = [];
        for (int single = 0; single < singles.Count; single++)
        {
            numbers[singles[single]] = single;
        }

        Dictionary<long, int> pairs = [];
        for (int pair = 0; pair < names.Count; pair++)
        {
            string[] both = names[pair].Split(Between);
            if (both.Length == 2 && numbers.TryGetValue(both[0], out int i) && numbers.TryGetValue(both[1], out int j))
            {
                pairs[((long)i * singles.Count) + j] = pair;
            }
        }

        RowPart part = Expanded(rows, singles.Count, 2, pairs);
        RelationBlock block = rows.Blocks[0] with { Rows = new RatingMatrix(space.Count, part.Rows.RowStarts, part.Rows.Columns, part.Rows.Values) };
        return new FeatureRows(part.Targets, [block], rows.BlockRows);
    }

    private static void Refuse(FeatureRows[] parts, int degree, long most)
    {
        long total = 0;
        foreach (FeatureRows rows in parts)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                long length = rows.LengthOf(row);
                if (degree == 2 && length > MaxFeatures)
                {
                    throw InputException.At("degree 2", $"rows of at most {MaxFeatures} features", $"row {row} with {length:N0}", "leave out blocks such as other-items, or use degree 1");
                }

                total += Needed(length, degree);
            }
        }

        if (total > most)
        {
            throw InputException.At($"degree {degree}", $"at most {most:N0} features of all rows together", $"{total:N0}", degree == 2 ? "use degree 1, or fewer rows" : "use fewer rows");
        }
    }

    private static long Needed(long length, int degree) => degree == 1 ? length : length + (length * (length + 1) / 2);

    // The number of each pair that training rows have, by i · singles + j.
    private static Dictionary<long, int> PairsOf(FeatureRows rows, int singles)
    {
        Dictionary<long, int> pairs = [];
        int[] features = new int[rows.MaxRowLength()];
        float[] values = new float[features.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            int length = rows.Gather(row, features, values);
            for (int i = 0; i < length; i++)
            {
                for (int j = i; j < length; j++)
                {
                    pairs.TryAdd(((long)features[i] * singles) + features[j], 0);
                }
            }
        }

        if (singles + (long)pairs.Count > int.MaxValue)
        {
            throw InputException.At("degree 2", $"at most {int.MaxValue:N0} features and pairs", $"{singles + (long)pairs.Count:N0}", "leave out blocks, or use degree 1");
        }

        int next = 0;
        foreach (long key in pairs.Keys.Order().ToArray())
        {
            CollectionsMarshal.GetValueRefOrNullRef(pairs, key) = next++;
        }

        return pairs;
    }

    private static RowPart Expanded(FeatureRows rows, int singles, int degree, Dictionary<long, int> pairs)
    {
        int longest = rows.MaxRowLength();
        int[] features = new int[longest];
        float[] values = new float[longest];
        int most = checked((int)Enumerable.Range(0, rows.Count).Sum(row => Needed(rows.LengthOf(row), degree)));
        int[] columns = new int[most];
        float[] products = new float[most];
        long[] starts = new long[rows.Count + 1];
        int next = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int length = rows.Gather(row, features, values);
            features.AsSpan(0, length).CopyTo(columns.AsSpan(next));
            values.AsSpan(0, length).CopyTo(products.AsSpan(next));
            next += length;
            for (int i = 0; i < length && degree == 2; i++)
            {
                for (int j = i; j < length; j++)
                {
                    if (pairs.TryGetValue(((long)features[i] * singles) + features[j], out int pair))
                    {
                        columns[next] = singles + pair;
                        products[next] = values[i] * values[j];
                        next++;
                    }
                }
            }

            starts[row + 1] = next;
        }

        return new RowPart(new RatingMatrix(singles + pairs.Count, starts, columns[..next], products[..next]), rows.Targets);
    }
}
