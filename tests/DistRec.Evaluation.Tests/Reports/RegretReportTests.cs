using System.Xml.Linq;
using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Reports;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class RegretReportTests
{
    [Fact]
    public void The_page_has_a_curve_and_a_row_of_each_policy_and_needs_nothing_else()
    {
        RegretStudy study = Study(rounds: 500);

        string page = RegretReport.Render(study);

        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        page.ShouldNotContain("<script");
        int start = page.IndexOf("<svg", StringComparison.Ordinal), end = page.IndexOf("</svg>", StringComparison.Ordinal) + 6;
        XElement chart = XElement.Parse(page[start..end]);
        chart.Descendants("path").Count(path => path.Attribute("class")!.Value.StartsWith("line ", StringComparison.Ordinal)).ShouldBe(2);
        chart.Descendants("title").Select(title => title.Value).ShouldContain(
            $"uniform & <b>, round 500: {HtmlText.Figure(study.Policies[1].Final.Mean)}");
        chart.Descendants("text").Select(text => text.Value).ShouldContain("round");
        page.ShouldContain("<th scope=\"row\">uniform &amp; &lt;b&gt;</th>");
        page.ShouldContain($"<td>{HtmlText.Figure(study.Policies[0].Final.Deviation)}</td>");
        page.ShouldContain("2 arms of rates 0.2, 0.4; 500 rounds, 2 runs, seeds from 3");
    }

    [Fact]
    public void A_single_round_has_no_curve_and_a_single_run_no_deviation()
    {
        string page = RegretReport.Render(Study(rounds: 1, runs: 1));

        page.ShouldContain("A curve needs two rounds.");
        page.ShouldContain("<td>–</td>");
        page.ShouldNotContain("NaN");
    }

    private static RegretStudy Study(int rounds, int runs = 2) => RegretStudy.Play(
        [("thompson", new ThompsonPolicy()), ("uniform & <b>", new FixedSplitPolicy(1, 1))],
        [0.2, 0.4],
        rounds,
        runs,
        seed: 3,
        threads: 1);
}
