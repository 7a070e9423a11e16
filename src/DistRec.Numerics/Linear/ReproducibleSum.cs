namespace DistRec.Numerics.Linear;

/// <summary>
/// A sum of non-negative doubles whose bits do not depend on the order or grouping of the additions: terms are rounded once to
/// a 128-bit fixed point of 2⁻⁶⁰ and added exactly. Terms and the total may reach 2⁶⁶.
/// </summary>
/// <remarks>Loss and error sums of partitions are merged with it, so that a learning curve, and every decision taken on it, is the
/// same for any number of partitions.</remarks>
public readonly record struct ReproducibleSum
{
    private const int FractionBits = 60;
    private const double Scale = 1L << FractionBits;
    private const double Limit = 1L << 62;

    private readonly UInt128 _value;

    private ReproducibleSum(UInt128 value) => _value = value;

    /// <summary>Puts a sum together again from the two halves that a message carried.</summary>
    public ReproducibleSum(ulong upper, ulong lower)
        : this(new UInt128(upper, lower))
    {
    }

    /// <summary>The more significant half.</summary>
    public ulong Upper => (ulong)(_value >> 64);

    /// <summary>The less significant half.</summary>
    public ulong Lower => (ulong)_value;

    /// <summary>The sum as a double.</summary>
    public double Value => (double)_value / Scale;

    /// <summary>This sum and one more term.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The term is negative, not finite or over 2⁶².</exception>
    public ReproducibleSum Add(double term)
    {
        if (!(term is >= 0 and <= Limit))
        {
            throw new ArgumentOutOfRangeException(nameof(term), term, "expected a number from 0 to 2⁶²");
        }

        return new ReproducibleSum(checked(_value + (UInt128)(term * Scale)));
    }

    /// <summary>The sum of both.</summary>
    public ReproducibleSum Merge(ReproducibleSum other) => new(checked(_value + other._value));
}
