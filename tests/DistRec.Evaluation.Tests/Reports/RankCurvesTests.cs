using DistRec.Evaluation.Ranking;
using DistRec.Evaluation.Reports;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class RankCurvesTests
{
    private static readonly RankCurve Best = Curve(_ => 200), Chance = Curve(step => step / 5);

    [Fact]
    public void Models_are_drawn_over_all_places_and_the_first_ones()
    {
        string page = RankCurves.Render("films <1>", "all items", [("ease", Best), ("a & b", Chance)]);

        page.ShouldContain("Rankings on films &lt;1&gt;");
        page.ShouldContain("ease has 100.0 % of them within 1 % of the candidates. a &amp; b has 1.0 % of them within 1 % of the candidates.");
        page.ShouldContain("<tr><th scope=\"row\">0.1 %</th><td>100.0 %</td><td>0.0 %</td></tr>");
        page.ShouldContain("<tr><th scope=\"row\">50 %</th><td>100.0 %</td><td>50.0 %</td></tr>");
        page.Split("<svg").Length.ShouldBe(3);
        page.ShouldContain("<title>a &amp; b, thousandths of the candidates, from the first place 500: 0.5000</title>");
        page.ShouldContain("<title>a &amp; b, thousandths of the candidates, from the first place 20: 0.0200</title>");
    }

    [Fact]
    public void A_report_of_a_ranking_has_its_curve_and_others_have_none()
    {
        TrainingReport report = SampleReport.Create();
        HtmlReport.Render(report).ShouldNotContain("Where relevant items are");
        RankingResult ranking = new("all items", [10], 3, 0, 200, new Dictionary<string, RankingFigure>(), Chance);
        HtmlReport.Render(report with { Ranking = ranking }).ShouldContain("<h2>Where relevant items are</h2>");
        HtmlReport.Render(report with { Ranking = ranking with { Curve = null } }).ShouldNotContain("Where relevant items are");
    }

    private static RankCurve Curve(Func<int, long> within) => new([.. Enumerable.Range(0, RankCurve.Steps + 1).Select(within)]);
}
