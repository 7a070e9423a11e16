using System.Xml.Linq;
using DistRec.Evaluation.Reports;
using DistRec.Evaluation.Search;

namespace DistRec.Evaluation.Tests.Reports;

public sealed class SearchReportTests
{
    [Fact]
    public void The_page_has_the_course_the_figure_over_each_setting_and_a_row_of_each_trial()
    {
        string page = SearchReport.Render(Study(
            Trial(1, "default", "sgd", 0.95), Trial(2, "0.01", "sgd", 0.93), Trial(3, "0.1", "<b>", 0.91), Trial(4, "1", "sgd", null, "it diverged")));

        page.ShouldNotContain("http:");
        page.ShouldNotContain("<b>");
        XElement[] charts = Charts(page);
        charts.Length.ShouldBe(3);
        charts[0].Descendants("path").Count(path => path.Attribute("class")!.Value.StartsWith("line ", StringComparison.Ordinal)).ShouldBe(2);
        Titles(charts[0]).ShouldContain("best so far, trial 3: 0.9100");

        // The failed trial has no point, and what suits the data stands before the numbers, on a scale of orders of magnitude.
        XElement[] points = [.. charts[1].Descendants("circle").Where(circle => circle.Attribute("class")!.Value.StartsWith("dot", StringComparison.Ordinal))];
        points.Length.ShouldBe(3);
        double[] across = [.. points.Select(point => double.Parse(point.Attribute("cx")!.Value))];
        across.ShouldBe([.. across.Order()], "default, 0.01, 0.1");
        charts[1].Descendants("text").Select(text => text.Value).ShouldContain("rate, logarithmic");
        Titles(charts[1]).ShouldContain("Best: trial 3: rate 0.1, learner <b>, RMSE 0.9100, 5 epochs");
        charts[2].Descendants("text").Select(text => text.Value).ShouldContain("<b>");
        page.ShouldContain("<tr class=\"is-best\"><th scope=\"row\">3</th><td>0.1</td><td>&lt;b&gt;</td><td>0.9100</td>");
        page.ShouldContain("it diverged");
        page.ShouldContain("4 trials judged by RMSE; the best is trial 3: rate 0.1");
    }

    [Fact]
    public void What_was_halved_away_is_in_other_colours_and_no_part_of_the_course()
    {
        string page = SearchReport.Render(Study(
            Trial(1, "1", "sgd", 0.5), Trial(2, "2", "sgd", 0.9, round: 2), Trial(3, "3", "sgd", 0.8, round: 2)));

        XElement[] charts = Charts(page);
        Titles(charts[0]).ShouldNotContain(title => title.Contains("trial 1"));
        string[] styles = [.. charts[1].Descendants("circle").Select(circle => circle.Attribute("class")!.Value)];
        styles.ShouldBe(["dot two", "dot three", "dot three", "best"]);
    }

    [Fact]
    public void One_trial_has_no_pictures()
    {
        string page = SearchReport.Render(Study(Trial(3, "1", "sgd", 0.5)));

        Charts(page).ShouldBeEmpty();
        page.ShouldContain("<th scope=\"row\">3</th>");
    }

    [Fact]
    public void Many_values_have_round_ticks()
    {
        SearchStudyTrial[] trials = [.. Enumerable.Range(1, 12).Select(number => Trial(number, $"{0.011 * number * number}", "sgd", 1.0 / number))];

        string[] ticks = [.. Charts(SearchReport.Render(Study(trials)))[1].Descendants("text").Select(text => text.Value)];

        ticks.ShouldContain("0.02");
        ticks.ShouldContain("1");
        ticks.ShouldNotContain("0.01", "no value is so low");
        ticks.ShouldNotContain("2", "none is so high");
    }

    private static IEnumerable<string> Titles(XElement chart) => chart.Descendants("title").Select(title => title.Value);

    private static XElement[] Charts(string page)
    {
        List<XElement> charts = [];
        for (int start = page.IndexOf("<svg", StringComparison.Ordinal); start >= 0; start = page.IndexOf("<svg", start + 1, StringComparison.Ordinal))
        {
            charts.Add(XElement.Parse(page[start..(page.IndexOf("</svg>", start, StringComparison.Ordinal) + 6)]));
        }

        return [.. charts];
    }

    private static SearchStudyTrial Trial(int number, string rate, string learner, double? figure, string? failure = null, int round = 1) => new(
        number, round, new TrialRecord(
            $"{number}", new Dictionary<string, string> { ["rate"] = rate, ["learner"] = learner },
            new Dictionary<string, double?> { ["rmse"] = figure }, 5, 4, 1, failure));

    private static SearchStudy Study(params SearchStudyTrial[] trials) => new()
    {
        Model = "mf", DataName = "small", Figure = "rmse", FigureName = "RMSE", IsError = true, Axes = ["rate", "learner"], Trials = trials, Best = 3,
    };
}
