using System.Text;
using DistRec.Models;

namespace DistRec.Evaluation.Reports;

/// <summary>How training went: curves over epochs, events, and all figures as a table.</summary>
internal static class ReportCurves
{
    public static void Append(StringBuilder html, TrainingReport report)
    {
        if (report.Epochs.Count == 0)
        {
            return;
        }

        (int Epoch, string What)[] events = [.. report.Events.Select(one => (one.Epoch, one.What))];
        LineSeries[] errors = Lines(report, ("training RMSE", "one", epoch => epoch.TrainRmse), ("validation RMSE", "two", epoch => epoch.ValidationRmse), ("validation MAE", "three", epoch => epoch.ValidationMae));
        LineSeries[] loss = Lines(report, ("regularized loss", "three", epoch => epoch.Loss));

        // What has no errors, such as preferences or an order, is judged by what it minimizes.
        bool isByLoss = errors.Length == 0 && SvgLineChart.HasCourse(loss);
        html.AppendLine("<section><h2>Learning curves</h2>");
        if (isByLoss || SvgLineChart.HasCourse(errors))
        {
            EpochFigures? best = isByLoss ? null : report.BestEpoch;
            string ofWhat = report.Classification is null ? "" : " of probabilities";
            html.Append("<div class=\"scroll\">").Append(new SvgLineChart
            {
                Id = "curve",
                Title = isByLoss ? "Regularized loss by epoch" : $"Error{ofWhat} by epoch",
                Description = isByLoss ? DescribeCourse(loss[0]) : Describe(report),
                ValueName = isByLoss ? "loss" : $"error{ofWhat}",
                Series = isByLoss ? loss : errors,
                Best = best is null ? null : (best.Epoch, best.ValidationRmse!.Value),
                Events = events,
            }.Render()).AppendLine("</div>");
        }
        else
        {
            bool diverged = errors.SelectMany(line => line.Points).Any(point => !double.IsFinite(point.Value));
            string why = diverged ? "Training diverged: fewer than two epochs have finite errors."
                : errors.Length == 0 && report.Epochs.Count > 1 ? "No errors were measured in the epochs; --validation-ratio keeps some of the data aside to judge them by."
                : "A curve needs two epochs with errors.";
            html.AppendLine($"<p class=\"sub\">{why}</p>");
        }

        AppendEvents(html, events);
        AppendTable(html, report);
        html.AppendLine("</section>");
        AppendSmall(html, report, isByLoss ? [] : loss, events);
    }

    private static void AppendSmall(StringBuilder html, TrainingReport report, LineSeries[] loss, (int Epoch, string What)[] events)
    {
        LineSeries[] rate = Lines(report, ("learning rate", "two", epoch => epoch.LearningRate));
        bool hasLoss = SvgLineChart.HasCourse(loss);
        bool rateMoves = SvgLineChart.HasCourse(rate) && rate[0].Points.Select(point => point.Value).Distinct().Count() > 1;
        if (!hasLoss && !rateMoves)
        {
            return;
        }

        html.AppendLine("<div class=\"pair\">");
        if (hasLoss)
        {
            AppendOne(html, "loss", "Training loss", "loss", loss, events, alone: !rateMoves);
        }

        if (rateMoves)
        {
            AppendOne(html, "rate", "Learning rate", "rate", rate, events, alone: !hasLoss);
        }

        html.AppendLine("</div>");
    }

    private static void AppendOne(StringBuilder html, string id, string title, string valueName, LineSeries[] series, (int Epoch, string What)[] events, bool alone)
    {
        html.AppendLine($"<section><h2>{title}</h2><div class=\"scroll\">");
        html.Append(new SvgLineChart
        {
            Id = id,
            Width = alone ? 900 : 520,
            Height = alone ? 300 : 270,
            Title = $"{title} by epoch",
            Description = DescribeCourse(series[0]),
            ValueName = valueName,
            Series = series,
            Events = events,
        }.Render());
        html.AppendLine("</div></section>");
    }

