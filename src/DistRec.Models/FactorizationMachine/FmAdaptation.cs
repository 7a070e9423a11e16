using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// The λ step of adaptive regularization (Rendle, "Learning recommender systems with adaptive regularization", WSDM 2012; [R12], algorithm 2).
/// It looks one decay ahead, θ⁺ = (1 − γλ) θ, and asks how the loss of a held-out row (x, y) then depends on λ of a group g:
/// ∂ŷ/∂λ_w = −γ Σ_{j∈g} w_j x_j and ∂ŷ/∂λ_f = −γ Σ_{j∈g} v_jf x_j (s⁺_f − v⁺_jf x_j) with s⁺_f = Σ_j v⁺_jf x_j over all features.
/// λ −= γ ∂loss/∂λ, and never below 0.
/// </summary>
internal sealed unsafe class FmAdaptation
{
    private const int Lanes = FactorTable.Lanes;

    private readonly FmStep _step;
    private readonly FmParameters _parameters;
    private readonly FmHeldOut _heldOut;
    private readonly FmGather _gather;
    private readonly FactorTable _slopes;
    private readonly float[] _weightSlopes;
    private readonly float[] _sums;
    private readonly int _stride;
    private readonly int _groups;

    public FmAdaptation(FmShape shape, FmStep step, FmParameters parameters, FmHeldOut heldOut, int groups)
    {
        _step = step;
        _parameters = parameters;
        _heldOut = heldOut;
        _gather = new FmGather(heldOut.Rows, 0, heldOut.Rows.Count);
        _slopes = new FactorTable(groups, shape.Stride);
        _weightSlopes = new float[groups];
        _sums = new float[shape.Stride];
        _stride = shape.Stride;
        _groups = groups;
    }

    private FeatureRows Rows => _heldOut.Rows;

    /// <summary>Moves λ by the held-out row that follows a training row.</summary>
    public void Step(int trainingRow)
    {
        if (Rows.Count == 0)
        {
            return;
        }

        int row = (int)((_heldOut.First + trainingRow) % Rows.Count);
        int count = _gather.Gather(row);
        double ignored = 0;
        float slope = FmLosses.Slope(_step, ScoreAhead(count), Rows.Targets[row], ref ignored);
        GatherSlopes(count);
        MoveGroups(_step.Rate * _step.Rate * slope);
    }

    private int GroupRow(int feature) => _parameters.Features + 1 + _heldOut.GroupOf[feature];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Row(int row) => _parameters.Factors.Pointer + ((long)row * _parameters.Factors.Stride);

    // v⁺_j x_j
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Ahead(int feature, float x, int lane)
    {
        Vector512<float> factors = Vector512.Load(Row(feature) + lane);
        Vector512<float> decay = Vector512.Create(_step.Rate) * Vector512.Load(Row(GroupRow(feature)) + lane);
        return (factors - (decay * factors)) * Vector512.Create(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float ScoreAhead(int count)
    {
        float[] weights = _parameters.Weights;
        float score = weights[_parameters.Features];
        for (int j = 0; j < count; j++)
        {
            int feature = _gather.Features[j];
            score += weights[feature] * (1 - (_step.Rate * weights[GroupRow(feature)])) * _gather.Values[j];
        }

        Vector512<float> total = Vector512<float>.Zero;
        for (int lane = 0; lane < _stride; lane += Lanes)
        {
            Vector512<float> sum = Vector512<float>.Zero, squares = Vector512<float>.Zero;
            for (int j = 0; j < count; j++)
            {
                Vector512<float> z = Ahead(_gather.Features[j], _gather.Values[j], lane);
                sum += z;
                squares = Vector512.FusedMultiplyAdd(z, z, squares);
            }

            sum.CopyTo(_sums, lane);
            total += (sum * sum) - squares;
        }

        return score + (0.5f * Lanes16.Sum(total));
    }

    // What −γ is missing from in ∂ŷ/∂λ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void GatherSlopes(int count)
    {
        Array.Clear(_weightSlopes);
        _slopes.Values.Clear();
        for (int j = 0; j < count; j++)
        {
            int feature = _gather.Features[j];
            float x = _gather.Values[j];
            int group = _heldOut.GroupOf[feature];
            _weightSlopes[group] += _parameters.Weights[feature] * x;
            float* slopes = _slopes.Pointer + ((long)group * _slopes.Stride);
            for (int lane = 0; lane < _stride; lane += Lanes)
            {
                Vector512<float> others = Vector512.Create(_sums, lane) - Ahead(feature, x, lane);
                Vector512.FusedMultiplyAdd(Vector512.Load(Row(feature) + lane) * Vector512.Create(x), others, Vector512.Load(slopes + lane)).Store(slopes + lane);
            }
        }
    }

    private void MoveGroups(float move)
    {
        for (int group = 0; group < _groups; group++)
        {
            int row = _parameters.Features + 1 + group;
            ref float weight = ref _parameters.Weights[row];
            weight = MathF.Max(0, weight + (move * _weightSlopes[group]));
            float* factors = Row(row);
            float* slopes = _slopes.Pointer + ((long)group * _slopes.Stride);
            for (int lane = 0; lane < _stride; lane += Lanes)
            {
                Vector512<float> moved = Vector512.FusedMultiplyAdd(Vector512.Create(move), Vector512.Load(slopes + lane), Vector512.Load(factors + lane));
                Vector512.Max(Vector512<float>.Zero, moved).Store(factors + lane);
            }
        }
    }
}
