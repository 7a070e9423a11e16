using DistRec.Evaluation.Reports;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class ValueClassesTests
{
    [Fact]
    public void Classes_hold_about_as_many_each_and_end_at_round_numbers()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(index => Math.Pow(index / 100.0, 3))];
        ValueClasses classes = ValueClasses.Of(values, 5, 1);
        classes.Edges.ShouldBe([8, 64, 216, 512]);
        values.GroupBy(classes.ClassOf).Select(group => group.Count()).ShouldAllBe(count => count >= 190 && count <= 210);
    }

    [Theory]
    [InlineData(new double[0], 1)]
    [InlineData(new[] { 3.0 }, 1)]
    [InlineData(new[] { 3.0, 3, 3, 3 }, 1)]
    [InlineData(new[] { 1.0, 1, 1, 1, 1, 1, 2 }, 1)]
    [InlineData(new[] { 1.0, 1, 1, 2, 2, 2 }, 2)]
    [InlineData(new[] { 0.01, 0.02, 0.03, 0.04 }, 1)]
    public void Equal_numbers_are_of_one_class(double[] values, int expected)
    {
        ValueClasses classes = ValueClasses.Of(values, 6, 1);
        classes.Count.ShouldBe(expected);
        values.Select(classes.ClassOf).Distinct().Count().ShouldBe(Math.Min(expected, values.Length));
    }
}
