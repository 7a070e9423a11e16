namespace DistRec.Numerics.Quantization;

/// <summary>What holds for every row of a block of <see cref="QuantizedRows"/>.</summary>
/// <param name="Coded">At least ‖s_i c_i‖; infinite where a row or an offset is too large for any claim.</param>
/// <param name="Residual">At least ‖δ_i‖.</param>
/// <param name="OffsetMagnitude">At least |a_i|.</param>
/// <param name="LargestOffset">At least a_i.</param>
public readonly record struct BlockBounds(double Coded, double Residual, double OffsetMagnitude, double LargestOffset)
{
    /// <summary>Of no row.</summary>
    internal static BlockBounds None { get; } = new(0, 0, 0, double.NegativeInfinity);

    /// <summary>Of one more row.</summary>
    internal BlockBounds With(double coded, double residual, float offset)
    {
        bool isSafe = coded < QuantizedRows.Largest && residual < QuantizedRows.Largest && Math.Abs(offset) < QuantizedRows.Largest;
        return new(
            Math.Max(Coded, isSafe ? coded : double.PositiveInfinity),
            Math.Max(Residual, residual),
            Math.Max(OffsetMagnitude, Math.Abs(offset)),
            Math.Max(LargestOffset, offset));
    }
}
