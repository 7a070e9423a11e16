namespace DistRec.Numerics.Linear;

/// <summary>
/// A sum of non-negative numbers that has the same bits however the numbers are ordered and grouped: over threads,
/// partitions or nodes. Each number is rounded once to a multiple of 2⁻⁶⁴ and added as a 128-bit integer, and integer addition is associative.
/// </summary>
/// <remarks>
/// Range: 0 to 2⁶⁴ ≈ 1.8·10¹⁹ for the sum. Each number is off by at most 2⁻⁶⁵ ≈ 2.7·10⁻²⁰; those above 2⁻¹² ≈ 2.4·10⁻⁴ not at all. A sum
/// of squared errors of a hundred billion ratings on any usual scale is far from either end.
/// <example>
/// 0.1 + 0.2 + 0.3 differs from 0.3 + 0.2 + 0.1 in float64; here both are the integer ⌊0.1·2⁶⁴⌉ + ⌊0.2·2⁶⁴⌉ + ⌊0.3·2⁶⁴⌉.
/// </example>
/// </remarks>
public struct ReproducibleSum : IEquatable<ReproducibleSum>
{
    private const int FractionBits = 64;
    private const int MantissaBits = 52;
    private const int ExponentBias = 1023;
    private const int ExponentMask = 0x7FF;

    private UInt128 _units;

    /// <summary>A sum as two halves, for messages.</summary>
    /// <param name="whole">Whole part.</param>
    /// <param name="fraction">Multiples of 2⁻⁶⁴ below 1.</param>
    public ReproducibleSum(ulong whole, ulong fraction)
    {
        _units = new UInt128(whole, fraction);
    }

    /// <summary>Whole part of the sum.</summary>
    public readonly ulong Whole => (ulong)(_units >> FractionBits);

    /// <summary>The rest, in multiples of 2⁻⁶⁴.</summary>
    public readonly ulong Fraction => (ulong)_units;

    public static bool operator ==(ReproducibleSum left, ReproducibleSum right) => left.Equals(right);

    public static bool operator !=(ReproducibleSum left, ReproducibleSum right) => !left.Equals(right);

    /// <summary>Adds a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative, NaN or infinite.</exception>
    /// <exception cref="OverflowException">The sum would pass 2⁶⁴; it is left as it was.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value) || value < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "expected a finite number of at least 0");
        }

        _units = checked(_units + ToUnits(value));
    }

    /// <summary>Adds another sum.</summary>
    /// <exception cref="OverflowException">The sum would pass 2⁶⁴; it is left as it was.</exception>
    public void Merge(ReproducibleSum other) => _units = checked(_units + other._units);

    /// <summary>The sum, rounded to float64.</summary>
    public readonly double ToDouble() => Math.ScaleB((double)_units, -FractionBits);

    public readonly bool Equals(ReproducibleSum other) => _units == other._units;

    public override readonly bool Equals(object? obj) => obj is ReproducibleSum other && Equals(other);

    public override readonly int GetHashCode() => _units.GetHashCode();

    private static UInt128 ToUnits(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int biasedExponent = (int)(bits >> MantissaBits) & ExponentMask; // without the sign, which −0 has
        ulong mantissa = bits & ((1UL << MantissaBits) - 1);
        if (biasedExponent == 0)
        {
            return 0; // below 2⁻¹⁰²²
        }

        mantissa |= 1UL << MantissaBits;

        // value = mantissa · 2^(exponent − 52), so units = mantissa · 2^shift.
        int shift = biasedExponent - ExponentBias - MantissaBits + FractionBits;
        if (shift >= 0)
        {
            return shift <= 128 - MantissaBits - 1
                ? (UInt128)mantissa << shift
                : throw new OverflowException($"a sum ends at 2⁶⁴, found {value}");
        }

        // Half up: one rule for all numbers is all that order independence needs.
        return -shift > MantissaBits + 1 ? 0 : (mantissa + (1UL << (-shift - 1))) >> -shift;
    }
}
