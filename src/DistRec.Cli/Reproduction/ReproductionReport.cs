using System.Globalization;
using System.Text;

namespace DistRec.Cli.Reproduction;

/// <summary>The tables of a reproduction as Markdown: ours beside the sources', with every difference of protocol.</summary>
internal static class ReproductionReport
{
    /// <summary>The whole file.</summary>
    public static string Render(ReproductionResult result, ReproductionPlan plan)
    {
        StringBuilder text = new();
        text.AppendLine("## What source papers report").AppendLine();
        text.AppendLine($"Made by `distrec reproduce`, release {result.Version}, seed {result.Seed}. Rows set what their source fixes,");
        text.AppendLine("such as the number of factors; all other settings are the models' defaults. Nothing was chosen by what");
        text.AppendLine("came out here. A command trains the model of its row alone, in the folder of the data sets. Times are");
        text.AppendLine("those of the machine then.");
        foreach (ReproducedStudy study in result.Studies)
        {
            Append(text, study, plan.Studies.First(one => one.Name == study.Name));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReproducedStudy study, Study definition)
    {
        text.AppendLine().AppendLine($"### {study.Title}").AppendLine();
        if (study.Advice is { } advice)
        {
            text.AppendLine($"`{study.Name}` was skipped: {advice}.");
            return;
        }

        string data = definition.Users is { } users ? $"{users} users drawn of `{definition.Data}`" : $"`{definition.Data}`";
        string protocol = definition.Folds > 0 ? $"{definition.Folds} random folds" : $"`{definition.Options}`";
        text.AppendLine($"`distrec reproduce {study.Name}`. {data}: {study.Data ?? "not read"}; {protocol}.").AppendLine();
        foreach (string difference in study.Differences)
        {
            text.AppendLine($"* {difference}");
        }

        if (definition.Users is not null)
        {
            text.AppendLine($"* The drawn users' ratings are `{definition.DataName}` in the folder of the figures.");
        }

        text.AppendLine();
        AppendRows(text, study, definition);
        if (study.State == "stopped")
        {
            text.AppendLine().AppendLine($"Stopped after {study.Rows.Count} of {definition.Rows.Count} rows; the same command goes on.");
        }

        AppendOrders(text, study, definition.Claim);
        foreach (ReproducedPicture picture in study.Pictures)
        {
            text.AppendLine().AppendLine($"![{picture.Title}]({picture.File})");
        }
    }

    private static void AppendRows(StringBuilder text, ReproducedStudy study, Study definition)
    {
        string[] titles =
        [
            "model", .. definition.Figures.Select(figure => $"DistRec: {Figure.NameOf(figure)}"), .. study.SourceColumns, "best epoch",
            .. definition.CountsParameters ? new[] { "parameters" } : [], "fit", "command",
        ];
        AppendLine(text, titles);
        AppendLine(text, titles.Select(_ => "---"));
        foreach (ReproducedRow row in study.Rows)
        {
            AppendLine(
                text,
                [
                    row.Name,
                    .. definition.Figures.Select(figure =>
                        row.Failure is { } failure ? $"failed: {failure}" : $"**{Quantity.Error(row.Figures[figure])}**"),
                    .. row.Source,
                    row.Failure is null ? $"{row.BestEpoch} of {row.Epochs}" : "",
                    .. definition.CountsParameters ? new[] { row.Parameters is { } parameters ? Quantity.Count(parameters) : "" } : [],
                    Quantity.Duration(row.FitSeconds),
                    $"`{row.Command}`",
                ]);
        }
    }

    private static void AppendOrders(StringBuilder text, ReproducedStudy study, string claim)
    {
        if (study.Orders.Count == 0)
        {
            return;
        }

        bool isError = study.Orders[0].Figure == "mse";
        text.AppendLine().AppendLine(
            $"{claim} Differences are of " + (isError ? "the mean squared error" : Figure.NameOf(study.Orders[0].Figure))
            + ", with the interval of 95 % of 2,000 draws of as many test users, with repeats.").AppendLine();
        string[] titles = ["worse", "better", "DistRec: worse", "better", "difference", "95 % interval", "verdict"];
        AppendLine(text, titles);
        AppendLine(text, titles.Select(_ => "---"));
        foreach (ReproducedOrder order in study.Orders)
        {
            AppendLine(
                text,
                [
                    order.Worse, order.Better, FigureOf(order.Worse), FigureOf(order.Better),
                    Signed(order.Difference.Value), $"{Signed(order.Difference.Low)} to {Signed(order.Difference.High)}", order.Verdict,
                ]);
        }

        string FigureOf(string row) =>
            Quantity.Error(study.Rows.First(one => one.Name == row).Figures[isError ? "rmse" : study.Orders[0].Figure]);
    }

    private static void AppendLine(StringBuilder text, IEnumerable<string> cells)
    {
        IEnumerable<string> safe = cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "));
        text.AppendLine($"| {string.Join(" | ", safe)} |");
    }

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);
}
