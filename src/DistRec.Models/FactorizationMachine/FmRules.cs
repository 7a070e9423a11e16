using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Models.FactorizationMachine;

/// <summary>How a gradient moves a parameter θ. Gradients are those of the loss alone; rules add λθ.</summary>
internal unsafe interface IFmRule
{
    /// <summary>v after its step, 16 lanes. Lanes that are 0 with a gradient of 0 stay 0.</summary>
    /// <param name="row">The feature's row.</param>
    /// <param name="feature">Index of the feature.</param>
    /// <param name="lane">Where in the row v stands.</param>
    /// <param name="factors">v before.</param>
    /// <param name="gradient">∂loss/∂v.</param>
    Vector512<float> Move(float* row, int feature, int lane, Vector512<float> factors, Vector512<float> gradient);

    /// <summary>w after its step.</summary>
    float MoveWeight(float* row, int feature, float weight, float gradient);

    /// <summary>w₀ after its step, which no λ holds back.</summary>
    float MoveIntercept(float* row, float weight, float gradient);
}

/// <summary>θ −= γ(∂loss + λθ).</summary>
internal readonly unsafe struct PlainRule(FmStep step) : IFmRule
{
    private readonly float _rate = step.Rate;
    private readonly float _shrink = 1 - (step.Rate * step.Regularization);
    private readonly float _weightShrink = 1 - (step.Rate * step.WeightRegularization);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Move(float* row, int feature, int lane, Vector512<float> factors, Vector512<float> gradient) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(-_rate), gradient, factors * Vector512.Create(_shrink));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveWeight(float* row, int feature, float weight, float gradient) => (weight * _weightShrink) - (_rate * gradient);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveIntercept(float* row, float weight, float gradient) => weight - (_rate * gradient);
}

/// <summary>
/// θ −= γ/√(ε + Σg²) g with g = ∂loss + λθ and the sum over all steps, this one included (Duchi, Hazan, Singer, "Adaptive subgradient
/// methods for online learning and stochastic optimization", JMLR 2011).
/// </summary>
internal readonly unsafe struct AdaGradRule(FmStep step, FmShape shape) : IFmRule
{
    private const float Epsilon = 1e-8f;

    private readonly int _state = shape.StateStart;
    private readonly int _weightState = shape.StateStart + shape.FactorWidth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Move(float* row, int feature, int lane, Vector512<float> factors, Vector512<float> gradient)
    {
        Vector512<float> full = Vector512.FusedMultiplyAdd(Vector512.Create(step.Regularization), factors, gradient);
        Vector512<float> squares = Vector512.FusedMultiplyAdd(full, full, Vector512.Load(row + _state + lane));
        squares.Store(row + _state + lane);
        return factors - (Vector512.Create(step.Rate) * full / Vector512.Sqrt(squares + Vector512.Create(Epsilon)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveWeight(float* row, int feature, float weight, float gradient) =>
        MoveIntercept(row, weight, gradient + (step.WeightRegularization * weight));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveIntercept(float* row, float weight, float gradient)
    {
        float squares = row[_weightState] += gradient * gradient;
        return weight - (step.Rate * gradient / MathF.Sqrt(squares + Epsilon));
    }
}

/// <summary>θ −= γ(∂loss + λθ), λ being that of the feature's group, and of the factor.</summary>
internal readonly unsafe struct AdaptiveRule(FmStep step, FmParameters parameters, int[] groupOf) : IFmRule
{
    private readonly float _rate = step.Rate;
    private readonly float* _table = parameters.Factors.Pointer;
    private readonly int _width = parameters.Factors.Stride;
    private readonly int _firstGroup = parameters.Features + 1;
    private readonly float[] _weights = parameters.Weights;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Move(float* row, int feature, int lane, Vector512<float> factors, Vector512<float> gradient)
    {
        Vector512<float> regularization = Vector512.Load(_table + ((long)(_firstGroup + groupOf[feature]) * _width) + lane);
        return factors - (Vector512.Create(_rate) * Vector512.FusedMultiplyAdd(regularization, factors, gradient));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveWeight(float* row, int feature, float weight, float gradient) =>
        weight - (_rate * (gradient + (_weights[_firstGroup + groupOf[feature]] * weight)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float MoveIntercept(float* row, float weight, float gradient) => weight - (_rate * gradient);
}