    private static LineSeries[] Lines(TrainingReport report, params (string Name, string Style, Func<EpochFigures, double?> Value)[] lines) =>
    [
        .. lines
            .Select(line => new LineSeries(line.Name, line.Style, [.. report.Epochs.Where(epoch => line.Value(epoch) is not null).Select(epoch => (epoch.Epoch, line.Value(epoch)!.Value))]))
            .Where(line => line.Points.Count > 0),
    ];

    private static string DescribeCourse(LineSeries line) =>
        $"From {HtmlText.Figure(line.Points[0].Value)} at epoch {line.Points[0].Epoch} to {HtmlText.Figure(line.Points[^1].Value)} at epoch {line.Points[^1].Epoch}. The numbers are in the table of epochs.";

    private static string Describe(TrainingReport report)
    {
        EpochFigures first = report.Epochs[0];
        EpochFigures last = report.Epochs[^1];
        string best = report.BestEpoch is { } epoch ? $" The lowest validation RMSE is {HtmlText.Figure(epoch.ValidationRmse)} at epoch {epoch.Epoch}." : string.Empty;
        return $"Training RMSE goes from {HtmlText.Figure(first.TrainRmse)} to {HtmlText.Figure(last.TrainRmse)} in {report.Epochs.Count} epochs.{best} The numbers are in the table below.";
    }

    private static void AppendEvents(StringBuilder html, (int Epoch, string What)[] events)
    {
        if (events.Length == 0)
        {
            return;
        }

        html.AppendLine("<ul class=\"events\">");
        foreach ((int epoch, string what) in events)
        {
            html.AppendLine($"<li><b>Epoch {epoch}</b> {HtmlText.Escape(what)}</li>");
        }

        html.AppendLine("</ul>");
    }

    private static void AppendTable(StringBuilder html, TrainingReport report)
    {
        (string Name, Func<EpochFigures, string> Text, bool Shown)[] columns =
        [
            ("training RMSE", epoch => HtmlText.Figure(epoch.TrainRmse), report.Epochs.Any(epoch => epoch.TrainRmse is not null)),
            ("training loss", epoch => HtmlText.Figure(epoch.Loss), report.Epochs.Any(epoch => epoch.Loss is not null)),
            ("validation RMSE", epoch => HtmlText.Figure(epoch.ValidationRmse), report.Epochs.Any(epoch => epoch.ValidationRmse is not null)),
            ("validation MAE", epoch => HtmlText.Figure(epoch.ValidationMae), report.Epochs.Any(epoch => epoch.ValidationMae is not null)),
            ("learning rate", epoch => HtmlText.Figure(epoch.LearningRate), report.Epochs.Any(epoch => epoch.LearningRate is not null)),
            ("time", epoch => HtmlText.Duration(TimeSpan.FromSeconds(epoch.Seconds)), true),
        ];
        columns = [.. columns.Where(column => column.Shown)];
        html.AppendLine($"<details{(report.Epochs.Count == 1 ? " open" : string.Empty)}><summary>All epochs as a table</summary><div class=\"scroll\"><table class=\"numbers\"><thead><tr><th scope=\"col\">epoch</th>");
        foreach ((string name, _, _) in columns)
        {
            html.Append($"<th scope=\"col\">{name}</th>");
        }

        html.AppendLine("</tr></thead><tbody>");
        EpochFigures? best = report.BestEpoch;
        foreach (EpochFigures epoch in report.Epochs)
        {
            bool isBest = ReferenceEquals(epoch, best);
            html.Append($"<tr{(isBest ? " class=\"is-best\"" : string.Empty)}><th scope=\"row\">{epoch.Epoch}{(isBest ? " (best)" : string.Empty)}</th>");
            foreach ((_, Func<EpochFigures, string> text, _) in columns)
            {
                html.Append($"<td>{text(epoch)}</td>");
            }

            html.AppendLine("</tr>");
        }

        html.AppendLine("</tbody></table></div></details>");
    }
}
