using System.Globalization;
using System.Text;
using DistRec.Data;
using DistRec.Evaluation.Search;

namespace DistRec.Evaluation.Reports;

/// <summary>What a search has found so far.</summary>
public sealed record SearchStudy
{
    /// <summary>Kind of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the data.</summary>
    public required string DataName { get; init; }

    /// <summary>The figure that trials are judged by: its key in <see cref="TrialRecord.Figures"/>.</summary>
    public required string Figure { get; init; }

    /// <summary>Its name as people read it.</summary>
    public required string FigureName { get; init; }

    /// <summary>Whether less is better.</summary>
    public required bool IsError { get; init; }

    /// <summary>Names of the settings that are tried.</summary>
    public required IReadOnlyList<string> Axes { get; init; }

    /// <summary>The trials in their order, whichever was done first.</summary>
    public required IReadOnlyList<SearchStudyTrial> Trials { get; init; }

    /// <summary>Number of the best trial.</summary>
    public required int Best { get; init; }
}

/// <summary>A trial of a search.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Round">The last round that it took part in, from 1.</param>
/// <param name="Record">What it came to there.</param>
public sealed record SearchStudyTrial(int Number, int Round, TrialRecord Record);

/// <summary>
/// A search as one HTML file that needs nothing else: the best figure so far over the trials, the figure over the values of each setting, and all
/// trials as a table. Trials of different rounds have different numbers of epochs behind them, and different colours.
/// </summary>
public static class SearchReport
{
    // Beyond a factor of so many, numbers are shown by their logarithms, as a range is drawn.
    private const double LogarithmicFrom = 8;
    private const int MostNumberTicks = 6;

