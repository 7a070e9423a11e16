using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Quantization;

/// <summary>Codes one row after the other: x = s c + δ, whole numbers c from −127 to 127.</summary>
/// <param name="stride">Length of the rows with their padding of zeros, a multiple of 16.</param>
internal sealed class RowCoder(int stride)
{
    /// <summary>The largest magnitude of a code.</summary>
    public const int LargestCode = 127;

    private const int Lanes = FactorTable.Lanes;

    private readonly float[] _residuals = new float[stride];

    /// <summary>c, [stride].</summary>
    public float[] Codes { get; } = new float[stride];

    /// <summary>s, a normal number, or 0 where the row's values are too small for one.</summary>
    public float Scale { get; private set; }

    /// <summary>‖s c‖.</summary>
    public double CodedNorm => Scale * Math.Sqrt(Dot.Double(Codes, Codes));

    /// <summary>‖δ‖.</summary>
    public double ResidualNorm => Math.Sqrt(Dot.Double(_residuals, _residuals));

    /// <summary>Codes a row, [stride].</summary>
    public void Encode(ReadOnlySpan<float> row)
    {
        ReadOnlySpan<Vector512<float>> x = MemoryMarshal.Cast<float, Vector512<float>>(row);
        Vector512<float> magnitudes = Vector512<float>.Zero;
        foreach (Vector512<float> values in x)
        {
            magnitudes = Vector512.Max(magnitudes, Vector512.Abs(values));
        }

        float largest = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            largest = Math.Max(largest, magnitudes[lane]);
        }

        Scale = float.IsNormal(largest / LargestCode) ? largest / LargestCode : 0;
        Vector512<float> scale = Vector512.Create(-Scale), inverse = Vector512.Create(Scale > 0 ? 1 / Scale : 0);
        Vector512<float> limit = Vector512.Create((float)LargestCode);
        Span<Vector512<float>> codes = MemoryMarshal.Cast<float, Vector512<float>>(Codes.AsSpan());
        Span<Vector512<float>> residuals = MemoryMarshal.Cast<float, Vector512<float>>(_residuals.AsSpan());
        for (int j = 0; j < x.Length; j++)
        {
            codes[j] = Vector512.Clamp(Vector512.Round(x[j] * inverse), -limit, limit);
            residuals[j] = Vector512.FusedMultiplyAdd(scale, codes[j], x[j]);
        }
    }
}
