using System.Text;
using DistRec.Evaluation.Ranking;

namespace DistRec.Evaluation.Reports;

/// <summary>The figures a reader looks for first.</summary>
internal static class ReportTiles
{
    public static void Append(StringBuilder html, TrainingReport report)
    {
        List<(string Name, string Value, string Note)> tiles = [];
        if (report.Final is { } final)
        {
            tiles.Add(("Test RMSE", HtmlText.Figure(final.Rmse), $"on {HtmlText.Count(final.Count)} {(report.Ratings.Count == 0 ? "rows" : "ratings")}"));
            tiles.Add(("Test MAE", HtmlText.Figure(final.Mae), $"on the same {(report.Ratings.Count == 0 ? "rows" : "ratings")}"));
        }

        if (report.Classification is { } classes)
        {
            tiles.Add(("Test accuracy", HtmlText.Figure(classes.Accuracy), $"on {HtmlText.Count(classes.Count)} rows, {HtmlText.Count(classes.Positives)} of them positive"));
            tiles.Add(("Test log-loss", HtmlText.Figure(classes.LogLoss), "on the same rows"));
            tiles.Add(("Test AUC", classes.Auc is { } auc ? HtmlText.Figure(auc) : "none", classes.Auc is null ? "one class is missing" : "0.5 is chance"));
        }

        if (report.Ranking is { Users: > 0 } ranking)
        {
            tiles.Add(($"Recall at {ranking.MainCutOff}", HtmlText.Figure(ranking.Main(RankingMetric.Recall)), $"over {HtmlText.Count(ranking.Users)} test users"));
            tiles.Add(($"nDCG at {ranking.MainCutOff}", HtmlText.Figure(ranking.Main(RankingMetric.Ndcg)), "on the same users"));
            if (ranking.Main(RankingMetric.PercentileRank) is { } percentile)
            {
                tiles.Add(("Mean percentile rank", HtmlText.Figure(percentile), "of test items, 0 first, 0.5 chance"));
            }
        }

        if (report.BestEpoch is { } best)
        {
            tiles.Add(("Best validation RMSE", HtmlText.Figure(best.ValidationRmse), $"{(report.Classification is null ? "" : "of probabilities, ")}at epoch {best.Epoch} of {report.Epochs.Count}"));
        }

        if (report.Epochs.Count > 0)
        {
            TimeSpan total = TimeSpan.FromSeconds(report.Epochs.Sum(epoch => epoch.Seconds));
            tiles.Add(("Training time", HtmlText.Duration(total), $"{HtmlText.Count(report.Epochs.Count)} {(report.Epochs.Count == 1 ? "epoch" : "epochs")}, {HtmlText.Duration(total / report.Epochs.Count)} each"));
        }

        if (report.Final is { ColdUsers: var users, ColdItems: var items } && users + items > 0)
        {
            tiles.Add(("Cold test ratings", $"{HtmlText.Count(users)} + {HtmlText.Count(items)}", "new users + new items"));
        }

        if (tiles.Count == 0)
        {
            return;
        }

        html.AppendLine("<dl class=\"tiles\">");
        foreach ((string name, string value, string note) in tiles)
        {
            string lead = name == tiles[0].Name ? " lead" : string.Empty;
            html.AppendLine($"<div class=\"tile{lead}\"><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>");
        }

        html.AppendLine("</dl>");
    }
}
