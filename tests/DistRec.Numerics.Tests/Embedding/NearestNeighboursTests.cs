using DistRec.Numerics.Embedding;
using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class NearestNeighboursTests
{
    // Whole coordinates: distances are exact, and many are equal.
    [Theory]
    [InlineData(2, 3, 1)]
    [InlineData(33, 1, 5)]
    [InlineData(100, 2, 99)]
    [InlineData(515, 3, 20)]
    [InlineData(700, 70, 8)]
    public void They_are_those_that_sorting_all_others_finds_and_of_equally_near_ones_the_first(int count, int rank, int neighbours)
    {
        float[][] rows = [.. Draws.Observations(count, rank).Select(row => row.Select(value => MathF.Round(value)).ToArray())];
        NearestNeighbours search = new(Draws.TableOf(rows, rank), neighbours);
        double[][] points = rows.ToDouble();
        int[] found = new int[NearestNeighbours.QueryCount * neighbours];
        float[] distances = new float[found.Length];
        for (int from = 0; from < count; from += NearestNeighbours.QueryCount)
        {
            int to = Math.Min(from + NearestNeighbours.QueryCount, count);
            search.Find(from, to, found, distances);
            for (int row = from; row < to; row++)
            {
                int[] expected = NaiveTsne.Nearest(points, row)[..neighbours];
                found.AsSpan((row - from) * neighbours, neighbours).ToArray().ShouldBe(expected);
                distances.AsSpan((row - from) * neighbours, neighbours).ToArray().ToDouble()
                    .ShouldBe(expected.Select(other => NaiveTsne.SquaredDistance(points[row], points[other])));
            }
        }
    }

    [Fact]
    public void A_row_is_no_neighbour_of_its_own_but_its_equals_are()
    {
        NearestNeighbours search = new(Draws.TableOf([[5], [5], [5], [6]], 1), 2);
        int[] found = new int[8];
        float[] distances = new float[8];
        search.Find(0, 4, found, distances);
        found.ShouldBe([1, 2, 0, 2, 0, 1, 0, 1]);
        distances.ShouldBe([0, 0, 0, 0, 0, 0, 1, 1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void More_neighbours_than_there_are_others_are_refused(int neighbours) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new NearestNeighbours(new FactorTable(4, 2), neighbours));
}
