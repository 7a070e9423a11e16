using System.Runtime.InteropServices;
using DistRec.Numerics.Quantization;
using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Quantization;

public sealed unsafe class QuantizedKernelTests
{
    private const int Rows = QuantizedKernel.BlockRows;
    private const int Codes = QuantizedKernel.GroupCodes;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(257)]
    public void Sums_of_products_are_those_of_plain_integers_even_where_codes_are_as_large_as_they_get(int groups)
    {
        EntityRandom random = new(3, RandomPurpose.SyntheticItem, groups);
        FactorTable block = new(1, Rows * (groups + 2)), estimates = new(1, Rows);
        Span<byte> codes = MemoryMarshal.AsBytes(block.Values[..(Rows * groups)]);
        Span<float> scales = block.Values.Slice(Rows * groups, Rows), offsets = block.Values.Slice(Rows * (groups + 1), Rows);
        sbyte[] query = new sbyte[groups * Codes];
        for (int j = 0; j < codes.Length; j++)
        {
            codes[j] = random.NextInt(3) == 0 ? (byte)255 : (byte)random.NextInt(256);
        }

        for (int j = 0; j < query.Length; j += 2)
        {
            int first = random.NextInt(129), sign = random.NextInt(2) == 0 ? 1 : -1;
            (query[j], query[j + 1]) = ((sbyte)Math.Clamp(sign * first, -128, 127), (sbyte)(sign * Math.Min(127, 128 - first)));
        }

        for (int row = 0; row < Rows; row++)
        {
            (scales[row], offsets[row]) = ((float)random.NextGaussian(), (float)random.NextGaussian());
        }

        float[] expected = new float[Rows];
        for (int row = 0; row < Rows; row++)
        {
            int sum = -77;
            for (int j = 0; j < query.Length; j++)
            {
                sum += codes[(((j / Codes * Rows) + row) * Codes) + (j % Codes)] * query[j];
            }

            expected[row] = MathF.FusedMultiplyAdd(sum * scales[row], 0.25f, offsets[row]);
        }

        float largest = expected.Max();
        fixed (sbyte* q = query)
        {
            Estimate(q, largest).ShouldBeTrue();
            Estimate(q, MathF.BitIncrement(largest)).ShouldBeFalse();
        }

        estimates.Values.ToArray().ShouldBe(expected);
        GC.KeepAlive(block);

        bool Estimate(sbyte* q, float cut) =>
            QuantizedKernel.Estimate((byte*)block.Pointer, groups, (int*)q, -77, 0.25f, cut, estimates.Pointer);
    }
}
