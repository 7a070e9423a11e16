using DistRec.Evaluation.Reports;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class HtmlTextTests
{
    [Theory]
    [InlineData(0.0, 1.0, "0")]
    [InlineData(0.25, 0.25, "0.25")]
    [InlineData(0.5, 0.25, "0.50")]
    [InlineData(-1.5, 0.5, "−1.5")]
    [InlineData(1250.0, 250.0, "1,250")]
    [InlineData(90000.0, 10000.0, "90k")]
    [InlineData(80231.0, 0.5, "80.2310k")]
    [InlineData(2500000.0, 500000.0, "2.5M")]
    [InlineData(0.0002, 0.0001, "2e−4")]
    public void Ticks_have_the_decimals_their_step_needs(double value, double step, string expected) => HtmlText.Tick(value, step).ShouldBe(expected);

    [Theory]
    [InlineData(0.9, "0.9000")]
    [InlineData(0.0, "0")]
    [InlineData(80235.4, "80,235")]
    [InlineData(0.00002, "2e-5")]
    [InlineData(double.NaN, "diverged")]
    [InlineData(null, "–")]
    public void Figures_are_short_and_never_nan(double? value, string expected) => HtmlText.Figure(value).ShouldBe(expected);

    [Theory]
    [InlineData(0.0423, "42 ms")]
    [InlineData(1.234, "1.23 s")]
    [InlineData(61.7, "61.7 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(7325, "2 h 2 min")]
    public void Durations_are_in_the_unit_that_fits(double seconds, string expected) => HtmlText.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Fact]
    public void Control_characters_and_half_pairs_never_reach_a_page()
    {
        HtmlText.Escape("a\u0000\u001b\uD800b<>&\"'").ShouldNotContain("\u0000");
        HtmlText.Escape("a\u001bb").ShouldBe("a\uFFFDb");
        HtmlText.Escape("<>&\"'").ShouldBe("&lt;&gt;&amp;&quot;&#39;");
        HtmlText.Escape("tab\tline\n").ShouldBe("tab\tline\n");
    }
}
