using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DistRec.Data;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Reports;
using DistRec.Models;

namespace DistRec.Evaluation.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private const string Hostile = "<script>alert('x')</script> & \"quoted\" \u0000 </svg>";

    [Fact]
    public void The_page_needs_nothing_from_anywhere_else()
    {
        string page = HtmlReport.Render(SampleReport.Create());
        page.ShouldNotContain("<script");
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        page.ShouldNotContain(" src=");
        page.ShouldNotContain("@import");
        page.ShouldNotContain("<link");
        Url().Matches(page).ShouldAllBe(match => match.Value == "url(#");
        page.ShouldContain("default-src 'none'");
        page.ShouldContain("prefers-color-scheme: dark");
    }

    [Fact]
    public void Classes_have_accuracy_log_loss_and_auc_and_rows_that_are_no_ratings_no_histogram()
    {
        TrainingReport sample = SampleReport.Create() with { Final = null, Ratings = [], Classification = ClassificationResult.Of([0.9, 0.6, 0.4, 0.2], [1, 0, 1, 0]) };

        string page = HtmlReport.Render(sample);

        page.ShouldContain("<dt>Test accuracy</dt><dd>0.5000<small>on 4 rows, 2 of them positive</small>");
        page.ShouldContain("<dt>Test log-loss</dt><dd>0.54");
        page.ShouldContain("<dt>Test AUC</dt><dd>0.7500<small>0.5 is chance</small>");
        page.ShouldContain("of probabilities, at epoch");
        page.ShouldNotContain("<h2>Ratings</h2>");
        page.ShouldNotContain("Test RMSE");
        HtmlReport.Render(sample with { Classification = ClassificationResult.Of([0.9], [1]) }).ShouldContain("<dd>none<small>one class is missing");
    }

    [Fact]
    public void Text_from_outside_is_escaped_wherever_it_stands()
    {
        TrainingReport sample = SampleReport.Create();
        string page = HtmlReport.Render(sample with
        {
            Title = Hostile,
            ModelKind = Hostile,
            Settings = [new(Hostile, Hostile)],
            Data = [new(Hostile, Hostile)],
            DataFingerprint = Hostile,
            ModelSha256 = Hostile,
            Events = [.. sample.Epochs.Select(epoch => new ReportEvent(epoch.Epoch, Hostile))],
        });
        page.ShouldNotContain("<script");
        page.ShouldNotContain("alert('x')");
        page.ShouldNotContain("\u0000");
        page.ShouldContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot; \uFFFD");
    }

    [Fact]
    public void Every_chart_is_well_formed_and_has_a_title_and_a_description_it_is_named_by()
    {
        XElement[] charts = Charts(HtmlReport.Render(SampleReport.Create()));
        charts.Length.ShouldBe(7);
        foreach (XElement chart in charts)
        {
            string[] named = chart.Attribute("aria-labelledby")!.Value.Split(' ');
            named.ShouldBe([chart.Element("title")!.Attribute("id")!.Value, chart.Element("desc")!.Attribute("id")!.Value]);
            chart.Element("title")!.Value.ShouldNotBeEmpty();
            chart.Element("desc")!.Value.ShouldNotBeEmpty();
            chart.Attribute("role")!.Value.ShouldBe("img");
        }
    }

    [Fact]
    public void Tags_are_balanced_and_ids_are_unique()
    {
        string page = HtmlReport.Render(SampleReport.Create());
        foreach (string tag in new[] { "main", "section", "table", "tbody", "tr", "details", "div", "dl", "svg", "g", "ul" })
        {
            Regex.Count(page, $"<{tag}[ >]").ShouldBe(Regex.Count(page, $"</{tag}>"), tag);
        }

        string[] ids = [.. Id().Matches(page).Select(match => match.Value)];
        ids.ShouldBeUnique();
    }

    [Fact]
    public void Everything_drawn_stays_inside_its_chart()
    {
        foreach (TrainingReport report in Reports())
        {
            foreach (XElement chart in Charts(HtmlReport.Render(report)))
            {
                double[] box = [.. chart.Attribute("viewBox")!.Value.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
                foreach (XElement one in chart.Elements().Where(element => element.Name == "rect" || element.Name == "text" || element.Name == "line"))
                {
                    foreach ((string name, double end) in new[] { ("x", box[2]), ("x1", box[2]), ("x2", box[2]), ("y", box[3]), ("y1", box[3]), ("y2", box[3]) })
                    {
                        if (one.Attribute(name) is { } value)
                        {
                            double.Parse(value.Value, CultureInfo.InvariantCulture).ShouldBeInRange(0, end, one.ToString());
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void The_best_epoch_is_the_first_with_the_lowest_validation_error_and_is_marked_in_chart_and_table()
    {
        TrainingReport report = SampleReport.Create() with
        {
            Epochs = [Epoch(1, 0.9), Epoch(2, double.NaN), Epoch(3, 0.7), Epoch(4, 0.7), Epoch(5, 0.8)],
        };
        report.BestEpoch!.Epoch.ShouldBe(3);
        string page = HtmlReport.Render(report);
        page.ShouldContain(">best 0.7000 at epoch 3<");
        page.ShouldContain("<tr class=\"is-best\"><th scope=\"row\">3 (best)</th>");
        Regex.Count(page, "is-best\"").ShouldBe(1);

        static EpochFigures Epoch(int epoch, double rmse) => new(epoch, 1, rmse, null, null, null, 1);
    }

    [Fact]
    public void Points_stand_where_their_values_are()
    {
        TrainingReport report = SampleReport.Create() with
        {
            Epochs = [.. new[] { 1.0, 0.75, 0.5 }.Select((rmse, index) => new EpochFigures(index + 1, rmse, null, null, null, null, 1))],
        };
        XElement chart = Charts(HtmlReport.Render(report))[0];
        XElement[] dots = [.. chart.Descendants("circle").Where(dot => dot.Element("title") is not null)];
        double[] y = [.. dots.Select(dot => double.Parse(dot.Attribute("cy")!.Value, CultureInfo.InvariantCulture))];
        double[] x = [.. dots.Select(dot => double.Parse(dot.Attribute("cx")!.Value, CultureInfo.InvariantCulture))];
        dots.Length.ShouldBe(3);
        (x[1] - x[0]).ShouldBe(x[2] - x[1], 0.05);
        (y[1] - y[0]).ShouldBe(y[2] - y[1], 0.05);
        y.ShouldBeInOrder(SortDirection.Ascending, "lower errors stand lower, which is further down");

        // The tick of 0.5 stands where the point of 0.5 does.
        XElement tick = chart.Elements("text").Single(text => text.Value == "0.5");
        double.Parse(tick.Attribute("y")!.Value, CultureInfo.InvariantCulture).ShouldBe(y[2], 0.05);
    }

    [Fact]
    public void A_first_epoch_far_above_the_rest_does_not_flatten_the_curve_and_is_told()
    {
        TrainingReport report = SampleReport.Create() with
        {
            Epochs = [.. Enumerable.Range(1, 40).Select(epoch => new EpochFigures(epoch, epoch == 1 ? 50 : 0.9 - 0.005 * epoch, null, null, null, null, 1))],
        };
        string page = HtmlReport.Render(report);
        page.ShouldContain("lines go on above, up to 50.0000");
        double[] y = [.. Charts(page)[0].Descendants("circle").Where(dot => dot.Element("title") is not null).Skip(1).Select(dot => double.Parse(dot.Attribute("cy")!.Value, CultureInfo.InvariantCulture))];
        (y.Max() - y.Min()).ShouldBeGreaterThan(80);
    }

    [Fact]
    public void No_page_ever_shows_nan_or_infinity()
    {
        foreach (TrainingReport report in Reports())
        {
            string page = HtmlReport.Render(report);
            page.ShouldNotContain("NaN");
            page.ShouldNotContain("∞");
            page.ShouldNotContain("Infinity");
        }

        HtmlReport.Render(SampleReport.Create() with { Epochs = Diverged }).ShouldContain("<td>diverged</td>");
    }

    [Fact]
    public void A_run_without_errors_has_the_curve_of_its_loss_once()
    {
        TrainingReport report = SampleReport.Create();
        string page = HtmlReport.Render(report with { Epochs = [.. report.Epochs.Select(epoch => epoch with { TrainRmse = null, ValidationRmse = null, ValidationMae = null })] });

        page.ShouldContain("<title id=\"curve-title\">Regularized loss by epoch</title>");
        page.ShouldNotContain("id=\"loss-title\"");
        page.ShouldNotContain("A curve needs");
    }

    [Fact]
    public void Errors_of_probabilities_are_called_so()
    {
        string page = HtmlReport.Render(SampleReport.Create() with { Classification = ClassificationResult.Of([0.9, 0.2], [1, 0]) });

        page.ShouldContain("<title id=\"curve-title\">Error of probabilities by epoch</title>");
    }

    [Fact]
    public void Epochs_in_which_nothing_was_measured_say_how_to_have_a_curve()
    {
        TrainingReport report = SampleReport.Create();
        string page = HtmlReport.Render(report with { Epochs = [.. report.Epochs.Select(epoch => new EpochFigures(epoch.Epoch, null, null, null, null, null, 1))] });

        page.ShouldContain("No errors were measured in the epochs; --validation-ratio keeps some of the data aside to judge them by.");
    }

    [Fact]
    public void Popular_items_and_lists_of_users_are_shown_by_their_titles_or_else_ids()
    {
        string page = HtmlReport.Render(SampleReport.Create());

        page.ShouldContain("The most rated tenth of the items has 43 % of the training ratings.");
        page.ShouldContain("<tr><th scope=\"row\">Star Wars (1977)</th><td>495</td><td>4.36</td></tr>");
        page.ShouldContain("<tr><th scope=\"row\">258</th><td>402</td><td>3.80</td></tr>");
        page.ShouldContain("<summary>User 196, 31 training ratings</summary>");
        page.ShouldContain("<tr><th scope=\"row\">Fargo (1996)</th><td>4.73</td></tr>");
        page.ShouldContain("<summary>User &lt;b&gt;, 1 training rating</summary>");
        page.ShouldContain("<tr><th scope=\"row\">x &amp; y</th><td>1</td></tr>");
    }

    [Fact]
    public void Every_epoch_bar_and_bin_stands_in_a_table()
    {
        TrainingReport report = SampleReport.Create();
        string page = HtmlReport.Render(report);
        int rows = report.Epochs.Count + report.Final!.Errors.Count + report.Final.ByActivity.Count + report.Ratings.Count
            + report.Popularity!.Bins.Count + report.Popularity.MostRated.Count + report.Samples.Sum(sample => sample.Liked.Count + sample.Shown.Count);
        Regex.Count(page, "<th scope=\"row\">").ShouldBe(rows);
        page.ShouldContain("<tr><th scope=\"row\">5</th><td>21,201</td><td>21.2 %</td></tr>");
        page.ShouldContain("<tr><th scope=\"row\">20–49</th><td>260</td><td>1,500</td><td>0.9402</td><td>0.7431</td></tr>");
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it()
    {
        string folder = Directory.CreateTempSubdirectory("distrec-tests-").FullName;
        try
        {
            string path = Path.Combine(folder, "new", "report.html");
            HtmlReport.Write(path, SampleReport.Create());
            HtmlReport.Write(path, SampleReport.Create() with { Title = "second" });
            File.ReadAllText(path).ShouldContain("<h1>second</h1>");
            Directory.GetFileSystemEntries(Path.Combine(folder, "new")).ShouldBe([path]);

            Directory.CreateDirectory(Path.Combine(folder, "taken"));
            Should.Throw<InputException>(() => HtmlReport.Write(Path.Combine(folder, "taken"), SampleReport.Create())).Message.ShouldContain("taken: expected a file that can be written");
            Should.Throw<InputException>(() => HtmlReport.Write(Path.Combine(path, "below-a-file.html"), SampleReport.Create()));
            Directory.GetFileSystemEntries(folder).Length.ShouldBe(2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static EpochFigures[] Diverged =>
        [.. Enumerable.Range(1, 5).Select(epoch => new EpochFigures(epoch, double.NaN, double.NaN, double.NegativeInfinity, double.PositiveInfinity, 0.1, 0))];

    private static TrainingReport[] Reports()
    {
        TrainingReport sample = SampleReport.Create();
        return
        [
            sample,
            SampleReport.Create(1),
            SampleReport.Create(2),
            SampleReport.Create(500),
            sample with { Epochs = Diverged },
            sample with { Epochs = [.. sample.Epochs.Take(3), .. Diverged] },
            sample with { Epochs = [.. sample.Epochs.Select(epoch => epoch with { TrainRmse = 0.5, ValidationRmse = 0.5, ValidationMae = 0.5, Loss = 0 })] },
            sample with { Epochs = [.. sample.Epochs.Select(epoch => epoch with { TrainRmse = 1e-9 * epoch.Epoch, ValidationRmse = 1e12, ValidationMae = null })] },
            sample with { Epochs = [], Ratings = [], Final = null, Settings = [], Data = [], DataFingerprint = null, ModelSha256 = null, Created = null },
            sample with { Final = sample.Final! with { Errors = [new HistogramBar(0, 1, 0)], ByActivity = [] } },
        ];
    }

    private static XElement[] Charts(string page) => [.. Svg().Matches(page).Select(match => XElement.Parse(match.Value))];

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex(@"url\(.")]
    private static partial Regex Url();

    [GeneratedRegex(" id=\"[^\"]*\"")]
    private static partial Regex Id();
}
