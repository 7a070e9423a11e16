using DistRec.Numerics.Embedding;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Quantization;
using DistRec.Numerics.Random;
using DistRec.Numerics.Vectors;

namespace DistRec.Bits;

/// <summary>The kernels of DistRec.Numerics at ranks around every block boundary.</summary>
internal static unsafe class NumericsBits
{
    private static readonly int[] Ranks = [1, 8, 16, 17, 33, 48, 64, 100];

    public static IEnumerable<(string Kernel, string Hash)> Compute()
    {
        foreach (int rank in Ranks)
        {
            yield return ($"dot/{rank}", BitHash.Of(Dots(rank)));
            yield return ($"gram/{rank}", BitHash.Of(Gather(rank).Gram.Values));
            yield return ($"cholesky/{rank}", BitHash.Of(Factor(rank)));
            yield return ($"solve/{rank}", BitHash.Of(Solve(rank, -1)));
            yield return ($"solve-intercept/{rank}", BitHash.Of(Solve(rank, 0.5f)));
            yield return ($"conjugate-gradient/{rank}", BitHash.Of(Improve(rank)));
            yield return ($"moments/{rank}", BitHash.Of(Sum(rank)));
            yield return ($"layer/{rank}", BitHash.Of(Layer(rank).Product.Values));
            yield return ($"layer-gradient/{rank}", BitHash.Of(Layer(rank).Sums));
            yield return ($"quantized/{rank}", BitHash.Of(Estimate(rank)));
            yield return ($"neighbours/{rank}", BitHash.Of(Neighbours(BitHash.Table(70, rank, 6), 9)));
        }

        foreach (int count in (int[])[3, 64, 300])
        {
            yield return ($"tsne-exact/{count}", BitHash.Of(Push(new ExactForces(BitHash.Table(count, count, 7)))));
            int[] next = [.. Enumerable.Range(1, count).Select(point => point % count)];
            SparseAffinities affinities = SparseAffinities.Of(next, new float[count], count);
            BitHash.Table(1, affinities.Values.Length, 9).Row(0).CopyTo(affinities.Values);
            yield return ($"tsne-tree/{count}", BitHash.Of(Push(new TreeForces(affinities, 0.5))));
        }

        EntityRandom random = new(1, RandomPurpose.Split, 1);
        yield return ("gaussian", BitHash.Of([.. Enumerable.Range(0, 10_000).Select(_ => random.NextGaussian())]));
    }

    private static (FactorTable Product, double[] Sums) Layer(int outputs)
    {
        FactorTable x = BitHash.Table(13, 21, 10), z = new(13, outputs);
        LayerProducts.Multiply(x, 13, BitHash.Table(21, outputs, 11), BitHash.Table(1, outputs, 12), z);
        double[] sums = new double[21 * z.Stride];
        LayerProducts.AddOuter(x, z, 13, sums, new double[13 * z.Stride]);
        return (z, sums);
    }

    private static float[] Neighbours(FactorTable rows, int each)
    {
        NearestNeighbours search = new(rows, each);
        int[] indices = new int[rows.Rows * each];
        float[] distances = new float[indices.Length];
        for (int from = 0; from < rows.Rows; from += NearestNeighbours.QueryCount)
        {
            int to = Math.Min(from + NearestNeighbours.QueryCount, rows.Rows);
            search.Find(from, to, indices.AsSpan(from * each, (to - from) * each), distances.AsSpan(from * each, (to - from) * each));
        }

        return [.. distances, .. indices.Select(index => (float)index)];
    }

    private static float[] Push(TsneForces forces)
    {
        forces.Begin(BitHash.Table(2, forces.Count, 8));
        for (int block = 0; block < forces.BlockCount; block++)
        {
            forces.Compute(block);
        }

        return [.. forces.AttractionX, .. forces.AttractionY, .. forces.RepulsionX, .. forces.RepulsionY, .. forces.Kernels];
    }

    private static float[] Dots(int rank)
    {
        FactorTable rows = BitHash.Table(20, rank, 1);
        return [.. Enumerable.Range(0, 19).Select(row => Dot.Compute(rows.Row(row), rows.Row(row + 1)))];
    }

    private static NormalEquation Gather(int rank)
    {
        NormalEquation equation = new(rank);
        FactorTable rows = BitHash.Table(rank + 20, rank, 2);
        for (int t = 0; t < rows.Rows; t++)
        {
            rows.Row(t).CopyTo(equation.TileRow(0));
            equation.Targets[0] = rows.Row(t)[0] * 3 + t % 5;
            equation.AddTile(1);
        }

        return equation;
    }

    private static float[] Factor(int rank)
    {
        NormalEquation equation = Gather(rank);
        int stride = equation.Stride;
        FactorTable matrix = equation.Gram;
        for (int j = 0; j < stride; j++)
        {
            matrix.Values[(j * stride) + j] += 1;
        }

        FactorTable inverseDiagonal = new(1, stride);
        FactorTable scratch = new(1, Cholesky.ScratchLength(stride));
        bool factored = Cholesky.TryFactor(matrix.Pointer, stride, inverseDiagonal.Pointer, scratch.Pointer);
        GC.KeepAlive(scratch);
        return factored ? [.. matrix.Values, .. inverseDiagonal.Values] : throw new InvalidOperationException($"rank {rank}: not positive definite");
    }

    private static double[] Solve(int rank, float interceptRegularization)
    {
        NormalEquation equation = Gather(rank);
        float[] solution = new float[equation.Stride];
        return equation.TrySolve(0.7f, interceptRegularization, solution, out float intercept)
            ? [.. solution.Select(value => (double)value), intercept, equation.MinimumOf(solution, intercept)]
            : throw new InvalidOperationException($"rank {rank}: not solved");
    }

    private static float[] Estimate(int rank)
    {
        FactorTable table = BitHash.Table(200, rank, 6), estimates = new(1, QuantizedRows.BlockRows);
        QuantizedRows rows = new(table, [.. table.Values[..200]], [.. Enumerable.Range(0, 200)], queryNorm: 1);
        QuantizedQuery query = new(rank);
        query.Encode(BitHash.Table(1, rank, 7).Row(0));
        List<float> all = [query.Scale, query.Start];
        for (int block = 0; block < rows.BlockCount; block++)
        {
            rows.Estimate(block, query, 0, estimates.Pointer);
            all.AddRange(estimates.Values);
        }

        return [.. all];
    }

    private static double[] Sum(int rank)
    {
        MomentSums sums = new(rank);
        sums.Add(BitHash.Table(40, rank, 5), 0, 40);
        return sums.Values.ToArray();
    }

    private static float[] Improve(int rank)
    {
        NormalEquation equation = Gather(rank);
        equation.Gram.Mirror();
        FactorTable rows = BitHash.Table(10, rank, 3);
        float[] solution = new float[rank];
        float[] weights = [.. Enumerable.Range(1, 10).Select(t => 0.3f * t)];
        bool improved = new ConjugateGradient(rank)
            .TryImprove(equation.Gram, rows.Pointer, 10, weights, 0.7f, equation.RightSide, solution, 4);
        GC.KeepAlive(rows);
        return improved ? solution : throw new InvalidOperationException($"rank {rank}: not improved");
    }
}
