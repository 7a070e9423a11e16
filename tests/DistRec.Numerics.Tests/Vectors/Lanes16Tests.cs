using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Tests.Vectors;

public sealed class Lanes16Tests
{
    [Fact]
    public void The_sum_follows_the_documented_tree()
    {
        for (int key = 0; key < 200; key++)
        {
            float[] x = Draws.Gaussians(16, key);
            float[] level = x;
            for (int half = 8; half >= 1; half /= 2)
            {
                level = [.. Enumerable.Range(0, half).Select(lane => level[lane] + level[lane + half])];
            }

            Lanes16.Sum(Vector512.Create<float>(x)).ShouldBe(level[0]);
        }
    }

    [Fact]
    public void The_order_is_part_of_the_result()
    {
        // ((x₀+x₈)+(x₄+x₁₂)) …: 2²⁵ swallows a lone 1, but not the 16 that seven pairs make of theirs.
        float[] x = [.. Enumerable.Repeat(1f, 16)];
        x[0] = 1 << 25;

        Lanes16.Sum(Vector512.Create<float>(x)).ShouldBe((1 << 25) + 12);
    }
}
