namespace DistRec.Oracles;

/// <summary>
/// A factorization machine as its definition states it, in float64 and without a thought of speed: w₀ + Σ_j w_j x_j + Σ_{m=2..d} Σ over
/// all sets of m features of Σ_f Π_{j in the set} v_jf x_j, a v of its own for every m.
/// </summary>
/// <param name="features">Number of features.</param>
/// <param name="rank">k.</param>
/// <param name="order">d.</param>
public sealed class NaiveFm(int features, int rank, int order)
{
    /// <summary>w₀, then w, then v of order 2, 3, … feature by feature.</summary>
    public double[] Values { get; } = new double[1 + (features * (1 + (rank * (order - 1))))];

    /// <summary>Where w of a feature stands in <see cref="Values"/>; w₀ is the first.</summary>
    public static int Weight(int feature) => 1 + feature;

    /// <summary>Where v of a feature stands in <see cref="Values"/>.</summary>
    public int Factor(int ofOrder, int feature, int factor) => 1 + features + ((((ofOrder - 2) * features) + feature) * rank) + factor;

    /// <summary>ŷ.</summary>
    public double Predict(IReadOnlyList<(int Feature, double Value)> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        double score = Values[0] + row.Sum(one => Values[Weight(one.Feature)] * one.Value);
        for (int m = 2; m <= order; m++)
        {
            foreach (int[] set in SetsOf(row.Count, m))
            {
                for (int f = 0; f < rank; f++)
                {
                    score += set.Aggregate(1.0, (product, index) => product * Term(row, m, index, f));
                }
            }
        }

        return score;
    }

    /// <summary>∂ŷ/∂θ for all of <see cref="Values"/>.</summary>
    public double[] Gradient(IReadOnlyList<(int Feature, double Value)> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        double[] gradient = new double[Values.Length];
        gradient[0] = 1;
        foreach ((int feature, double value) in row)
        {
            gradient[Weight(feature)] = value;
        }

        for (int m = 2; m <= order; m++)
        {
            foreach (int[] set in SetsOf(row.Count, m))
            {
                foreach (int index in set)
                {
                    for (int f = 0; f < rank; f++)
                    {
                        gradient[Factor(m, row[index].Feature, f)] += row[index].Value
                            * set.Where(other => other != index).Aggregate(1.0, (product, other) => product * Term(row, m, other, f));
                    }
                }
            }
        }

        return gradient;
    }

    /// <summary>The values that a row touches, w₀ apart: those of its features.</summary>
    public IEnumerable<int> Touched(IEnumerable<int> ofFeatures)
    {
        foreach (int feature in ofFeatures)
        {
            yield return Weight(feature);
            for (int m = 2; m <= order; m++)
            {
                for (int f = 0; f < rank; f++)
                {
                    yield return Factor(m, feature, f);
                }
            }
        }
    }

    /// <summary>Whether a value is a factor v, and no weight.</summary>
    public bool IsFactor(int index) => index > features;

    // All ascending sets of so many indices.
    private static IEnumerable<int[]> SetsOf(int count, int size)
    {
        if (size == 0)
        {
            yield return [];
            yield break;
        }

        for (int last = size - 1; last < count; last++)
        {
            foreach (int[] rest in SetsOf(last, size - 1))
            {
                yield return [.. rest, last];
            }
        }
    }

    private double Term(IReadOnlyList<(int Feature, double Value)> row, int m, int index, int f) =>
        Values[Factor(m, row[index].Feature, f)] * row[index].Value;
}
