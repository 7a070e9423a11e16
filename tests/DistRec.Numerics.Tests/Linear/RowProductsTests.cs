using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class RowProductsTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void They_have_the_bits_of_plain_loops_over_the_rows(int rank)
    {
        foreach (int count in (int[])[0, 1, 3, 4, 9])
        {
            FactorTable rows = Draws.TableOf(Draws.Observations(count, rank), rank), vectors = Draws.TableOf(Draws.Observations(2, rank, 5), rank);
            float[] scores = new float[count], scales = Draws.Gaussians(count, 3);
            float[] expected = vectors.Row(1).ToArray();
            for (int t = 0; t < count; t++)
            {
                for (int j = 0; j < rank; j++)
                {
                    expected[j] = MathF.FusedMultiplyAdd(scales[t], rows.Row(t)[j], expected[j]);
                }
            }

            fixed (float* s = scores, w = scales)
            {
                RowProducts.Score(rows.Pointer, rows.Stride, count, vectors.Pointer, s);
                RowProducts.AddScaled(rows.Pointer, rows.Stride, count, w, vectors.Pointer + vectors.Stride);
            }

            scores.ShouldBe(Enumerable.Range(0, count).Select(t => Dot.Compute(rows.Values.Slice(t * rows.Stride, rows.Stride), vectors.Values[..rows.Stride])));
            vectors.Row(1).ToArray().ShouldBe(expected);
            GC.KeepAlive(rows);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(1024)]
    [InlineData(8192)]
    public void A_block_has_rows_for_any_stride(int stride) => RowProducts.BlockOf(stride).ShouldBeInRange(4, 256);
}
