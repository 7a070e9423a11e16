using System.Globalization;
using DistRec.Evaluation.Search;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Search;

public sealed class SearchSpaceTests
{
    private static readonly SearchSpace Six = new([SearchAxis.List("rank", "8", "16", "32"), SearchAxis.List("method", "cg", "exact")]);

    [Fact]
    public void A_grid_is_every_combination_once()
    {
        Six.Count.ShouldBe(6);
        Six.Grid().Select(values => string.Join(' ', values)).ShouldBe(["8 cg", "8 exact", "16 cg", "16 exact", "32 cg", "32 exact"]);
    }

    [Fact]
    public void Draws_from_lists_do_not_repeat_and_end_with_all_of_them()
    {
        string[] all = [.. Six.Draw(50, seed: 1).Select(values => string.Join(' ', values))];

        all.Order().ShouldBe(Six.Grid().Select(values => string.Join(' ', values)).Order());
        all.ShouldNotBe(Six.Grid().Select(values => string.Join(' ', values)), "the order is random");
        Six.Draw(3, seed: 1).Select(values => string.Join(' ', values)).ShouldBe(all.Take(3), "fewer are the first ones of more");
        Six.Draw(50, seed: 2).Select(values => string.Join(' ', values)).ShouldNotBe(all);
    }

    [Fact]
    public void A_range_is_tried_alike_in_each_order_of_magnitude()
    {
        SearchAxis axis = SearchAxis.Range("regularization", 0.001, 10, isWhole: false);

        double[] values = [.. Draws(axis, 8000).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

        values.ShouldAllBe(value => value >= 0.001 && value <= 10);
        for (double low = 0.001; low < 5; low *= 10)
        {
            values.Count(value => value >= low && value < low * 10).ShouldBeInRange(1850, 2150);
        }
    }

    [Fact]
    public void Whole_numbers_have_their_share_of_the_logarithm_both_ends_too()
    {
        // 1 to 3: ln 2, ln 3/2 and ln 4/3 of ln 4 make 1/2, 0.2925 and 0.2075.
        string[] values = Draws(SearchAxis.Range("rank", 1, 3, isWhole: true), 10_000);

        values.Distinct().Order().ShouldBe(["1", "2", "3"]);
        values.Count(value => value == "1").ShouldBeInRange(4850, 5150);
        values.Count(value => value == "2").ShouldBeInRange(2790, 3060);
    }

    [Fact]
    public void A_range_of_few_whole_numbers_ends_when_all_are_drawn()
    {
        SearchSpace space = new([SearchAxis.Range("rank", 4, 6, isWhole: true)]);

        space.Count.ShouldBeNull();
        space.Draw(10, seed: 1).Select(values => values[0]).Order().ShouldBe(["4", "5", "6"]);
        Should.Throw<InvalidOperationException>(() => space.Grid().Count());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(double.NaN, 1)]
    public void A_range_that_is_none_is_refused(double low, double high) =>
        Should.Throw<ArgumentOutOfRangeException>(() => SearchAxis.Range("rank", low, high, isWhole: false));

    [Fact]
    public void A_list_without_values_is_refused() => Should.Throw<ArgumentException>(() => SearchAxis.List("rank"));

    private static string[] Draws(SearchAxis axis, int count)
    {
        EntityRandom random = new(3, RandomPurpose.SearchTrial, 0);
        string[] values = new string[count];
        for (int draw = 0; draw < count; draw++)
        {
            values[draw] = axis.Draw(ref random);
        }

        return values;
    }
}
