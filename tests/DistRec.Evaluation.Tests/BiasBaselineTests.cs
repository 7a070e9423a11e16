using DistRec.Data;
using DistRec.Models.Baseline;

namespace DistRec.Evaluation.Tests;

public sealed class BiasBaselineTests
{
    [Fact]
    public void It_is_the_error_of_the_biases_of_the_definition()
    {
        // u0: 1, 3; u1: 5. Without damping the biases fit all three exactly: μ = 3, and of (u1, i1) they say 5 + (3 − 1) = 7, which is clipped to 5.
        RatingMatrix train = new(2, [0, 2, 3], [0, 1, 0], [1, 3, 5]);
        RatingMatrix heldOut = new(2, [0, 0, 1], [1], [4]);

        BiasBaseline.RmseOf(train, heldOut, new BaselineOptions { UserRegularization = 0, ItemRegularization = 0 })!.Value.ShouldBe(1, 1e-3);
    }

    [Fact]
    public void With_so_much_damping_that_biases_are_none_it_is_the_deviation_from_the_mean()
    {
        RatingMatrix train = new(2, [0, 2, 3], [0, 1, 0], [1, 3, 5]);
        RatingMatrix heldOut = new(2, [0, 1, 2], [0, 1], [5, 2]);

        BiasBaseline.RmseOf(train, heldOut, new BaselineOptions { UserRegularization = 1e9f, ItemRegularization = 1e9f })!.Value
            .ShouldBe(Math.Sqrt((4 + 1) / 2.0), 1e-6);
    }

    [Fact]
    public void It_is_nothing_where_there_is_nothing_to_fit_or_to_judge_by()
    {
        RatingMatrix some = new(1, [0, 1], [0], [3]), none = new(1, [0, 0], [], []);

        BiasBaseline.RmseOf(none, some, new BaselineOptions()).ShouldBeNull();
        BiasBaseline.RmseOf(some, none, new BaselineOptions()).ShouldBeNull();
    }
}
