using DistRec.Numerics.Embedding;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class QuadTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(250)]
    [InlineData(3000)]
    public void Every_cell_has_the_mean_and_number_of_the_points_in_it_and_lies_within_its_square(int count)
    {
        FactorTable positions = Draws.TableOf([Draws.Gaussians(count, 1), Draws.Gaussians(count, 2)], count);
        QuadTree tree = Build(positions);
        tree.Order.ToArray().Order().ShouldBe(Enumerable.Range(0, count));
        QuadCell[] cells = tree.Cells.ToArray();
        int[] leaves = [.. cells.Where(cell => cell.End > 0).SelectMany(cell => Enumerable.Range(cell.First, cell.End - cell.First))];
        leaves.ShouldBe(Enumerable.Range(0, count), "leaves hold every point once, in order");
        for (int index = 0; index < tree.Cells.Length; index++)
        {
            QuadCell cell = tree.Cells[index];
            int[] points = tree.Order.Slice(cell.First, (int)cell.Mass).ToArray();
            float[] x = [.. points.Select(point => positions.Row(0)[point])], y = [.. points.Select(point => positions.Row(1)[point])];
            cell.X.ShouldBe((float)x.ToDouble().Average(), 1e-5f);
            cell.Y.ShouldBe((float)y.ToDouble().Average(), 1e-5f);
            Math.Max(x.Max() - x.Min(), y.Max() - y.Min()).ShouldBeLessThanOrEqualTo(cell.Side * 1.01f);
            (cell.End > 0 ? points.Length <= QuadTree.LeafSize : points.Length > QuadTree.LeafSize).ShouldBeTrue();

            // The cells up to the next one are inside this one and hold the same points.
            cell.Next.ShouldBeGreaterThan(index);
            if (cell.End == 0)
            {
                int inside = 0;
                for (int child = index + 1; child < cell.Next; child = tree.Cells[child].Next)
                {
                    tree.Cells[child].Side.ShouldBeLessThanOrEqualTo(cell.Side / 2);
                    inside += (int)tree.Cells[child].Mass;
                }

                inside.ShouldBe((int)cell.Mass);
            }
        }

        tree.Cells[0].Next.ShouldBe(tree.Cells.Length);
    }

    [Fact]
    public void Points_at_one_place_share_a_leaf()
    {
        FactorTable positions = new(2, 40);
        positions.Values.Fill(3);
        positions.Row(0)[7] = 4;
        QuadTree tree = Build(positions);
        tree.Cells.ToArray().Where(cell => cell.End > 0).Select(cell => (int)cell.Mass).ShouldBe([39, 1]);
        positions.Row(0)[7] = 3;
        tree.Build(positions);
        tree.Cells.ToArray().ShouldHaveSingleItem().Mass.ShouldBe(40);
        tree.Cells[0].X.ShouldBe(3);
    }

    [Fact]
    public void Lanes_behind_the_last_point_are_where_it_is()
    {
        QuadTree tree = Build(Draws.TableOf([Draws.Gaussians(17, 1), Draws.Gaussians(17, 2)], 17));
        tree.Sorted.Rank.ShouldBe(32);
        tree.Sorted.Row(0)[17..].ToArray().ShouldBe(Enumerable.Repeat(tree.Sorted.Row(0)[16], 15));
    }

    private static QuadTree Build(FactorTable positions)
    {
        QuadTree tree = new(positions.Rank);
        tree.Build(positions);
        return tree;
    }
}
