using DistRec.Numerics.Embedding;
using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Maps;

/// <summary>
/// How alike points are where they come from: p_ij = (p_j|i + p_i|j) / 2n, computed by several threads, each p_j|i of a point by one.
/// </summary>
internal static unsafe class TsneAffinities
{
    /// <summary>Of all pairs, [points, points].</summary>
    /// <param name="points">At least two, [points, rank].</param>
    /// <param name="perplexity">At least 1, at most the number of other points.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="progress">Is told how many points are done.</param>
    public static FactorTable Dense(FactorTable points, double perplexity, ParallelOptions parallel, IProgress<TsneProgress>? progress)
    {
        int count = points.Rows;
        FactorTable affinities = new(count, count);
        Counter done = new(progress, count);
        Parallel.For(
            0,
            count,
            parallel,
            () => (Distances: new FactorTable(1, count), Weights: new double[count - 1], Others: new float[count - 1]),
            (point, _, scratch) =>
            {
                float* rows = points.Pointer;
                RowDistances.Compute(rows, points.Stride, count, rows + ((long)point * points.Stride), scratch.Distances.Pointer);
                ReadOnlySpan<float> distances = scratch.Distances.Row(0);

                // A point is no neighbour of its own.
                distances[..point].CopyTo(scratch.Others);
                distances[(point + 1)..].CopyTo(scratch.Others.AsSpan(point));
                Span<float> row = affinities.Row(point);
                Perplexity.Fit(scratch.Others, perplexity, scratch.Weights, row[..^1]);
                row[point..^1].CopyTo(row[(point + 1)..]);
                row[point] = 0;
                done.Add(1);
                return scratch;
            },
            _ => { });
        GC.KeepAlive(points); // they are read by address

        // Of each pair the point with the lower index does both sides.
        float scale = (float)(1 / (2.0 * count));
        Parallel.For(0, count, parallel, point =>
        {
            Span<float> row = affinities.Row(point);
            for (int other = point + 1; other < count; other++)
            {
                ref float mirrored = ref affinities.Row(other)[point];
                mirrored = row[other] = (row[other] + mirrored) * scale;
            }
        });
        return affinities;
    }

    /// <summary>Of those pairs of which one is among the 3·perplexity nearest neighbours of the other.</summary>
    /// <inheritdoc cref="Dense"/>
    public static SparseAffinities Sparse(
        FactorTable points, double perplexity, ParallelOptions parallel, IProgress<TsneProgress>? progress)
    {
        int count = points.Rows;
        const int Together = NearestNeighbours.QueryCount;
        int each = Math.Min(count - 1, (int)(3 * perplexity));
        int[] neighbours = new int[checked(2 * count * each) / 2]; // both directions of each pair are listed later
        float[] probabilities = new float[neighbours.Length];
        Counter done = new(progress, count);
        Parallel.For(
            0,
            (count + Together - 1) / Together,
            parallel,
            () => (Search: new NearestNeighbours(points, each), Weights: new double[each], Distances: new float[Together * each]),
            (block, _, scratch) =>
            {
                int from = block * Together;
                int to = Math.Min(from + Together, count);
                scratch.Search.Find(from, to, neighbours.AsSpan(from * each, (to - from) * each), scratch.Distances);
                for (int point = from; point < to; point++)
                {
                    Span<float> own = probabilities.AsSpan(point * each, each);
                    Perplexity.Fit(scratch.Distances.AsSpan((point - from) * each, each), perplexity, scratch.Weights, own);
                    neighbours.AsSpan(point * each, each).Sort(own);
                }

                done.Add(to - from);
                return scratch;
            },
            _ => { });
        return SparseAffinities.Of(neighbours, probabilities, count);
    }

    private sealed class Counter(IProgress<TsneProgress>? progress, int total)
    {
        private int _done;

        public void Add(int count) => progress?.Report(new TsneProgress(TsneStage.Neighbours, Interlocked.Add(ref _done, count), total));
    }
}
