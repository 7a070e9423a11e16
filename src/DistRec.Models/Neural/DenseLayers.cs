using System.Collections.Concurrent;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Neural;

/// <summary>
/// The layers of <c>mlp</c>: h₀ = [p_u; b_u; q_i; b_i], h_l = a(W_lᵀ h_{l−1} + c_l), and what the last one, of one output and without
/// activation, gives is r̂ in the units of
/// <see cref="RatingUnits"/>. Safe for any number of threads.
/// </summary>
public sealed class DenseLayers
{
    private readonly ConcurrentBag<DenseScratch> _idle = [];

    /// <param name="shape">A shape with layers.</param>
    /// <param name="weights">W of all layers, [inputs, outputs] each, one after the other.</param>
    /// <param name="biases">c of all layers, one after the other.</param>
    public DenseLayers(NeuralShape shape, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Layers == 0 || weights.Length != shape.WeightCount || biases.Length != shape.BiasCount)
        {
            throw new ArgumentException(
                $"expected {shape.WeightCount} weights and {shape.BiasCount} biases of layers, found {weights.Length} and {biases.Length}",
                nameof(weights));
        }

        Shape = shape;
        Weights = new FactorTable[shape.Layers];
        Biases = new FactorTable[shape.Layers];
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            Weights[layer] = new FactorTable(shape.Sizes[layer], shape.Sizes[layer + 1]);
            Biases[layer] = new FactorTable(1, shape.Sizes[layer + 1]);
        }

        Set(weights, biases);
    }

    /// <summary>What the layers are.</summary>
    public NeuralShape Shape { get; }

    /// <summary>W_l, [inputs, outputs], by layer.</summary>
    public FactorTable[] Weights { get; }

    /// <summary>c_l, [1, outputs], by layer.</summary>
    public FactorTable[] Biases { get; }

    /// <summary>Puts other weights and biases in their places; nobody may be using them.</summary>
    public void Set(ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
    {
        for (int layer = 0; layer < Weights.Length; layer++)
        {
            int outputs = Weights[layer].Rank;
            for (int input = 0; input < Weights[layer].Rows; input++)
            {
                weights[..outputs].CopyTo(Weights[layer].Row(input));
                weights = weights[outputs..];
            }

            biases[..outputs].CopyTo(Biases[layer].Row(0));
            biases = biases[outputs..];
        }
    }

    /// <summary>r̂ in the model's units, with the bits that training computes for the same tables.</summary>
    /// <param name="userBias">b_u, or 0.</param>
    /// <param name="userFactors">p_u, [k]; empty for zeros, which stand for the mean of all users.</param>
    /// <param name="itemBias">b_i, or 0.</param>
    /// <param name="itemFactors">q_i, [k]; likewise.</param>
    public float Score(float userBias, ReadOnlySpan<float> userFactors, float itemBias, ReadOnlySpan<float> itemFactors)
    {
        DenseScratch scratch = _idle.TryTake(out DenseScratch? idle) ? idle : new DenseScratch(Shape, 1);
        float score = Score(scratch, userBias, userFactors, itemBias, itemFactors);
        _idle.Add(scratch);
        return score;
    }

    /// <summary>Likewise, and how it changes with the user and the item.</summary>
    /// <param name="userBias">b_u.</param>
    /// <param name="userFactors">p_u, [k]; empty for zeros.</param>
    /// <param name="itemBias">b_i.</param>
    /// <param name="itemFactors">q_i, [k]; empty for zeros.</param>
    /// <param name="slopes">Receives ∂r̂/∂[p_u; b_u; q_i; b_i], [2 (k + 1)].</param>
    public float Score(
        float userBias, ReadOnlySpan<float> userFactors, float itemBias, ReadOnlySpan<float> itemFactors, Span<float> slopes)
    {
        DenseScratch scratch = _idle.TryTake(out DenseScratch? idle) ? idle : new DenseScratch(Shape, 1);
        float score = Score(scratch, userBias, userFactors, itemBias, itemFactors);
        scratch.Changes[^1].Row(0)[0] = 1;
        for (int layer = Weights.Length - 1; layer >= 0; layer--)
        {
            Span<float> below = scratch.Changes[layer].Row(0);
            ReadOnlySpan<float> above = scratch.Changes[layer + 1].Row(0);
            for (int input = 0; input < below.Length; input++)
            {
                below[input] = Dot.Compute(Weights[layer].Row(input), above);
            }

            scratch.Mask(layer, 1, Shape.IsRectified);
        }

        scratch.Changes[0].Row(0).CopyTo(slopes);
        _idle.Add(scratch);
        return score;
    }

    private float Score(
        DenseScratch scratch, float userBias, ReadOnlySpan<float> userFactors, float itemBias, ReadOnlySpan<float> itemFactors)
    {
        scratch.Put(0, userBias, userFactors, itemBias, itemFactors);
        Forward(scratch, 1);
        return scratch.Outputs.Row(0)[0];
    }

    /// <summary>Takes rows of inputs through all layers.</summary>
    /// <param name="scratch">Has the inputs; receives what each layer gives.</param>
    /// <param name="rows">How many.</param>
    internal void Forward(DenseScratch scratch, int rows)
    {
        for (int layer = 0; layer < Weights.Length; layer++)
        {
            FactorTable to = scratch.Values[layer + 1];
            LayerProducts.Multiply(scratch.Values[layer], rows, Weights[layer], Biases[layer], to);
            if (layer < Weights.Length - 1 && Shape.IsRectified)
            {
                Span<float> values = to.Values[..(rows * to.Stride)];
                foreach (ref float value in values)
                {
                    value = value > 0 || float.IsNaN(value) ? value : 0;
                }
            }
        }
    }
}

