using DistRec.Numerics.Embedding;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class PrincipalPlaneTests
{
    [Fact]
    public void The_plane_of_most_variance_is_found()
    {
        // Variances of 1, 0.25 and 0.0001 along (1, 2, 2)/3, (2, 1, −2)/3 and (2, −2, 1)/3.
        float[][] draws = Draws.Observations(400, 3);
        float[][] rows = [.. draws.Select(draw => new float[]
        {
            ((1 * draw[0]) + (2 * 0.5f * draw[1]) + (2 * 0.01f * draw[2])) / 3,
            ((2 * draw[0]) + (1 * 0.5f * draw[1]) - (2 * 0.01f * draw[2])) / 3,
            ((2 * draw[0]) - (2 * 0.5f * draw[1]) + (1 * 0.01f * draw[2])) / 3,
        })];
        FactorTable plane = PrincipalPlane.Project(Draws.TableOf(rows, 3));
        double[] x = plane.Row(0).ToArray().ToDouble(), y = plane.Row(1).ToArray().ToDouble();
        Correlation(x, [.. draws.Select(draw => (double)draw[0])]).ShouldBeGreaterThan(0.99);
        Math.Abs(Correlation(y, [.. draws.Select(draw => (double)draw[1])])).ShouldBeGreaterThan(0.99);
        Correlation(x, y).ShouldBe(0, 0.01);
    }

    [Fact]
    public void Directions_that_are_not_there_are_zero()
    {
        PrincipalPlane.Project(new FactorTable(5, 4)).Values.ToArray().ShouldAllBe(value => value == 0);
        FactorTable line = PrincipalPlane.Project(Draws.TableOf([[-1, -1], [0, 0], [1, 1]], 2));
        line.Row(0).ToArray().Select(value => MathF.Round(value, 5)).ShouldBe([-1.41421f, 0, 1.41421f]);
        line.Row(1).ToArray().ShouldAllBe(value => value == 0);
        PrincipalPlane.Project(Draws.TableOf([[-1], [1]], 1)).Row(1).ToArray().ShouldBe([0, 0]);
    }

    private static double Correlation(double[] a, double[] b) =>
        a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y));
}
