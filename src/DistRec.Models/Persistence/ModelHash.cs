using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Models.Persistence;

/// <summary>
/// The identity of a model's numbers: SHA-256 over μ, the scale and the tables in fixed order, each with its name and shape.
/// Two models with the same hash give the same answers; how many partitions trained them, on which machine, when, and how
/// tables are padded in memory does not enter.
/// </summary>
public static class ModelHash
{
    private const string Version = "distrec-model-1";

    /// <summary>Computes the hash as lower-case hex.</summary>
    public static string Compute(FactorModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafeTensorsFormat.RequireLittleEndian();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendText(hash, Version);
        AppendVector(hash, TableNames.GlobalMean, [model.GlobalMean]);
        if (model.Unit != 1)
        {
            AppendVector(hash, TableNames.RatingUnit, [model.Unit]);
        }

        AppendVector(hash, TableNames.RatingScale, [model.Scale.Minimum, model.Scale.Maximum]);
        AppendVector(hash, TableNames.UserBiases, model.UserBiases);
        AppendVector(hash, TableNames.ItemBiases, model.ItemBiases);
        AppendTable(hash, TableNames.UserFactors, model.UserFactors);
        AppendTable(hash, TableNames.ItemFactors, model.ItemFactors);
        if (model.Feedback is { } feedback)
        {
            AppendTable(hash, TableNames.ExplicitItemFactors, feedback.Explicit);
            AppendTable(hash, TableNames.ImplicitItemFactors, feedback.Implicit);
        }

        if (model.Neighbors is { } neighbors)
        {
            AppendNumber(hash, neighbors.Shape.Most);
            AppendVector(hash, nameof(neighbors.Shape.Damping), [neighbors.Shape.Damping]);
            AppendTable(hash, TableNames.NeighborWeights, neighbors.Lists);
        }

        for (int layer = 0; layer < (model.Layers?.Weights.Length ?? 0); layer++)
        {
            AppendNumber(hash, model.Layers!.Shape.IsRectified ? 1 : 0);
            AppendTable(hash, TableNames.LayerWeights(layer), model.Layers.Weights[layer]);
            AppendTable(hash, TableNames.LayerBiases(layer), model.Layers.Biases[layer]);
        }

        if (model.Machine is { } machine)
        {
            AppendText(hash, machine.Link.ToString());
            AppendNumber(hash, 0); // samples, in earlier releases
            if (machine.Units.Mean != 0)
            {
                AppendVector(hash, TableNames.GlobalMean, [machine.Units.Mean]);
            }

            AppendVector(hash, TableNames.FeatureWeights, machine.Parameters.Weights);
            AppendTable(hash, TableNames.FeatureFactors, machine.Parameters.Factors);
        }

        if (model.Spread is { } spread)
        {
            AppendTable(hash, TableNames.UserVariances, spread.UserVariances);
            AppendTable(hash, TableNames.ItemVariances, spread.ItemVariances);
            AppendVector(hash, TableNames.NoiseVariance, [spread.NoiseVariance]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendVector(IncrementalHash hash, string name, ReadOnlySpan<float> values)
    {
        AppendText(hash, name);
        AppendNumber(hash, values.Length);
        AppendValues(hash, values);
    }

    private static void AppendTable(IncrementalHash hash, string name, FactorTable? table)
    {
        AppendText(hash, name);
        AppendNumber(hash, table?.Rows ?? 0);
        AppendNumber(hash, table?.Rank ?? 0);
        for (int row = 0; row < (table?.Rows ?? 0); row++)
        {
            AppendValues(hash, table!.Row(row));
        }
    }

    private static void AppendText(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        AppendNumber(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendNumber(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void AppendValues(IncrementalHash hash, ReadOnlySpan<float> values)
    {
        const int SliceValues = 1 << 24;
        for (int start = 0; start < values.Length; start += SliceValues)
        {
            hash.AppendData(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(SliceValues, values.Length - start))));
        }
    }
}
