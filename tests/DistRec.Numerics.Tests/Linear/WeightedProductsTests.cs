namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class WeightedProductsTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void Rows_scaled_by_their_own_products_have_the_bits_of_one_product_after_the_other(int rank)
    {
        foreach (int count in (int[])[0, 1, 5, 300])
        {
            foreach (bool weighted in (bool[])[false, true])
            {
                FactorTable rows = Draws.TableOf(Draws.Observations(count, rank), rank), vectors = Draws.TableOf(Draws.Observations(3, rank, 5), rank);
                vectors.Row(1).CopyTo(vectors.Row(2));
                float[] scores = new float[count], weights = Draws.Gaussians(count, 3);
                int stride = rows.Stride;
                float* x = vectors.Pointer, y = x + stride, expected = y + stride;
                fixed (float* s = scores, w = weights)
                {
                    WeightedProducts.Add(rows.Pointer, stride, count, weighted ? w : null, x, y);
                    RowProducts.Score(rows.Pointer, stride, count, x, s);
                    for (int t = 0; weighted && t < count; t++)
                    {
                        s[t] *= w[t];
                    }

                    RowProducts.AddScaled(rows.Pointer, stride, count, s, expected);
                }

                vectors.Row(1).ToArray().ShouldBe(vectors.Row(2).ToArray());
                GC.KeepAlive(rows);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void Gathered_rows_and_their_products_are_those_of_rows_that_stand_together_already(int rank)
    {
        foreach (int count in (int[])[0, 1, 5, 300])
        {
            FactorTable table = Draws.TableOf(Draws.Observations(40, rank), rank), rows = new(count, rank), vectors = Draws.TableOf(Draws.Observations(5, rank, 5), rank);
            vectors.Row(1).CopyTo(vectors.Row(3));
            vectors.Row(2).CopyTo(vectors.Row(4));
            int stride = rows.Stride;
            int[] indices = [.. Enumerable.Range(0, count).Select(t => t * t % 40)];
            float[] scales = Draws.Gaussians(count, 2), weights = Draws.Gaussians(count, 3);
            float*[] places = new float*[count];
            for (int t = 0; t < count; t++)
            {
                places[t] = table.Pointer + (indices[t] * stride);
            }

            float* x = vectors.Pointer;
            fixed (float** sources = places)
            fixed (float* s = scales, w = weights)
            {
                WeightedProducts.Add(sources, stride, count, w, x, x + (2 * stride), s, x + stride, rows.Pointer);
                RowProducts.AddScaled(rows.Pointer, stride, count, s, x + (3 * stride));
                WeightedProducts.Add(rows.Pointer, stride, count, w, x, x + (4 * stride));
            }

            for (int t = 0; t < count; t++)
            {
                rows.Row(t).SequenceEqual(table.Row(indices[t])).ShouldBeTrue();
            }

            vectors.Row(1).ToArray().ShouldBe(vectors.Row(3).ToArray());
            vectors.Row(2).ToArray().ShouldBe(vectors.Row(4).ToArray());

            // and where they stay where they are
            fixed (float** sources = places)
            fixed (float* w = weights)
            {
                WeightedProducts.Add(sources, stride, count, w, x, x + stride);
                WeightedProducts.Add(rows.Pointer, stride, count, w, x, x + (3 * stride));
            }

            vectors.Row(1).ToArray().ShouldBe(vectors.Row(3).ToArray());
            GC.KeepAlive(table);
        }
    }
}
