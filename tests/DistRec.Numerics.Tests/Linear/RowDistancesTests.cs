using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class RowDistancesTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void They_are_those_of_a_plain_double_loop_and_do_not_hang_on_what_stands_beside(int rank)
    {
        float[][] rows = Draws.Observations(11, rank);
        FactorTable table = Draws.TableOf(rows, rank);
        float[] together = new float[11], alone = new float[11];
        fixed (float* all = together, one = alone)
        {
            RowDistances.Compute(table.Pointer, table.Stride, 11, table.Pointer + (4 * table.Stride), all);
            for (int row = 0; row < 11; row++)
            {
                RowDistances.Compute(table.Pointer + (row * table.Stride), table.Stride, 1, table.Pointer + (4 * table.Stride), one + row);
            }
        }

        GC.KeepAlive(table);
        together.ShouldBe(alone);
        for (int row = 0; row < 11; row++)
        {
            double expected = NaiveTsne.SquaredDistance(rows[row].ToDouble(), rows[4].ToDouble());
            ((double)together[row]).ShouldBe(expected, (1e-6 * expected) + 1e-12);
        }
    }

    [Fact]
    public void Close_rows_far_from_the_origin_keep_their_distance_and_equal_ones_have_none()
    {
        float[] first = [1000, 1000], second = [1000.25f, 1000], third = [1000, 1000];
        FactorTable table = Draws.TableOf([first, second, third], 2);
        float[] there = new float[3], back = new float[1];
        fixed (float* to = there, from = back)
        {
            RowDistances.Compute(table.Pointer, table.Stride, 3, table.Pointer, to);
            RowDistances.Compute(table.Pointer, table.Stride, 1, table.Pointer + table.Stride, from);
        }

        GC.KeepAlive(table);
        there.ShouldBe([0, 0.0625f, 0]);
        back[0].ShouldBe(there[1]);
    }
}