/// <summary>What goes through layers for a few rows of inputs, and comes back. One thread's at a time.</summary>
internal sealed class DenseScratch
{
    private readonly NeuralShape _shape;

    /// <param name="shape">The layers.</param>
    /// <param name="rows">Rows at a time.</param>
    public DenseScratch(NeuralShape shape, int rows)
    {
        _shape = shape;
        Values = [.. shape.Sizes.Select(size => new FactorTable(rows, size))];
        Changes = [.. shape.Sizes.Select(size => new FactorTable(rows, size))];
    }

    /// <summary>Inputs, and what each layer gives, [rows, outputs].</summary>
    public FactorTable[] Values { get; }

    /// <summary>How the loss changes with each of <see cref="Values"/>, before the activation.</summary>
    public FactorTable[] Changes { get; }

    /// <summary>What the last layer gives, [rows, 1].</summary>
    public FactorTable Outputs => Values[^1];

    /// <summary>Puts a pair's embeddings into a row of inputs; empty ones are zeros.</summary>
    public void Put(int row, float userBias, ReadOnlySpan<float> userFactors, float itemBias, ReadOnlySpan<float> itemFactors)
    {
        Span<float> inputs = Values[0].Row(row);
        int half = _shape.Rank + 1;
        Fill(inputs[..half], userFactors, userBias);
        Fill(inputs[half..], itemFactors, itemBias);

        static void Fill(Span<float> part, ReadOnlySpan<float> factors, float bias)
        {
            if (factors.IsEmpty)
            {
                part[..^1].Clear();
            }

            factors.CopyTo(part);
            part[^1] = bias;
        }
    }

    /// <summary>Lets nothing through where a hidden layer gave 0.</summary>
    /// <param name="layer">Index of <see cref="Values"/>; the inputs have no activation.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="isRectified">Whether hidden layers have one.</param>
    public void Mask(int layer, int rows, bool isRectified)
    {
        if (layer == 0 || !isRectified)
        {
            return;
        }

        int count = rows * Values[layer].Stride;
        ReadOnlySpan<float> values = Values[layer].Values[..count];
        Span<float> changes = Changes[layer].Values[..count];
        for (int index = 0; index < count; index++)
        {
            changes[index] = values[index] > 0 ? changes[index] : 0;
        }
    }
}