    private static readonly string[] Styles = ["two", "three", "four", "one"];

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="study">What to tell, with at least one trial.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, SearchStudy study)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(study));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page as text.</summary>
    public static string Render(SearchStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var html = new StringBuilder();
        string title = $"Settings of {study.Model} on {study.DataName}";
        HtmlPage.Begin(html, title);
        html.AppendLine($"<header><h1>{HtmlText.Escape(title)}</h1>");
        SearchStudyTrial best = study.Trials.First(trial => trial.Number == study.Best);
        html.Append($"<p class=\"sub\">{HtmlText.Count(study.Trials.Count)} trials judged by {HtmlText.Escape(study.FigureName)}; ");
        html.AppendLine($"the best is {HtmlText.Escape(WordsOf(study, best))}</p></header>");
        AppendCourse(html, study);
        AppendAxes(html, study);
        AppendTable(html, study);
        HtmlPage.End(
            html,
            $"{study.FigureName} is of ratings kept aside inside the training part; {(study.IsError ? "lower" : "higher")} is better. "
                + "Points show one setting at a time: what differs at one value is of the other settings.");
        return html.ToString();
    }

    private static double? FigureOf(SearchStudy study, SearchStudyTrial trial) =>
        trial.Record.Figures.GetValueOrDefault(study.Figure) is { } figure && double.IsFinite(figure) ? figure : null;

    private static string WordsOf(SearchStudy study, SearchStudyTrial trial)
    {
        string settings = string.Join(", ", trial.Record.Settings.Select(setting => $"{setting.Key} {setting.Value}"));
        return $"trial {trial.Number}: {settings}, {study.FigureName} {HtmlText.Figure(FigureOf(study, trial))}, {trial.Record.Epochs} epochs";
    }

    // Figures of few epochs say nothing of the best so far: of a search that is halved, the trials of the last round are shown.
    private static void AppendCourse(StringBuilder html, SearchStudy study)
    {
        int last = study.Trials.Max(trial => trial.Round);
        List<(int Trial, double Value)> figures = [];
        List<(int Trial, double Value)> best = [];
        foreach (SearchStudyTrial trial in study.Trials.Where(trial => trial.Round == last))
        {
            if (FigureOf(study, trial) is { } figure)
            {
                figures.Add((trial.Number, figure));
                best.Add((trial.Number, best.Count == 0 ? figure : study.IsError ? Math.Min(best[^1].Value, figure) : Math.Max(best[^1].Value, figure)));
            }
        }

        LineSeries[] series = [new("each trial", "one", figures), new("best so far", "two", best)];
        if (!SvgLineChart.HasCourse(series))
        {
            return;
        }

        html.AppendLine("<section><h2>Best so far</h2><div class=\"scroll\">");
        html.Append(new SvgLineChart
        {
            Id = "course",
            Title = $"Best {study.FigureName} so far by trial",
            Description = $"The best {study.FigureName} begins at {HtmlText.Figure(best[0].Value)} and comes to {HtmlText.Figure(best[^1].Value)}.",
            StepName = "trial",
            ValueName = study.FigureName,
            Series = series,
        }.Render()).AppendLine("</div></section>");
    }

    private static void AppendAxes(StringBuilder html, SearchStudy study)
    {
        html.AppendLine("<div class=\"pair\">");
        foreach ((int index, string axis) in study.Axes.Index())
        {
            SearchStudyTrial[] shown =
                [.. study.Trials.Where(trial => FigureOf(study, trial) is not null && trial.Record.Settings.ContainsKey(axis))];
            if (shown.Select(trial => trial.Record.Settings[axis]).Distinct().Count() < 2)
            {
                continue;
            }

            html.AppendLine($"<section><h2>{HtmlText.Escape(axis)}</h2>").Append(ChartOf(study, index, axis, shown).Render()).AppendLine("</section>");
        }

        html.AppendLine("</div>");
    }

    private static SvgScatterChart ChartOf(SearchStudy study, int index, string axis, SearchStudyTrial[] shown)
    {
        // What suits the data is no number: it has a place of its own before them.
        string[] words = [.. shown.Select(trial => trial.Record.Settings[axis]).Distinct()];
        (string Text, double Value)[] numbers =
            [.. words.Select(word => (word, NumberOf(word))).Where(entry => entry.Item2 is not null).Select(entry => (entry.word, entry.Item2!.Value)).OrderBy(entry => entry.Value)];
        string[] others = [.. words.Where(word => NumberOf(word) is null)];
        bool isLogarithmic = numbers.Length > 1 && numbers[0].Value > 0 && numbers[^1].Value / numbers[0].Value >= LogarithmicFrom;
        Dictionary<string, double> places = numbers.ToDictionary(number => number.Text, number => isLogarithmic ? Math.Log10(number.Value) : number.Value);
        double low = places.Count == 0 ? 0 : places.Values.Min();
        double span = places.Count < 2 ? 1 : places.Values.Max() - low;
        foreach ((int place, string word) in others.Index())
        {
            places[word] = low - (span * (others.Length - place) / 8);
        }

        ScatterPoint[] points =
        [
            .. shown.Select(trial => new ScatterPoint(
                places[trial.Record.Settings[axis]], FigureOf(study, trial)!.Value, Styles[(trial.Round - 1) % Styles.Length], WordsOf(study, trial))),
        ];
        int best = Array.FindIndex(shown, trial => trial.Number == study.Best);
        return new SvgScatterChart
        {
            Id = $"axis-{index}",
            Title = $"{study.FigureName} by {axis}",
            Description = best < 0 ? $"{shown.Length} trials." : $"{shown.Length} trials; the best has {axis} {shown[best].Record.Settings[axis]}.",
            AcrossName = isLogarithmic ? $"{axis}, logarithmic" : axis,
            ValueName = study.FigureName,
            Ticks = [.. others.Select(word => (places[word], word)), .. TicksOf(numbers, isLogarithmic)],
            Points = points,
            Best = best < 0 ? null : points[best],
        };
    }

    private static IEnumerable<(double At, string Text)> TicksOf((string Text, double Value)[] numbers, bool isLogarithmic)
    {
        if (numbers.Length <= MostNumberTicks)
        {
            return numbers.Select(number => (isLogarithmic ? Math.Log10(number.Value) : number.Value, number.Text));
        }

        (double low, double high) = (numbers[0].Value, numbers[^1].Value);
        if (!isLogarithmic)
        {
            Axis scale = Axis.Around(low, high, 0, 1, MostNumberTicks);
            return scale.Ticks.Select(tick => (tick, HtmlText.Tick(tick, scale.Step)));
        }

        double[] steps = high / low > 1000 ? [1] : [1, 2, 5];
        return Enumerable.Range((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high / low)) + 2)
            .SelectMany(power => steps.Select(step => step * Math.Pow(10, power))).Where(tick => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9))
            .Select(tick => (Math.Log10(tick), tick.ToString("0.######", CultureInfo.InvariantCulture)));
    }

    private static double? NumberOf(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    private static void AppendTable(StringBuilder html, SearchStudy study)
    {
        bool isHalved = study.Trials.Any(trial => trial.Round > 1);
        string[] columns = ["trial", .. isHalved ? new[] { "round" } : [], .. study.Axes, study.FigureName, "best epoch", "epochs"];
        html.AppendLine("<section><h2>Trials</h2><div class=\"scroll\"><table class=\"numbers\"><thead><tr>");
        foreach (string column in columns)
        {
            html.Append($"<th scope=\"col\">{HtmlText.Escape(column)}</th>");
        }

        html.AppendLine("<th scope=\"col\" class=\"text\"></th></tr></thead><tbody>");
        foreach (SearchStudyTrial trial in study.Trials)
        {
            TrialRecord record = trial.Record;
            string[] cells =
            [
                .. isHalved ? new[] { $"{trial.Round}" } : [],
                .. study.Axes.Select(axis => record.Settings.GetValueOrDefault(axis, HtmlText.None)),
                HtmlText.Figure(FigureOf(study, trial)), $"{record.BestEpoch}", $"{record.Epochs}",
            ];
            html.Append($"<tr{(trial.Number == study.Best ? " class=\"is-best\"" : "")}><th scope=\"row\">{trial.Number}</th>");
            html.Append(string.Concat(cells.Select(cell => $"<td>{HtmlText.Escape(cell)}</td>")));
            html.AppendLine($"<td class=\"text\">{HtmlText.Escape(record.Failure ?? "")}</td></tr>");
        }

        html.AppendLine("</tbody></table></div></section>");
    }
}
