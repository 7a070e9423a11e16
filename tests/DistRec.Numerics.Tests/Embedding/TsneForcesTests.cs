using DistRec.Numerics.Embedding;
using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class TsneForcesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(45)]
    public void The_gradient_and_the_divergence_are_those_of_the_definition_by_central_differences(int count)
    {
        double[][] affinities = NaiveTsne.Affinities(Draws.Observations(count, 5).ToDouble(), Math.Max(1, (count - 1) / 3.0));
        FactorTable positions = Positions(count, 3);
        double[][] expected = NaiveTsne.Gradient(affinities, ToPoints(positions), 1e-5);
        double divergence = NaiveTsne.Divergence(affinities, ToPoints(positions));
        double largest = expected.SelectMany(row => row).Max(Math.Abs) + 0.1; // of two points there is none: float32 leaves a little
        foreach (TsneForces forces in new TsneForces[] { new ExactForces(Dense(affinities)), new TreeForces(Sparse(affinities), 0) })
        {
            Compute(forces, positions);
            double kernels = forces.KernelSum();
            for (int point = 0; point < count; point++)
            {
                (4 * (forces.AttractionX[point] - (forces.RepulsionX[point] / kernels))).ShouldBe(expected[point][0], 1e-5 * largest);
                (4 * (forces.AttractionY[point] - (forces.RepulsionY[point] / kernels))).ShouldBe(expected[point][1], 1e-5 * largest);
            }

            Enumerable.Range(0, forces.BlockCount).Sum(block => forces.Divergence(block, kernels)).ShouldBe(divergence, 1e-6);
        }
    }

    [Theory]
    [InlineData(40, 1)]
    [InlineData(700, 1)]
    [InlineData(700, 0.01f)]
    [InlineData(700, 100)]
    public void The_tree_repels_as_all_pairs_do_where_theta_goes_to_zero(int count, float width)
    {
        FactorTable positions = Positions(count, width);
        ExactForces exact = new(new FactorTable(count, count));
        Compute(exact, positions);
        foreach ((double theta, double most) in new[] { (0.7, 0.012), (0.5, 0.005), (0.2, 6e-4), (0.05, 2e-6), (0, 1e-6) })
        {
            TreeForces tree = new(SparseAffinities.Of([], [], count), theta);
            Compute(tree, positions);
            Draws.RelativeError(tree.RepulsionX, exact.RepulsionX.ToArray().ToDouble()).ShouldBeLessThanOrEqualTo(most);
            Draws.RelativeError(tree.RepulsionY, exact.RepulsionY.ToArray().ToDouble()).ShouldBeLessThanOrEqualTo(most);
            tree.KernelSum().ShouldBe(exact.KernelSum(), most * exact.KernelSum());
        }
    }

    [Fact]
    public void Points_at_one_place_do_not_push_each_other()
    {
        FactorTable positions = new(2, 40);
        double[][] affinities = NaiveTsne.Affinities([.. Enumerable.Range(0, 40).Select(_ => new double[2])], 10);
        foreach (TsneForces forces in new TsneForces[] { new ExactForces(Dense(affinities)), new TreeForces(Sparse(affinities), 0.5) })
        {
            Compute(forces, positions);
            forces.RepulsionX.ToArray().ShouldAllBe(force => force == 0);
            forces.AttractionY.ToArray().ShouldAllBe(force => force == 0);
            forces.Kernels.ToArray().ShouldAllBe(kernels => kernels == 39);
        }
    }

    [Fact]
    public void Blocks_may_be_computed_in_any_order()
    {
        FactorTable positions = Positions(333, 5);
        double[][] affinities = NaiveTsne.Affinities(Draws.Observations(333, 5).ToDouble(), 20);
        foreach (TsneForces forces in new TsneForces[] { new ExactForces(Dense(affinities)), new TreeForces(Sparse(affinities), 0.5) })
        {
            Compute(forces, positions);
            float[] expected = [.. forces.AttractionX, .. forces.RepulsionY, .. forces.Kernels];
            for (int block = forces.BlockCount - 1; block >= 0; block--)
            {
                forces.Compute(block);
            }

            float[] found = [.. forces.AttractionX, .. forces.RepulsionY, .. forces.Kernels];
            found.ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(0.71)]
    [InlineData(double.NaN)]
    public void A_theta_that_would_let_points_repel_themselves_is_refused(double theta) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new TreeForces(SparseAffinities.Of([], [], 5), theta));

    private static void Compute(TsneForces forces, FactorTable positions)
    {
        forces.Begin(positions);
        for (int block = 0; block < forces.BlockCount; block++)
        {
            forces.Compute(block);
        }
    }

    private static FactorTable Positions(int count, float width) => Draws.TableOf(
        [[.. Draws.Gaussians(count, 11).Select(x => x * width)], [.. Draws.Gaussians(count, 12).Select(y => (y * width) + 1)]], count);

    private static double[][] ToPoints(FactorTable positions) =>
        [.. Enumerable.Range(0, positions.Rank).Select(point => new double[] { positions.Row(0)[point], positions.Row(1)[point] })];

    private static FactorTable Dense(double[][] affinities) =>
        Draws.TableOf([.. affinities.Select(row => row.Select(value => (float)value).ToArray())], affinities.Length);

    // Both directions of a pair already are p_ij, of which the mean is taken.
    private static SparseAffinities Sparse(double[][] affinities)
    {
        int count = affinities.Length;
        IEnumerable<int> all = Enumerable.Range(0, count);
        (int From, int To)[] pairs = [.. all.SelectMany(i => all.Where(j => j != i).Select(j => (i, j)))];
        float[] given = [.. pairs.Select(pair => (float)(affinities[pair.From][pair.To] * count))];
        return SparseAffinities.Of([.. pairs.Select(pair => pair.To)], given, count);
    }
}
