using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Linear;

namespace DistRec.Numerics.Embedding;

/// <summary>
/// Finds the nearest rows of a table for rows of the same table, exactly, by looking at all of them: blocks of rows stay in the
/// first-level cache while <see cref="QueryCount"/> rows are compared with them. One instance serves one thread.
/// </summary>
public sealed unsafe class NearestNeighbours
{
    /// <summary>Rows whose neighbours are looked for together.</summary>
    public const int QueryCount = 32;

    private const int Lanes = FactorTable.Lanes;

    private readonly FactorTable _rows;
    private readonly int _neighbours;
    private readonly int _block;
    private readonly FactorTable _distances;

    // Of each query: a distance's bits, which order as the distance does since it is not negative, above the row's index. Whenever one is
    // full, the nearest half is kept.
    private readonly ulong[][] _nearest;
    private readonly int[] _counts = new int[QueryCount];
    private readonly float[] _farthest = new float[QueryCount];

    /// <param name="rows">The rows, finite, [rows, rank].</param>
    /// <param name="neighbours">K, how many neighbours to find: at least 1, and fewer than there are rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many others.</exception>
    public NearestNeighbours(FactorTable rows, int neighbours)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(neighbours, rows.Rows);
        _rows = rows;
        _neighbours = neighbours;
        _block = Math.Max(Lanes, RowProducts.BlockOf(Math.Max(rows.Stride, Lanes)) / Lanes * Lanes);
        _distances = new FactorTable(1, _block);
        _nearest = [.. Enumerable.Range(0, QueryCount).Select(_ => new ulong[Math.Max(2 * neighbours, Lanes)])];
    }

    /// <summary>
    /// Finds the neighbours of rows [<paramref name="from"/>, <paramref name="to"/>), nearest first; of equally near ones the lower index
    /// first.
    /// </summary>
    /// <param name="from">First row.</param>
    /// <param name="to">Row after the last, at most <see cref="QueryCount"/> after the first.</param>
    /// <param name="neighbours">Receives indices of rows, [to − from, K].</param>
    /// <param name="distances">Receives squared distances, [to − from, K].</param>
    public void Find(int from, int to, Span<int> neighbours, Span<float> distances)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to - from, QueryCount);
        _counts.AsSpan().Clear();
        _farthest.AsSpan().Fill(float.PositiveInfinity);
        for (int first = 0; first < _rows.Rows; first += _block)
        {
            int count = Math.Min(_block, _rows.Rows - first);
            for (int query = from; query < to; query++)
            {
                Compare(query, query - from, first, count);
            }
        }

        GC.KeepAlive(_rows); // they are read by address
        for (int query = 0; query < to - from; query++)
        {
            Span<ulong> nearest = _nearest[query].AsSpan(0, _counts[query]);
            nearest.Sort();
            for (int k = 0; k < _neighbours; k++)
            {
                neighbours[(query * _neighbours) + k] = (int)(uint)nearest[k];
                distances[(query * _neighbours) + k] = BitConverter.UInt32BitsToSingle((uint)(nearest[k] >> 32));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compare(int row, int query, int first, int count)
    {
        float* distances = _distances.Pointer;
        float* rows = _rows.Pointer;
        RowDistances.Compute(rows + ((long)first * _rows.Stride), _rows.Stride, count, rows + ((long)row * _rows.Stride), distances);
        for (int t = 0; t < count; t += Lanes)
        {
            // Most rows are farther than what is kept; lanes behind the count hold what an earlier block left, and are not looked at.
            if (!Vector512.LessThanAny(Vector512.Load(distances + t), Vector512.Create(_farthest[query])))
            {
                continue;
            }

            for (int lane = t; lane < Math.Min(t + Lanes, count); lane++)
            {
                if (distances[lane] < _farthest[query] && first + lane != row)
                {
                    Keep(query, distances[lane], first + lane);
                }
            }
        }
    }

    // Rows come by rising index, so one that is as far as the farthest kept comes after it.
    private void Keep(int query, float distance, int row)
    {
        ulong[] nearest = _nearest[query];
        nearest[_counts[query]++] = ((ulong)BitConverter.SingleToUInt32Bits(distance) << 32) | (uint)row;
        if (_counts[query] == nearest.Length)
        {
            Array.Sort(nearest);
            _counts[query] = _neighbours;
            _farthest[query] = BitConverter.UInt32BitsToSingle((uint)(nearest[_neighbours - 1] >> 32));
        }
    }
}
