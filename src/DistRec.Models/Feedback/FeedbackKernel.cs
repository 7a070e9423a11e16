using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Models.Neighborhood;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Feedback;

/// <summary>
/// Stochastic gradient descent by user (models.md §4). With w_j = |R(u)|^-½ (r_uj − b_uj), or |R(u)|^-½ for nsvd, and
/// z_u = Σ_{j∈R(u)} w_j x_j + |N(u)|^-½ Σ_{j∈N(u)} y_j taken once, each rating moves b_u, b_i += γ(e − λb),
/// q_i += γ(e(p_u + z_u) − λq_i) and p_u += γ(e q_i − λp_u), right sides from the old values; then, with g = Σ_i e_ui q_i,
/// x_j += γ(w_j g − λ|R(u)| x_j) and y_j += γ(|N(u)|^-½ g − λ|R(u)| y_j) once: O(k(|R(u)| + |N(u)|)) a user. What lists of
/// like items add is moved by <see cref="NeighborDescent"/> at each rating.
/// </summary>
/// <remarks>The shrinking of x_j and y_j is (1 − γλ)^|R(u)|, as that many single steps would give; it cannot change a sign.
/// b_uj inside w_j is the present one and taken as constant.</remarks>
public static unsafe class FeedbackKernel
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Visits every rating of some users once and updates both sides in place.</summary>
    /// <param name="shape">Where the parts of an item lie.</param>
    /// <param name="data">What the users gave.</param>
    /// <param name="from">First user.</param>
    /// <param name="to">The user after the last.</param>
    /// <param name="step">Rates of this epoch.</param>
    /// <param name="users">p_u, [users of the partition, rank or 0].</param>
    /// <param name="userBiases">b_u, [users of the partition].</param>
    /// <param name="items">q, x, y, [items, <see cref="FeedbackShape.ItemWidth"/>].</param>
    /// <param name="itemBiases">b_i, [items].</param>
    /// <returns>Σ e², each e before its own update; not finite where the descent diverged.</returns>
    public static double RunUsers(
        FeedbackShape shape, UserFeedback data, int from, int to, in FeedbackStep step,
        FactorTable users, float[] userBiases, FactorTable items, float[] itemBiases)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(userBiases);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(itemBiases);
        RequireShapes(shape, data, from, to, users, userBiases, items, itemBiases);
        int stride = shape.Stride;
        float* scratch = stackalloc float[(3 * stride) + Lanes];
        float[] weights = shape.Form == FeedbackForm.Asymmetric ? new float[MaxRowLength(data.Ratings, from, to)] : [];
        RatingMatrix byId = data.ById ?? data.Ratings;
        NeighborDescent? neighbors = shape.Neighbors is { } lists ? new NeighborDescent(lists, byId.ColumnCount) : null;
        Pass pass = new(shape, step, items, itemBiases, Aligned(scratch), weights, neighbors);
        double squaredErrors = 0;
        for (int user = from; user < to; user++)
        {
            ReadOnlySpan<int> rated = data.Ratings.RowColumns(user);
            if (rated.Length > 0)
            {
                float* factors = shape.HasUserFactors ? users.Pointer + ((long)user * users.Stride) : null;
                ReadOnlySpan<int> ids = byId.RowColumns(user);
                pass.Begin(ids, data.BiasesById is null ? rated : ids, byId.RowValues(user), data.BiasesById ?? itemBiases, userBiases[user]);
                squaredErrors += pass.Visit(rated, data.Ratings.RowValues(user), data.ItemsOf(user), factors, ref userBiases[user]);
            }
        }

        // All are updated by address.
        GC.KeepAlive(users);
        GC.KeepAlive(items);
        return squaredErrors;
    }

    /// <summary>z_u, and p_u with it where there is one: what a user's predictions are the products of.</summary>
    /// <param name="shape">Where the parts of an item lie.</param>
    /// <param name="rated">R(u).</param>
    /// <param name="values">The ratings, [|R(u)|].</param>
    /// <param name="feedback">N(u).</param>
    /// <param name="units">What ratings are to the descent.</param>
    /// <param name="userBias">b_u.</param>
    /// <param name="userFactors">p_u, [rank]; empty where there is none.</param>
    /// <param name="items">q, x, y, [items, <see cref="FeedbackShape.ItemWidth"/>].</param>
    /// <param name="itemBiases">b_i, [items].</param>
    /// <param name="profile">Receives p_u + z_u, [rank].</param>
    public static void Describe(
        FeedbackShape shape, ReadOnlySpan<int> rated, ReadOnlySpan<float> values, ReadOnlySpan<int> feedback,
        in RatingUnits units, float userBias, ReadOnlySpan<float> userFactors, FactorTable items, float[] itemBiases, Span<float> profile)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(itemBiases);
        float* scratch = stackalloc float[(3 * shape.Stride) + Lanes];
        Pass pass = new(shape, new FeedbackStep { Units = units }, items, itemBiases, Aligned(scratch), [], null);
        pass.Gather(rated, values, feedback, userBias);
        new ReadOnlySpan<float>(pass.Sum, shape.Rank).CopyTo(profile);
        for (int factor = 0; factor < userFactors.Length; factor++)
        {
            profile[factor] += userFactors[factor];
        }

        GC.KeepAlive(items);
    }

    private static int MaxRowLength(RatingMatrix ratings, int from, int to)
    {
        int longest = 0;
        for (int row = from; row < to; row++)
        {
            longest = Math.Max(longest, ratings.RowLength(row));
        }

        return longest;
    }

    private static float* Aligned(float* address) => (float*)(((nint)address + 63) & ~63);

    private static void RequireShapes(
        FeedbackShape shape, UserFeedback data, int from, int to, FactorTable users, float[] userBiases, FactorTable items, float[] itemBiases)
    {
        RatingMatrix ratings = data.Ratings;
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, ratings.RowCount);
        if (users.Rank != shape.UserWidth || users.Rows < ratings.RowCount || userBiases.Length < ratings.RowCount
            || items.Rank != shape.ItemWidth || items.Rows < ratings.ColumnCount || itemBiases.Length < ratings.ColumnCount
            || (data.Feedback is { } feedback && (feedback.RowCount != ratings.RowCount || feedback.ColumnCount > items.Rows)))
        {
            throw new ArgumentException(
                $"expected tables of [{ratings.RowCount}, {shape.UserWidth}] and [{ratings.ColumnCount}, {shape.ItemWidth}] with their biases, "
                + $"found [{users.Rows}, {users.Rank}] and [{items.Rows}, {items.Rank}]",
                nameof(users));
        }
    }

    /// <summary>What all visits of one pass share: scratch of three vectors, and the item tables by address.</summary>
    private readonly struct Pass(FeedbackShape shape, FeedbackStep step, FactorTable items, float[] itemBiases, float* scratch, float[] weights, NeighborDescent? neighbors)
    {
        private readonly float* _items = items.Pointer;
        private readonly int _width = items.Stride;
        private readonly int _stride = shape.Stride;

        /// <summary>z_u.</summary>
        public float* Sum => scratch;

        private float* Moving => scratch + _stride;

        private float* Gradient => scratch + (2 * _stride);

        /// <summary>Tells the lists of like items what the user has rated, and what each rating is off the present biases.</summary>
        /// <param name="ids">The rated items by their global index.</param>
        /// <param name="rated">Where the biases of these are.</param>
        /// <param name="values">The ratings.</param>
        /// <param name="biases">Biases of items.</param>
        /// <param name="userBias">b_u.</param>
        public void Begin(ReadOnlySpan<int> ids, ReadOnlySpan<int> rated, ReadOnlySpan<float> values, float[] biases, float userBias)
        {
            Span<float> residuals = neighbors is null ? [] : neighbors.Begin(ids);
            for (int index = 0; index < residuals.Length; index++)
            {
                residuals[index] = step.Units.TargetOf(values[index]) - userBias - biases[rated[index]];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public double Visit(ReadOnlySpan<int> rated, ReadOnlySpan<float> values, ReadOnlySpan<int> feedback, float* factors, ref float userBias)
        {
            float* z = Sum;
            float* v = Moving;
            float* gradient = Gradient;
            float bias = userBias;
            Gather(rated, values, feedback, bias);
            float weight = 1 / MathF.Sqrt(rated.Length);
            KeepWeights(rated, values, bias, weight);
            for (int lane = 0; lane < _stride; lane += Lanes)
            {
                (factors is null ? Vector512.Load(z + lane) : Vector512.Load(z + lane) + Vector512.Load(factors + lane)).Store(v + lane);
                Vector512<float>.Zero.Store(gradient + lane);
            }

            float shrinkBias = 1 - (step.BiasRate * step.BiasRegularization);
            Vector512<float> shrink = Vector512.Create(1 - (step.Rate * step.Regularization));
            double squaredErrors = 0;
            for (int index = 0; index < rated.Length; index++)
            {
                int item = rated[index];
                float* q = _items + ((long)item * _width);
                Vector512<float> product = Vector512<float>.Zero;
                for (int lane = 0; lane < _stride; lane += Lanes)
                {
                    product = Vector512.FusedMultiplyAdd(Vector512.Load(q + lane), Vector512.Load(v + lane), product);
                }

                float itemBias = itemBiases[item];
                float* list = q + shape.ListStart;
                float error = step.Units.TargetOf(values[index]) - bias - itemBias - Lanes16.Sum(product) - (neighbors?.Score(list) ?? 0);
                neighbors?.Move(list, error, step.NeighborRate, step.NeighborRegularization);
                squaredErrors += error * error;
                bias = (bias * shrinkBias) + (step.BiasRate * error);
                itemBiases[item] = (itemBias * shrinkBias) + (step.BiasRate * error);
                Vector512<float> slope = Vector512.Create(error);
                Vector512<float> move = Vector512.Create(step.Rate * error);
                for (int lane = 0; lane < _stride; lane += Lanes)
                {
                    Vector512<float> oldItem = Vector512.Load(q + lane);
                    Vector512<float> oldUser = Vector512.Load(v + lane);
                    Vector512.FusedMultiplyAdd(slope, oldItem, Vector512.Load(gradient + lane)).Store(gradient + lane);
                    Vector512.FusedMultiplyAdd(move, oldUser, oldItem * shrink).Store(q + lane);
                    if (factors is not null)
                    {
                        Vector512<float> moved = Vector512.FusedMultiplyAdd(move, oldItem, Vector512.Load(factors + lane) * shrink);
                        moved.Store(factors + lane);
                        (moved + Vector512.Load(z + lane)).Store(v + lane);
                    }
                }
            }

            userBias = bias;
            float shrinkFeedback = MathF.Pow(1 - (step.FeedbackRate * step.FeedbackRegularization), rated.Length);
            if (shape.HasExplicit)
            {
                for (int index = 0; index < rated.Length; index++)
                {
                    Move(rated[index], shape.ExplicitStart, shrinkFeedback, step.FeedbackRate * (weights.Length > 0 ? weights[index] : weight));
                }
            }

            if (shape.HasImplicit && feedback.Length > 0)
            {
                float rate = step.FeedbackRate / MathF.Sqrt(feedback.Length);
                foreach (int item in feedback)
                {
                    Move(item, shape.ImplicitStart, shrinkFeedback, rate);
                }
            }

            return squaredErrors;
        }

        /// <summary>Takes z_u.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Gather(ReadOnlySpan<int> rated, ReadOnlySpan<float> values, ReadOnlySpan<int> feedback, float userBias)
        {
            float* z = Sum;
            new Span<float>(z, _stride).Clear();
            if (shape.HasImplicit && feedback.Length > 0)
            {
                foreach (int item in feedback)
                {
                    Add(item, shape.ImplicitStart, 1);
                }

                Vector512<float> norm = Vector512.Create(1 / MathF.Sqrt(feedback.Length));
                for (int lane = 0; lane < _stride; lane += Lanes)
                {
                    (Vector512.Load(z + lane) * norm).Store(z + lane);
                }
            }

            if (!shape.HasExplicit || rated.Length == 0)
            {
                return;
            }

            float weight = 1 / MathF.Sqrt(rated.Length);
            for (int index = 0; index < rated.Length; index++)
            {
                int item = rated[index];
                Add(item, shape.ExplicitStart, shape.Form == FeedbackForm.Asymmetric ? weight * Residual(values[index], item, userBias) : weight);
            }
        }

        // The weights of x as they are before the biases move.
        private void KeepWeights(ReadOnlySpan<int> rated, ReadOnlySpan<float> values, float userBias, float weight)
        {
            for (int index = 0; index < rated.Length && weights.Length > 0; index++)
            {
                weights[index] = weight * Residual(values[index], rated[index], userBias);
            }
        }

        private float Residual(float value, int item, float userBias) => step.Units.TargetOf(value) - userBias - itemBiases[item];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(int item, int start, float weight)
        {
            float* row = _items + ((long)item * _width) + start;
            Vector512<float> factor = Vector512.Create(weight);
            for (int lane = 0; lane < _stride; lane += Lanes)
            {
                Vector512.FusedMultiplyAdd(factor, Vector512.Load(row + lane), Vector512.Load(Sum + lane)).Store(Sum + lane);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Move(int item, int start, float shrink, float rate)
        {
            float* row = _items + ((long)item * _width) + start;
            Vector512<float> keep = Vector512.Create(shrink);
            Vector512<float> move = Vector512.Create(rate);
            for (int lane = 0; lane < _stride; lane += Lanes)
            {
                Vector512.FusedMultiplyAdd(move, Vector512.Load(Gradient + lane), Vector512.Load(row + lane) * keep).Store(row + lane);
            }
        }
    }
}
