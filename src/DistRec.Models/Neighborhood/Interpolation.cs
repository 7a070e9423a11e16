namespace DistRec.Models.Neighborhood;

/// <summary>
/// The weights of <c>knn-interpolated</c>: θ ≥ 0 that minimizes θᵀAθ − 2aᵀθ, where a_j is the mean product of what users' ratings of the item and of a neighbour are off
/// their baselines, and A_jl that of two neighbours, each drawn to the mean of all such products where few users rated both (Bell, Koren, ICDM 2007, equations 8 to 13). Of pairs that are not
/// in each other's lists nothing more is known than that mean.
/// </summary>
internal static class Interpolation
{
    // Sweeps of coordinate descent; the matrix is small and its diagonal is heavy.
    private const int MaximumSweeps = 100;
    private const double Settled = 1e-5;

    private const int MarkWords = 32;
    private const int WordBits = 64;

    /// <summary>Finds the weights.</summary>
    /// <param name="shape">Where the parts of a list lie.</param>
    /// <param name="list">The item's list.</param>
    /// <param name="places">Which of it the user has rated, [k].</param>
    /// <param name="lists">Where the neighbours' lists are.</param>
    /// <param name="weights">Receives θ, [k].</param>
    public static void Solve(NeighborShape shape, ReadOnlySpan<float> list, ReadOnlySpan<int> places, IItemLists lists, Span<double> weights)
    {
        int count = places.Length;
        Span<int> items = stackalloc int[count];
        for (int index = 0; index < count; index++)
        {
            items[index] = (int)list[places[index]];
        }

        double[] products = new double[count * count];
        Fill(shape, list[shape.OwnProductStart + 1], items, lists, products);
        weights.Clear();
        double largest = 1e-30;
        for (int sweep = 0; sweep < MaximumSweeps; sweep++)
        {
            double moved = 0;
            for (int row = 0; row < count; row++)
            {
                ReadOnlySpan<double> of = products.AsSpan(row * count, count);
                double rest = list[shape.ProductsStart + places[row]];
                for (int column = 0; column < count; column++)
                {
                    rest -= column == row ? 0 : of[column] * weights[column];
                }

                double weight = of[row] > 0 ? Math.Max(0, rest / of[row]) : 0;
                moved = Math.Max(moved, Math.Abs(weight - weights[row]));
                largest = Math.Max(largest, weight);
                weights[row] = weight;
            }

            if (moved <= Settled * largest)
            {
                break;
            }
        }
    }

    private static void Fill(NeighborShape shape, float mean, ReadOnlySpan<int> items, IItemLists lists, double[] products)
    {
        int count = items.Length;
        products.AsSpan().Fill(mean);
        Span<int> sorted = stackalloc int[count];
        Span<int> rows = stackalloc int[count];
        items.CopyTo(sorted);
        for (int index = 0; index < count; index++)
        {
            rows[index] = index;
        }

        sorted.Sort(rows);

        // Most of a list is not among them: a bit each, by the low bits of its index, tells most of these at once.
        Span<ulong> marks = stackalloc ulong[MarkWords];
        marks.Clear();
        foreach (int item in items)
        {
            marks[item / WordBits % MarkWords] |= 1UL << (item % WordBits);
        }

        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<float> own = lists.ListOf(items[row]);
            products[(row * count) + row] = own[shape.OwnProductStart];
            for (int place = 0; place < shape.Length && own[place] >= 0; place++)
            {
                int other = float.ConvertToIntegerNative<int>(own[place]);
                if ((marks[other / WordBits % MarkWords] >> (other % WordBits) & 1) != 0 && sorted.BinarySearch(other) is >= 0 and var found)
                {
                    // What one of the two has of the other is enough.
                    int column = rows[found];
                    products[(row * count) + column] = products[(column * count) + row] = own[shape.ProductsStart + place];
                }
            }
        }
    }
}
