using System.Numerics;
using System.Runtime.InteropServices;

namespace DistRec.Models;

/// <summary>Tells whether every number of a model is finite.</summary>
public static class FiniteCheck
{
    /// <summary>Looks through μ, the scale and all tables.</summary>
    /// <exception cref="NumericalException">A value is NaN or infinite.</exception>
    public static void Verify(FactorModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        VerifyVector(TableNames.GlobalMean, [model.GlobalMean, model.Unit]);
        VerifyVector(TableNames.RatingScale, [model.Scale.Minimum, model.Scale.Maximum]);
        VerifyVector(TableNames.UserBiases, model.UserBiases);
        VerifyVector(TableNames.ItemBiases, model.ItemBiases);
        VerifyTable(TableNames.UserFactors, model.UserFactors);
        VerifyTable(TableNames.ItemFactors, model.ItemFactors);
        VerifyTable(TableNames.ExplicitItemFactors, model.Feedback?.Explicit);
        VerifyTable(TableNames.ImplicitItemFactors, model.Feedback?.Implicit);
        VerifyTable(TableNames.NeighborWeights, model.Neighbors?.Lists);
        for (int layer = 0; layer < (model.Layers?.Weights.Length ?? 0); layer++)
        {
            VerifyTable(TableNames.LayerWeights(layer), model.Layers!.Weights[layer]);
            VerifyTable(TableNames.LayerBiases(layer), model.Layers.Biases[layer]);
        }

        VerifyTable(TableNames.FeatureFactors, model.Machine?.Parameters.Factors);
        VerifyVector(TableNames.FeatureWeights, model.Machine?.Parameters.Weights);
        VerifyTable(TableNames.UserVariances, model.Spread?.UserVariances);
        VerifyTable(TableNames.ItemVariances, model.Spread?.ItemVariances);
    }

    /// <summary>Index of the first value that is NaN or infinite, or −1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        // A float is not finite exactly when all bits of its exponent are set.
        const uint ExponentBits = 0x7F80_0000;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        Vector<uint> exponent = new(ExponentBits);
        int index = 0;
        for (; index <= bits.Length - Vector<uint>.Count; index += Vector<uint>.Count)
        {
            if (Vector.EqualsAny(new Vector<uint>(bits[index..]) & exponent, exponent))
            {
                break;
            }
        }

        for (; index < bits.Length; index++)
        {
            if ((bits[index] & ExponentBits) == ExponentBits)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>What is thrown for a value that is not finite.</summary>
    /// <param name="what">Name of the table as it stands on disk, or of a figure.</param>
    /// <param name="place">Index of the value, such as <c>[17, 3]</c>.</param>
    /// <param name="value">What was found there.</param>
    public static NumericalException NotFinite(string what, string place, double value) =>
        new($"{what}{place}: expected a finite number, found {value}; training diverged, so lower the learning rate or raise the regularization");

    private static void VerifyVector(string name, ReadOnlySpan<float> values)
    {
        int index = IndexOfNonFinite(values);
        if (index >= 0)
        {
            throw NotFinite(name, $"[{index}]", values[index]);
        }
    }

    private static void VerifyTable(string name, FactorTable? table)
    {
        for (int row = 0; row < (table?.Rows ?? 0); row++)
        {
            ReadOnlySpan<float> values = table!.Row(row);
            int index = IndexOfNonFinite(values);
            if (index >= 0)
            {
                throw NotFinite(name, $"[{row}, {index}]", values[index]);
            }
        }
    }
}
