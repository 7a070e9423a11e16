using DistRec.Evaluation.Ranking;
using Spectre.Console;

namespace DistRec.Cli.Training;

/// <summary>The result of training for a person: figures, the curve, and what to do next.</summary>
internal static class TrainSummary
{
    private const int MaxCurveRows = 12;
    private const int BarWidth = 30;

    public static void Write(IAnsiConsole console, TrainResult result)
    {
        console.WriteLine();
        List<(string, string)> pairs =
        [
            ("model", result.Rank > 0 ? $"{result.Model}, rank {result.Rank}" : result.Model),
            ("data", result.Users == 0
                ? $"{result.DataName}: {Quantity.Count(result.Ratings)} rows of {Quantity.Count(result.Features ?? 0)} features"
                : $"{result.DataName}: {Quantity.Ratings(result.Ratings, result.Items, result.Users)}"),
            ("parts", $"{Quantity.Count(result.TrainRatings)} train, {Quantity.Count(result.ValidationRatings)} validation, {Quantity.Count(result.TestRatings)} test"),
            ("ended", $"{result.State}: {result.StopReason}"),
        ];
        if (result.BestEpoch > 0)
        {
            pairs.Add(("best epoch", $"{result.BestEpoch} of {result.Epochs}"));
        }

        if (result.TrainRmse is not null)
        {
            pairs.Add(("RMSE", $"train {Quantity.Error(result.TrainRmse)}, validation {Quantity.Error(result.ValidationRmse)}, test {Quantity.Error(result.TestRmse)} (test MAE {Quantity.Error(result.TestMae)})"));
        }

        if (result.TestClassification is { } classes)
        {
            pairs.Add(("test", $"accuracy {classes.Accuracy:0.0000}, log-loss {classes.LogLoss:0.0000}, AUC {ClassText.AucOf(classes)}"));
        }

        if (result.TestRanking is { Users: 0 })
        {
            pairs.Add(("ranking", "none: no test user has training interactions and an unseen item"));
        }
        else if (result.TestRanking is { } ranking)
        {
            pairs.Add(($"top {ranking.MainCutOff}", $"{RankingText.Brief(ranking)} over {Quantity.Of(ranking.Users, "test user")}"));
            if (ranking.Main(RankingMetric.PercentileRank) is { } percentile)
            {
                pairs.Add(("percentile", $"mean rank of test items {percentile:0.0%} of the candidates (50 % is chance)"));
            }
        }

        if (result.NoiseFloorRmse is { } floor && result.TestRmse is { } testRmse)
        {
            pairs.Add(("noise floor", $"{Quantity.Error(floor)}, which no model can be expected to beat; test RMSE is {testRmse / floor - 1:0.0%} above it"));
        }

        if (result.TestColdUsers > 0 || result.TestColdItems > 0)
        {
            pairs.Add(("cold", $"{Quantity.Of(result.TestColdUsers ?? 0, "test rating")} by users and {Quantity.Count(result.TestColdItems ?? 0)} of items without training ratings, {(result.Features is null ? "answered by means" : "told by what features they have")}"));
        }

        if (result.SecondsPerEpoch is { } seconds)
        {
            pairs.Add(("speed", $"{Quantity.Duration(seconds)} an epoch, {Quantity.Rate(result.RatingsPerSecond ?? 0)} ratings/s, {result.PeakMemoryMiB:0} MiB at most"));
        }

        pairs.AddRange(result.Notes.Select(note => ("note", note)));
        AddPath("saved to", result.ModelPath);
        AddPath("answers", result.Served is { } served ? $"{served.Model} {served.Version} at {served.Server}" : null);
        AddPath("report", result.ReportPath);
        AddPath("checkpoint", result.CheckpointPath);
        console.Write(Screen.Pairs(pairs));
        WriteCurve(console, result.Curve, result.BestEpoch);

        void AddPath(string name, string? path)
        {
            if (path is not null)
            {
                pairs.Add((name, path));
            }
        }
    }

    /// <summary>What can be done with the model.</summary>
    public static void WriteNext(IAnsiConsole console, string modelPath, string? userId, string? itemId)
    {
        string model = $"--model {ShellText.Quote(modelPath)}";
        console.WriteLine("Next:");
        if (userId is null || itemId is null)
        {
            console.WriteLine($"  distrec predict {model} --rows FILE");
            console.WriteLine($"  distrec inspect {model}");
            return;
        }

        console.WriteLine($"  distrec recommend {model} --user {ShellText.Quote(userId)} --n 10");
        console.WriteLine($"  distrec explain {model} --user {ShellText.Quote(userId)} --item {ShellText.Quote(itemId)}");
        console.WriteLine($"  distrec inspect {model}");
    }

    /// <summary>The learning curve as a table.</summary>
    public static void WriteCurve(IAnsiConsole console, IReadOnlyList<EpochFigures> curve, int bestEpoch)
    {
        if (curve.Count == 0)
        {
            return;
        }

        bool isValidated = curve.Any(point => point.ValidationRmse is not null);
        EpochFigures[] shown = Thin(curve, bestEpoch);
        bool hasErrors = curve.Any(point => point.TrainRmse is not null || point.ValidationRmse is not null);
        if (!hasErrors && curve.All(point => point.Loss is null))
        {
            return;
        }

        if (!hasErrors)
        {
            WriteLosses(console, shown);
            return;
        }

        double[] errors = [.. shown.Select(point => (isValidated ? point.ValidationRmse : point.TrainRmse) ?? 0)];
        double highest = errors.Max();
        double lowest = errors.Where(error => error > 0).DefaultIfEmpty(0).Min();
        Table table = Screen.TableOf("epoch>", "train RMSE>", "validation RMSE>", isValidated ? "validation" : "train");
        for (int index = 0; index < shown.Length; index++)
        {
            EpochFigures point = shown[index];
            int length = highest > lowest ? 1 + (int)Math.Round((errors[index] - lowest) / (highest - lowest) * (BarWidth - 1)) : 1;
            table.AddTexts(
                $"{point.Epoch}",
                Quantity.Error(point.TrainRmse),
                Quantity.Error(point.ValidationRmse),
                new string('█', Math.Max(0, length)) + (point.Epoch == bestEpoch ? " best" : ""));
        }

        console.Write(table);
    }

    private static void WriteLosses(IAnsiConsole console, EpochFigures[] shown)
    {
        Table table = Screen.TableOf("epoch>", "loss>", "seconds>");
        foreach (EpochFigures point in shown)
        {
            table.AddTexts($"{point.Epoch}", $"{point.Loss:0.00}", $"{point.Seconds:0.00}");
        }

        console.Write(table);
    }

    // The first, the last, the best, and others in even steps between them.
    private static EpochFigures[] Thin(IReadOnlyList<EpochFigures> curve, int bestEpoch)
    {
        int steps = Math.Min(curve.Count, MaxCurveRows - 1);
        HashSet<int> kept = [.. Enumerable.Range(0, steps).Select(step => steps == 1 ? 0 : step * (curve.Count - 1) / (steps - 1))];
        return [.. curve.Where((point, index) => kept.Contains(index) || point.Epoch == bestEpoch)];
    }
}
