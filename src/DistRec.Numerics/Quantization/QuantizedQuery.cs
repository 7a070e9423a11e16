using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Quantization;

/// <summary>
/// A query y = t d + η as 8-bit codes d for <see cref="QuantizedRows"/>, whose remarks have the symbols. Used again and again by
/// one thread.
/// </summary>
public sealed unsafe class QuantizedQuery
{
    // Rounded, two neighbouring codes have magnitudes of at most 128 together, so that their products with codes up to 255 fit 16 bits.
    private const int LargestPair = 127;

    // By how much the codes of rows are stored higher.
    private const int Shift = 128;

    private readonly int[] _codes;

    /// <param name="rank">Of the rows.</param>
    public QuantizedQuery(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        _codes = GC.AllocateArray<int>(Math.Max(1, QuantizedRows.GroupsOf(rank)), pinned: true);
    }

    /// <summary>At least ‖y‖.</summary>
    public double Norm { get; private set; }

    /// <summary>At least ‖t d‖.</summary>
    public double Coded { get; private set; }

    /// <summary>At least ‖η‖; infinite for a query too large for any claim.</summary>
    public double Residual { get; private set; }

    /// <summary>By how much the bound of the error grows with <see cref="BlockBounds.Coded"/>: ‖η‖ + γ₃ ‖t d‖.</summary>
    public double ErrorPerCoded => Residual + (QuantizedRows.Rounding * Coded);

    internal int* Codes => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_codes));

    internal float Scale { get; private set; }

    internal int Start { get; private set; }

    /// <summary>Codes a query.</summary>
    /// <param name="vector">y, [rank], or empty for zeros.</param>
    public void Encode(ReadOnlySpan<float> vector)
    {
        Scale = ScaleOf(vector);
        double inverse = Scale > 0 ? 1.0 / Scale : 0, coded = 0, residual = 0;
        int sum = 0;
        Span<sbyte> codes = MemoryMarshal.Cast<int, sbyte>(_codes.AsSpan());
        codes.Clear();
        for (int j = 0; j < vector.Length; j++)
        {
            int code = (int)Math.Round(vector[j] * inverse);
            double value = (double)Scale * code;
            codes[j] = (sbyte)code;
            sum += code;
            coded += value * value;
            residual += (vector[j] - value) * (vector[j] - value);
        }

        Start = -Shift * sum;
        Norm = Math.Sqrt(Dot.Double(vector, vector)) * QuantizedRows.Up;
        Coded = Math.Sqrt(coded) * QuantizedRows.Up;
        Residual = Norm < QuantizedRows.Largest ? Math.Sqrt(residual) * QuantizedRows.Up : double.PositiveInfinity;
    }

    /// <summary>
    /// How far e_i may lie from x_iᵀy + a_i for any row of a block: ‖s c‖‖η‖ + ‖δ‖‖y‖ + γ₃ (‖s c‖‖t d‖ + |a|), and what underflows.
    /// Infinite or NaN where nothing is claimed.
    /// </summary>
    public double ErrorIn(in BlockBounds bounds) =>
        (bounds.Coded * ErrorPerCoded) + (bounds.Residual * Norm) + (QuantizedRows.Rounding * bounds.OffsetMagnitude) + float.Epsilon;

    private static float ScaleOf(ReadOnlySpan<float> vector)
    {
        double largest = 0;
        for (int j = 0; j < vector.Length; j += 2)
        {
            largest = Math.Max(largest, Math.Abs((double)vector[j]) + (j + 1 < vector.Length ? Math.Abs((double)vector[j + 1]) : 0));
        }

        float scale = (float)(largest / LargestPair);
        return float.IsNormal(scale) ? scale : 0;
    }
}
