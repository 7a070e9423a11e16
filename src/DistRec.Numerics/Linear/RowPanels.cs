using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// The rows of a table by sixteens, column after column, [panels, rank, 16]: products of some vectors with all rows, with the bits of
/// <see cref="Vectors.Dot"/> and without its sum across lanes, since a lane is a row here. Immutable.
/// </summary>
public sealed unsafe class RowPanels
{
    /// <summary>Vectors that share what is loaded of a panel.</summary>
    public const int VectorsAtOnce = 4;

    private const int Lanes = FactorTable.Lanes;

    // Floats of panels that stay in a first-level cache while all vectors pass.
    private const int BlockFloats = 4096;

    private readonly FactorTable _panels;
    private readonly int _rank;

    /// <param name="table">The rows, copied.</param>
    public RowPanels(FactorTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        (_rank, Rows) = (table.Rank, table.Rows);
        _panels = new FactorTable(checked(PanelCount * _rank), Lanes);
        for (int row = 0; row < table.Rows; row++)
        {
            ReadOnlySpan<float> values = table.Row(row);
            float* to = PanelAt(row / Lanes) + (row % Lanes);
            for (int j = 0; j < _rank; j++)
            {
                to[j * Lanes] = values[j];
            }
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>
    /// Products that <see cref="Multiply"/> writes for a vector: <see cref="Rows"/> rounded up to whole panels, those beyond 0.
    /// </summary>
    public int PaddedRows => PanelCount * Lanes;

    private int PanelCount => (Rows + Lanes - 1) / Lanes;

    /// <summary>s_vt = x_tᵀy_v for some vectors and all rows.</summary>
    /// <param name="vectors">y_v, at least as wide as the rows.</param>
    /// <param name="count">How many of the table's rows are vectors, from its first.</param>
    /// <param name="products">Receives s_v, a row a vector, at least <see cref="PaddedRows"/> wide with its padding.</param>
    /// <exception cref="ArgumentException">A table is too small.</exception>
    public void Multiply(FactorTable vectors, int count, FactorTable products)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(products);
        if (vectors.Stride < _rank || vectors.Rows < count || products.Rows < count || products.Stride < PaddedRows)
        {
            throw new ArgumentException(
                $"expected {count} vectors of {_rank} and room for {PaddedRows} products of each, found tables of {vectors.Rows} × {vectors.Stride} and {products.Rows} × {products.Stride}");
        }

        int block = Math.Max(1, BlockFloats / Math.Max(1, _rank * Lanes));
        for (int first = 0; first < PanelCount; first += block)
        {
            int end = Math.Min(first + block, PanelCount);
            int vector = 0;
            for (; vector <= count - VectorsAtOnce; vector += VectorsAtOnce)
            {
                float* x = vectors.Pointer + ((long)vector * vectors.Stride), to = products.Pointer + ((long)vector * products.Stride);
                for (int panel = first; panel < end; panel++)
                {
                    Four(PanelAt(panel), _rank, x, vectors.Stride, to + (panel * Lanes), products.Stride);
                }
            }

            for (; vector < count; vector++)
            {
                float* x = vectors.Pointer + ((long)vector * vectors.Stride), to = products.Pointer + ((long)vector * products.Stride);
                for (int panel = first; panel < end; panel++)
                {
                    One(PanelAt(panel), _rank, x, to + (panel * Lanes));
                }
            }
        }

        GC.KeepAlive(vectors);
        GC.KeepAlive(products);
        GC.KeepAlive(_panels);
    }

    private float* PanelAt(int panel) => _panels.Pointer + ((long)panel * _rank * Lanes);

    // Lane j of Dot's sum is Σ over columns j, j + 16, …, of which each row has its own here; they are added up as Lanes16.Sum adds them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* panel, int rank, float* x, int stride, float* to, int toStride)
    {
        float* y = x + stride, z = y + stride, w = z + stride;
        int whole = rank / Lanes * Lanes;
        Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
        for (int half = 0; half < 2; half++)
        {
            Lane4(half, out Vector512<float> a0, out Vector512<float> b0, out Vector512<float> c0, out Vector512<float> d0);
            Lane4(half + 4, out Vector512<float> a1, out Vector512<float> b1, out Vector512<float> c1, out Vector512<float> d1);
            (a0, b0, c0, d0) = (a0 + a1, b0 + b1, c0 + c1, d0 + d1);
            Lane4(half + 2, out a1, out b1, out c1, out d1);
            Lane4(half + 6, out Vector512<float> a2, out Vector512<float> b2, out Vector512<float> c2, out Vector512<float> d2);
            (a0, b0, c0, d0) = (a0 + (a1 + a2), b0 + (b1 + b2), c0 + (c1 + c2), d0 + (d1 + d2));
            (a, b, c, d) = half == 0 ? (a0, b0, c0, d0) : (a + a0, b + b0, c + c0, d + d0);
        }

        for (int j = whole; j < rank; j++)
        {
            Vector512<float> rows = Vector512.Load(panel + (j * Lanes));
            a = Vector512.FusedMultiplyAdd(rows, Vector512.Create(x[j]), a);
            b = Vector512.FusedMultiplyAdd(rows, Vector512.Create(y[j]), b);
            c = Vector512.FusedMultiplyAdd(rows, Vector512.Create(z[j]), c);
            d = Vector512.FusedMultiplyAdd(rows, Vector512.Create(w[j]), d);
        }

        a.Store(to);
        b.Store(to + toStride);
        c.Store(to + (2L * toStride));
        d.Store(to + (3L * toStride));

        // Lanes j and j + 8, which are the first to be added.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Lane4(int lane, out Vector512<float> ofX, out Vector512<float> ofY, out Vector512<float> ofZ, out Vector512<float> ofW)
        {
            Vector512<float> lowX = Vector512<float>.Zero, lowY = lowX, lowZ = lowX, lowW = lowX, highX = lowX, highY = lowX, highZ = lowX, highW = lowX;
            for (int j = lane; j < whole; j += Lanes)
            {
                Vector512<float> low = Vector512.Load(panel + (j * Lanes)), high = Vector512.Load(panel + ((j + 8) * Lanes));
                lowX = Vector512.FusedMultiplyAdd(low, Vector512.Create(x[j]), lowX);
                highX = Vector512.FusedMultiplyAdd(high, Vector512.Create(x[j + 8]), highX);
                lowY = Vector512.FusedMultiplyAdd(low, Vector512.Create(y[j]), lowY);
                highY = Vector512.FusedMultiplyAdd(high, Vector512.Create(y[j + 8]), highY);
                lowZ = Vector512.FusedMultiplyAdd(low, Vector512.Create(z[j]), lowZ);
                highZ = Vector512.FusedMultiplyAdd(high, Vector512.Create(z[j + 8]), highZ);
                lowW = Vector512.FusedMultiplyAdd(low, Vector512.Create(w[j]), lowW);
                highW = Vector512.FusedMultiplyAdd(high, Vector512.Create(w[j + 8]), highW);
            }

            (ofX, ofY, ofZ, ofW) = (lowX + highX, lowY + highY, lowZ + highZ, lowW + highW);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* panel, int rank, float* x, float* to)
    {
        int whole = rank / Lanes * Lanes;
        Vector512<float> sum = Half(0) + Half(1);
        for (int j = whole; j < rank; j++)
        {
            sum = Vector512.FusedMultiplyAdd(Vector512.Load(panel + (j * Lanes)), Vector512.Create(x[j]), sum);
        }

        sum.Store(to);

        Vector512<float> Half(int half) => (Pair(half) + Pair(half + 4)) + (Pair(half + 2) + Pair(half + 6));

        Vector512<float> Pair(int lane)
        {
            Vector512<float> low = Vector512<float>.Zero, high = low;
            for (int j = lane; j < whole; j += Lanes)
            {
                low = Vector512.FusedMultiplyAdd(Vector512.Load(panel + (j * Lanes)), Vector512.Create(x[j]), low);
                high = Vector512.FusedMultiplyAdd(Vector512.Load(panel + ((j + 8) * Lanes)), Vector512.Create(x[j + 8]), high);
            }

            return low + high;
        }
    }
}
