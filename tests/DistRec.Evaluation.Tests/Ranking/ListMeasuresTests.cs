using DistRec.Evaluation.Ranking;

namespace DistRec.Evaluation.Tests.Ranking;

/// <summary>A list a b c d e with relevant b, d and one that is not listed: worked by hand, and by an independent program.</summary>
public sealed class ListMeasuresTests
{
    private static readonly double[] Listed = [0, 1, 0, 1, 0];

    [Fact]
    public void A_list_of_five_with_two_of_three_relevant_items_has_the_figures_worked_by_hand()
    {
        double[] figures = Of(Listed, [1, 1, 1], 5);
        figures[0].ShouldBe(2.0 / 5);
        figures[1].ShouldBe(2.0 / 3);
        figures[2].ShouldBe(2.0 / 3);
        figures[3].ShouldBe(1);
        figures[4].ShouldBe(1.0 / 2);
        figures[5].ShouldBe(0.49818925746641285, 1e-12);
        figures[6].ShouldBe(((1.0 / 2) + (2.0 / 4)) / 3);
    }

    [Fact]
    public void The_best_list_has_no_more_relevant_items_than_places()
    {
        double[] figures = Of(Listed, [1, 1, 1], 2);
        figures[0].ShouldBe(1.0 / 2);
        figures[1].ShouldBe(1.0 / 3);
        figures[2].ShouldBe(1.0 / 2);
        figures[5].ShouldBe((1 / Math.Log2(3)) / (1 + (1 / Math.Log2(3))), 1e-12);
        figures[6].ShouldBe((1.0 / 2) / 2);
    }

    // Relevances b 5, d 3 and 4 of the one that is not listed: gains 31, 7 and 15.
    [Fact]
    public void Graded_gains_are_weighed_against_those_of_the_best_list() => Of([0, 31, 0, 7, 0], [31, 15, 7], 5)[5].ShouldBe(0.5134561422525198, 1e-12);

    [Fact]
    public void A_list_shorter_than_K_still_has_precision_over_K() => Of([1.0], [1.0], 3)[0].ShouldBe(1.0 / 3);

    [Fact]
    public void A_list_without_relevant_items_has_zeros() => Of([0, 0], [1, 1], 2).ShouldBe(new double[7]);

    private static double[] Of(double[] gains, double[] ideal, int cutOff)
    {
        double[] figures = new double[7];
        ListMeasures.Measure(gains, ideal, cutOff, figures);
        return figures;
    }
}
