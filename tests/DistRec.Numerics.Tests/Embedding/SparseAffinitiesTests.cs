using DistRec.Numerics.Embedding;

namespace DistRec.Numerics.Tests.Embedding;

public sealed class SparseAffinitiesTests
{
    [Fact]
    public void They_are_the_mean_of_both_directions_and_sum_to_one()
    {
        // 0 → 1, 2; 1 → 0, 3; 2 → 0, 1; 3 → 1, 2.
        SparseAffinities affinities = SparseAffinities.Of([1, 2, 0, 3, 0, 1, 1, 2], [0.75f, 0.25f, 0.5f, 0.5f, 1, 0, 0.25f, 0.75f], 4);
        affinities.RowStarts.ShouldBe([0, 2, 5, 8, 10]);
        affinities.Columns.ShouldBe([1, 2, 0, 2, 3, 0, 1, 3, 1, 2]);
        affinities.Values.Select(value => value * 8).ShouldBe([1.25f, 1.25f, 1.25f, 0, 0.75f, 1.25f, 0, 0.75f, 0.75f, 0.75f]);
        affinities.Values.Sum().ShouldBe(1);
    }

    [Fact]
    public void A_point_that_is_nobodys_neighbour_keeps_its_own()
    {
        SparseAffinities affinities = SparseAffinities.Of([1, 0, 0], [1, 1, 1], 3);
        affinities.RowStarts.ShouldBe([0, 2, 3, 4]);
        affinities.Columns.ShouldBe([1, 2, 0, 0]);
        SparseAffinities.Of([], [], 3).Values.ShouldBeEmpty();
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused() =>
        Should.Throw<ArgumentException>(() => SparseAffinities.Of([1, 0, 0], [1, 1, 1], 2)).Message.ShouldContain("found 3 and 3");
}
