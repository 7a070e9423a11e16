using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// ŷ and its gradient over the features of one row. Order 2 by sums s_f = Σ_j v_jf x_j, which the score leaves for the gradient
/// ([R10], lemma 3.1); order m of more by the ANOVA kernel A^m = Σ_{j₁&lt;…&lt;j_m} Π z_j, z_j = v_jf x_j, feature after feature:
/// A^t += z_j A^{t−1} ([B16], section 3). O(k·nnz·d).
/// </summary>
internal readonly unsafe struct FmPass<TRule>
    where TRule : struct, IFmRule
{
    private const int Lanes = FactorTable.Lanes;

    private readonly TRule _rule;
    private readonly FmShape _shape;
    private readonly float* _table;
    private readonly int _width;
    private readonly int _stride;
    private readonly float[] _weights;
    private readonly int _intercept;
    private readonly float* _sums;
    private readonly float* _polynomial;
    private readonly float* _prefixes;
    private readonly float* _gradients;

    /// <param name="rule">How parameters move.</param>
    /// <param name="shape">Where they lie.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="scratch">Made by <see cref="Scratch"/> for as many features as a row may have; kept alive by the caller.</param>
    public FmPass(TRule rule, FmShape shape, FmParameters parameters, FactorTable scratch)
    {
        _rule = rule;
        _shape = shape;
        _table = parameters.Factors.Pointer;
        _width = parameters.Factors.Stride;
        _stride = shape.Stride;
        _weights = parameters.Weights;
        _intercept = parameters.Features;
        int capacity = scratch.Rows - HeadRows(shape);
        _sums = scratch.Pointer;
        _polynomial = _sums + (2 * _stride);
        _prefixes = scratch.Pointer + ((long)HeadRows(shape) * scratch.Stride);
        _gradients = _prefixes + ((long)capacity * shape.Order * Lanes);
    }

    /// <summary>Memory for rows of up to so many features.</summary>
    public static FactorTable Scratch(FmShape shape, int capacity) => new(HeadRows(shape) + capacity, (shape.Order + 1) * Lanes);

    /// <summary>ŷ of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(int* features, float* x, int count)
    {
        float score = _weights[_intercept];
        for (int j = 0; j < count; j++)
        {
            score += _weights[features[j]] * x[j];
        }

        score += count == 2 ? PairOfTwo(features, x) : Pairs(features, x, count);
        for (int order = 3; order <= _shape.Order; order++)
        {
            score += Anova(features, x, count, order);
        }

        return score;
    }

    /// <summary>Moves all parameters of a row whose score has just been taken.</summary>
    /// <param name="features">Its features.</param>
    /// <param name="x">Their values.</param>
    /// <param name="count">How many.</param>
    /// <param name="slope">∂loss/∂ŷ.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Move(int* features, float* x, int count, float slope)
    {
        _weights[_intercept] = _rule.MoveIntercept(Row(_intercept), _weights[_intercept], slope);
        for (int j = 0; j < count; j++)
        {
            MoveWeight(features[j], slope * x[j]);
        }

        if (count == 2)
        {
            MoveTwo(features, slope * x[0] * x[1]);
        }
        else
        {
            MovePairs(features, x, count, slope);
        }

        for (int order = 3; order <= _shape.Order; order++)
        {
            for (int lane = _shape.StartOf(order); lane < _shape.StartOf(order + 1); lane += Lanes)
            {
                AnovaGradient(features, x, count, order, lane, isOther: false);
                MoveLane(features, count, lane, slope);
            }
        }
    }

    /// <summary>ŷ − ŷ′ of two rows over the union of their features.</summary>
    /// <param name="features">The union.</param>
    /// <param name="x">Values in the first row.</param>
    /// <param name="other">Values in the second row.</param>
    /// <param name="count">How many.</param>
    public float ScorePair(int* features, float* x, float* other, int count)
    {
        float difference = 0;
        for (int j = 0; j < count; j++)
        {
            difference += _weights[features[j]] * (x[j] - other[j]);
        }

        difference += PairsDifference(features, x, other, count);
        for (int order = 3; order <= _shape.Order; order++)
        {
            difference += Anova(features, x, count, order) - Anova(features, other, count, order);
        }

        return difference;
    }

    /// <summary>Moves all parameters of two rows whose <see cref="ScorePair"/> has just been taken: by the difference of the two gradients.</summary>
    /// <param name="features">The union.</param>
    /// <param name="x">Values in the first row.</param>
    /// <param name="other">Values in the second row.</param>
    /// <param name="count">How many.</param>
    /// <param name="slope">∂loss/∂(ŷ − ŷ′).</param>
    public void MovePair(int* features, float* x, float* other, int count, float slope)
    {
        for (int j = 0; j < count; j++)
        {
            if (x[j] != other[j])
            {
                MoveWeight(features[j], slope * (x[j] - other[j]));
            }
        }

        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            Vector512<float> sum = Vector512.Load(_sums + lane), otherSum = Vector512.Load(_sums + _stride + lane);
            for (int j = 0; j < count; j++)
            {
                Vector512<float> factors = Vector512.Load(Row(features[j]) + lane);
                Vector512<float> mine = Vector512.Create(x[j]), its = Vector512.Create(other[j]);
                ((mine * (sum - (factors * mine))) - (its * (otherSum - (factors * its)))).Store(_gradients + (j * Lanes));
            }

            MoveLane(features, count, lane, slope);
        }

        for (int order = 3; order <= _shape.Order; order++)
        {
            for (int lane = _shape.StartOf(order); lane < _shape.StartOf(order + 1); lane += Lanes)
            {
                AnovaGradient(features, x, count, order, lane, isOther: false);
                AnovaGradient(features, other, count, order, lane, isOther: true);
                MoveLane(features, count, lane, slope);
            }
        }
    }

    // Two vectors of sums, and the polynomial that ANOVA kernels are summed in.
    private static int HeadRows(FmShape shape) => (2 * shape.Stride / ((shape.Order + 1) * Lanes)) + 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Row(int feature) => _table + ((long)feature * _width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveWeight(int feature, float gradient) =>
        _weights[feature] = _rule.MoveWeight(Row(feature), feature, _weights[feature], gradient);

    // Of two features ⟨v, v′⟩ x x′, without the detour over sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float PairOfTwo(int* features, float* x)
    {
        float* one = Row(features[0]);
        float* two = Row(features[1]);
        Vector512<float> product = Vector512<float>.Zero;
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            product = Vector512.FusedMultiplyAdd(Vector512.Load(one + lane), Vector512.Load(two + lane), product);
        }

        return x[0] * x[1] * Lanes16.Sum(product);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveTwo(int* features, float slope)
    {
        float* one = Row(features[0]);
        float* two = Row(features[1]);
        Vector512<float> slopes = Vector512.Create(slope);
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            Vector512<float> mine = Vector512.Load(one + lane), its = Vector512.Load(two + lane);
            _rule.Move(one, features[0], lane, mine, slopes * its).Store(one + lane);
            _rule.Move(two, features[1], lane, its, slopes * mine).Store(two + lane);
        }
    }

    // ½ Σ_f [(Σ_j v_jf x_j)² − Σ_j v_jf² x_j²]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Pairs(int* features, float* x, int count)
    {
        Vector512<float> total = Vector512<float>.Zero;
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            total += PairsOfLane(features, x, count, lane, _sums);
        }

        return 0.5f * Lanes16.Sum(total);
    }

    private float PairsDifference(int* features, float* x, float* other, int count)
    {
        Vector512<float> total = Vector512<float>.Zero;
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            total += PairsOfLane(features, x, count, lane, _sums) - PairsOfLane(features, other, count, lane, _sums + _stride);
        }

        return 0.5f * Lanes16.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> PairsOfLane(int* features, float* x, int count, int lane, float* sums)
    {
        Vector512<float> sum = Vector512<float>.Zero, squares = Vector512<float>.Zero;
        for (int j = 0; j < count; j++)
        {
            Vector512<float> z = Vector512.Create(x[j]) * Vector512.Load(Row(features[j]) + lane);
            sum += z;
            squares = Vector512.FusedMultiplyAdd(z, z, squares);
        }

        sum.Store(sums + lane);
        return (sum * sum) - squares;
    }

    // ∂ŷ/∂v_jf = x_j (s_f − v_jf x_j)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MovePairs(int* features, float* x, int count, float slope)
    {
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            Vector512<float> sum = Vector512.Load(_sums + lane);
            for (int j = 0; j < count; j++)
            {
                float* row = Row(features[j]);
                Vector512<float> factors = Vector512.Load(row + lane);
                Vector512<float> others = sum - (factors * Vector512.Create(x[j]));
                _rule.Move(row, features[j], lane, factors, Vector512.Create(slope * x[j]) * others).Store(row + lane);
            }
        }
    }

    private float Anova(int* features, float* x, int count, int order)
    {
        Vector512<float> total = Vector512<float>.Zero;
        for (int lane = _shape.StartOf(order); lane < _shape.StartOf(order + 1); lane += Lanes)
        {
            AnovaPolynomial.Start(_polynomial, order);
            for (int j = 0; j < count; j++)
            {
                AnovaPolynomial.Extend(_polynomial, order, Vector512.Create(x[j]) * Vector512.Load(Row(features[j]) + lane));
            }

            total += Vector512.Load(_polynomial + (order * Lanes));
        }

        return Lanes16.Sum(total);
    }

    // ∂A^m/∂z_j = Σ_a A^a(features before j) A^{m−1−a}(features after j): no division, nothing is taken away again.
    private void AnovaGradient(int* features, float* x, int count, int order, int lane, bool isOther)
    {
        int degree = order - 1;
        AnovaPolynomial.Start(_polynomial, degree);
        for (int j = 0; j < count; j++)
        {
            Buffer.MemoryCopy(_polynomial, _prefixes + ((long)j * order * Lanes), order * Lanes * sizeof(float), order * Lanes * sizeof(float));
            AnovaPolynomial.Extend(_polynomial, degree, Vector512.Create(x[j]) * Vector512.Load(Row(features[j]) + lane));
        }

        AnovaPolynomial.Start(_polynomial, degree);
        for (int j = count - 1; j >= 0; j--)
        {
            float* before = _prefixes + ((long)j * order * Lanes);
            Vector512<float> gradient = Vector512<float>.Zero;
            for (int taken = 0; taken <= degree; taken++)
            {
                gradient = Vector512.FusedMultiplyAdd(Vector512.Load(before + (taken * Lanes)), Vector512.Load(_polynomial + ((degree - taken) * Lanes)), gradient);
            }

            gradient *= Vector512.Create(x[j]);
            (isOther ? Vector512.Load(_gradients + (j * Lanes)) - gradient : gradient).Store(_gradients + (j * Lanes));
            AnovaPolynomial.Extend(_polynomial, degree, Vector512.Create(x[j]) * Vector512.Load(Row(features[j]) + lane));
        }
    }

    private void MoveLane(int* features, int count, int lane, float slope)
    {
        Vector512<float> slopes = Vector512.Create(slope);
        for (int j = 0; j < count; j++)
        {
            float* row = Row(features[j]);
            _rule.Move(row, features[j], lane, Vector512.Load(row + lane), slopes * Vector512.Load(_gradients + (j * Lanes))).Store(row + lane);
        }
    }
}
