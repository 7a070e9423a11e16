using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistRec.Models.MatrixFactorization;

/// <summary>
/// Stochastic gradient descent on one block of ratings (models.md §4): b_u += γ(e − λ_b b_u), b_i += γ(e − λ_b b_i), and
/// p_u += γ(e q_i − λ p_u), q_i += γ(e p_u − λ q_i) with both right sides from the old values.
/// </summary>
public static unsafe class MfKernel
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Visits every rating of one block once and updates both sides in place.</summary>
    /// <param name="blocks">The user partition's ratings.</param>
    /// <param name="block">Which item block.</param>
    /// <param name="step">Rates of this epoch.</param>
    /// <param name="users">p_u of the partition, [users of the partition, rank].</param>
    /// <param name="userBiases">b_u, [users of the partition].</param>
    /// <param name="items">q_i of the block, [items of the block, rank].</param>
    /// <param name="itemBiases">b_i, [items of the block].</param>
    /// <returns>Σ e² over the block, each e before its own update; not finite where the descent diverged.</returns>
    public static double RunBlock(
        MfBlocks blocks, int block, in MfStep step, FactorTable users, Span<float> userBiases, FactorTable items, Span<float> itemBiases)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        RequireShapes(blocks, block, users, userBiases.Length, items, itemBiases.Length);
        double squaredErrors = (users.Stride / Lanes) switch
        {
            1 => Run<One>(blocks, block, step, users, userBiases, items, itemBiases),
            2 => Run<Two>(blocks, block, step, users, userBiases, items, itemBiases),
            3 => Run<Three>(blocks, block, step, users, userBiases, items, itemBiases),
            4 => Run<Four>(blocks, block, step, users, userBiases, items, itemBiases),
            5 => Run<Five>(blocks, block, step, users, userBiases, items, itemBiases),
            6 => Run<Six>(blocks, block, step, users, userBiases, items, itemBiases),
            7 => Run<Seven>(blocks, block, step, users, userBiases, items, itemBiases),
            8 => Run<Eight>(blocks, block, step, users, userBiases, items, itemBiases),
            _ => Run<Any>(blocks, block, step, users, userBiases, items, itemBiases),
        };

        // Both are updated by address.
        GC.KeepAlive(users);
        GC.KeepAlive(items);
        return squaredErrors;
    }

    private static void RequireShapes(MfBlocks blocks, int block, FactorTable users, int userBiases, FactorTable items, int itemBiases)
    {
        int userCount = blocks.Ratings.RowCount;
        int itemCount = blocks.ItemStarts[block + 1] - blocks.ItemStarts[block];
        if (users.Rank == 0 || users.Rank != items.Rank || users.Rows < userCount || userBiases < userCount || items.Rows < itemCount || itemBiases < itemCount)
        {
            throw new ArgumentException(
                $"expected factors of one rank and biases for {userCount} users and {itemCount} items, "
                + $"found [{users.Rows}, {users.Rank}] and {userBiases}, [{items.Rows}, {items.Rank}] and {itemBiases}",
                nameof(users));
        }
    }

    // The user's factors stay in up to eight vector registers while the user's segment passes; TWidth is a constant of
    // each instantiation, so the branches on it vanish. Wider ranks keep the vectors beyond the eighth in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Run<TWidth>(
        MfBlocks blocks, int block, in MfStep step, FactorTable users, Span<float> userBiases, FactorTable items, Span<float> itemBiases)
        where TWidth : struct, IWidth
    {
        RatingMatrix ratings = blocks.Ratings;
        int blockCount = blocks.Count;
        int stride = users.Stride;
        int firstItem = blocks.ItemStarts[block];
        RatingUnits units = step.Units;
        float biasRate = step.BiasRate;
        float biasShrink = 1 - step.BiasRate * step.BiasRegularization;
        Vector512<float> shrink = Vector512.Create(1 - step.Rate * step.Regularization);
        double squaredErrors = 0;
        float* userTable = users.Pointer;
        float* itemTable = items.Pointer;
        fixed (int* bounds = blocks.Bounds)
        fixed (int* columns = ratings.Columns)
        fixed (float* values = ratings.Values)
        fixed (float* userBias = userBiases)
        fixed (float* itemBias = itemBiases)
        {
            int rows = ratings.RowCount;
            for (int row = 0; row < rows; row++)
            {
                int* bound = bounds + (long)row * blockCount + block;
                int position = bound[0];
                int end = bound[1];
                float* p = userTable + (long)row * stride;
                if (Sse.IsSupported && row + 2 < rows)
                {
                    int coming = bound[2 * blockCount];
                    Sse.Prefetch0(columns + coming);
                    Sse.Prefetch0(values + coming);
                    for (int j = 0; j < stride; j += Lanes)
                    {
                        Sse.Prefetch0(p + 2 * stride + j);
                    }
                }

                if (position == end)
                {
                    continue;
                }

                Vector512<float> p0 = Vector512.Load(p), p1 = default, p2 = default, p3 = default;
                Vector512<float> p4 = default, p5 = default, p6 = default, p7 = default;
                if (TWidth.Vectors > 1) { p1 = Vector512.Load(p + Lanes); }
                if (TWidth.Vectors > 2) { p2 = Vector512.Load(p + 2 * Lanes); }
                if (TWidth.Vectors > 3) { p3 = Vector512.Load(p + 3 * Lanes); }
                if (TWidth.Vectors > 4) { p4 = Vector512.Load(p + 4 * Lanes); }
                if (TWidth.Vectors > 5) { p5 = Vector512.Load(p + 5 * Lanes); }
                if (TWidth.Vectors > 6) { p6 = Vector512.Load(p + 6 * Lanes); }
                if (TWidth.Vectors > 7) { p7 = Vector512.Load(p + 7 * Lanes); }

                float bu = userBias[row];
                float segmentErrors = 0;
                for (; position < end; position++)
                {
                    int item = columns[position] - firstItem;
                    float* q = itemTable + (long)item * stride;
                    Vector512<float> q0 = Vector512.Load(q), q1 = default, q2 = default, q3 = default;
                    Vector512<float> q4 = default, q5 = default, q6 = default, q7 = default;
                    Vector512<float> even = p0 * q0;
                    Vector512<float> odd = default;
                    if (TWidth.Vectors > 1) { q1 = Vector512.Load(q + Lanes); odd = p1 * q1; }
                    if (TWidth.Vectors > 2) { q2 = Vector512.Load(q + 2 * Lanes); even = Vector512.FusedMultiplyAdd(p2, q2, even); }
                    if (TWidth.Vectors > 3) { q3 = Vector512.Load(q + 3 * Lanes); odd = Vector512.FusedMultiplyAdd(p3, q3, odd); }
                    if (TWidth.Vectors > 4) { q4 = Vector512.Load(q + 4 * Lanes); even = Vector512.FusedMultiplyAdd(p4, q4, even); }
                    if (TWidth.Vectors > 5) { q5 = Vector512.Load(q + 5 * Lanes); odd = Vector512.FusedMultiplyAdd(p5, q5, odd); }
                    if (TWidth.Vectors > 6) { q6 = Vector512.Load(q + 6 * Lanes); even = Vector512.FusedMultiplyAdd(p6, q6, even); }
                    if (TWidth.Vectors > 7) { q7 = Vector512.Load(q + 7 * Lanes); odd = Vector512.FusedMultiplyAdd(p7, q7, odd); }
                    if (TWidth.Vectors > 8)
                    {
                        for (int j = 8 * Lanes; j < stride; j += Lanes)
                        {
                            even = Vector512.FusedMultiplyAdd(Vector512.Load(p + j), Vector512.Load(q + j), even);
                        }
                    }

                    float bi = itemBias[item];
                    float error = units.TargetOf(values[position]) - bu - bi - Sum(even + odd);
                    segmentErrors += error * error;
                    bu = bu * biasShrink + biasRate * error;
                    itemBias[item] = bi * biasShrink + biasRate * error;

                    Vector512<float> move = Vector512.Create(step.Rate * error);
                    Vector512.FusedMultiplyAdd(move, p0, q0 * shrink).Store(q);
                    p0 = Vector512.FusedMultiplyAdd(move, q0, p0 * shrink);
                    if (TWidth.Vectors > 1) { Vector512.FusedMultiplyAdd(move, p1, q1 * shrink).Store(q + Lanes); p1 = Vector512.FusedMultiplyAdd(move, q1, p1 * shrink); }
                    if (TWidth.Vectors > 2) { Vector512.FusedMultiplyAdd(move, p2, q2 * shrink).Store(q + 2 * Lanes); p2 = Vector512.FusedMultiplyAdd(move, q2, p2 * shrink); }
                    if (TWidth.Vectors > 3) { Vector512.FusedMultiplyAdd(move, p3, q3 * shrink).Store(q + 3 * Lanes); p3 = Vector512.FusedMultiplyAdd(move, q3, p3 * shrink); }
                    if (TWidth.Vectors > 4) { Vector512.FusedMultiplyAdd(move, p4, q4 * shrink).Store(q + 4 * Lanes); p4 = Vector512.FusedMultiplyAdd(move, q4, p4 * shrink); }
                    if (TWidth.Vectors > 5) { Vector512.FusedMultiplyAdd(move, p5, q5 * shrink).Store(q + 5 * Lanes); p5 = Vector512.FusedMultiplyAdd(move, q5, p5 * shrink); }
                    if (TWidth.Vectors > 6) { Vector512.FusedMultiplyAdd(move, p6, q6 * shrink).Store(q + 6 * Lanes); p6 = Vector512.FusedMultiplyAdd(move, q6, p6 * shrink); }
                    if (TWidth.Vectors > 7) { Vector512.FusedMultiplyAdd(move, p7, q7 * shrink).Store(q + 7 * Lanes); p7 = Vector512.FusedMultiplyAdd(move, q7, p7 * shrink); }
                    if (TWidth.Vectors > 8)
                    {
                        for (int j = 8 * Lanes; j < stride; j += Lanes)
                        {
                            Vector512<float> pj = Vector512.Load(p + j);
                            Vector512<float> qj = Vector512.Load(q + j);
                            Vector512.FusedMultiplyAdd(move, pj, qj * shrink).Store(q + j);
                            Vector512.FusedMultiplyAdd(move, qj, pj * shrink).Store(p + j);
                        }
                    }
                }

                p0.Store(p);
                if (TWidth.Vectors > 1) { p1.Store(p + Lanes); }
                if (TWidth.Vectors > 2) { p2.Store(p + 2 * Lanes); }
                if (TWidth.Vectors > 3) { p3.Store(p + 3 * Lanes); }
                if (TWidth.Vectors > 4) { p4.Store(p + 4 * Lanes); }
                if (TWidth.Vectors > 5) { p5.Store(p + 5 * Lanes); }
                if (TWidth.Vectors > 6) { p6.Store(p + 6 * Lanes); }
                if (TWidth.Vectors > 7) { p7.Store(p + 7 * Lanes); }

                userBias[row] = bu;
                squaredErrors += segmentErrors;
            }
        }

        return squaredErrors;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector512<float> x) => Numerics.Vectors.Lanes16.Sum(x);

    private interface IWidth
    {
        static abstract int Vectors { get; }
    }

    private readonly struct One : IWidth { public static int Vectors => 1; }

    private readonly struct Two : IWidth { public static int Vectors => 2; }

    private readonly struct Three : IWidth { public static int Vectors => 3; }

    private readonly struct Four : IWidth { public static int Vectors => 4; }

    private readonly struct Five : IWidth { public static int Vectors => 5; }

    private readonly struct Six : IWidth { public static int Vectors => 6; }

    private readonly struct Seven : IWidth { public static int Vectors => 7; }

    private readonly struct Eight : IWidth { public static int Vectors => 8; }

    private readonly struct Any : IWidth { public static int Vectors => 9; }
}
