using System.Globalization;
using DistRec.Evaluation.Ranking;
using Spectre.Console;

namespace DistRec.Cli.Output;

/// <summary>Figures of rankings as people read them, each with the convention that it follows.</summary>
internal static class RankingText
{
    /// <summary>The figures that a line has room for.</summary>
    public static string Brief(RankingResult ranking)
    {
        RankingMetric[] metrics = [RankingMetric.Ndcg, RankingMetric.Recall, RankingMetric.HitRate, RankingMetric.ReciprocalRank];
        return string.Join(", ", metrics.Select(metric => $"{metric.Name} {Quantity.Error(ranking.Main(metric))}"));
    }

    /// <summary>What who ranks by predicted ratings should know.</summary>
    public static string OfRatings(string model) =>
        $"{model} predicts ratings, and orders items by them: what people take to is found better by models of interactions, such as --model als-implicit";

    /// <summary>All figures with their intervals, then what they are.</summary>
    public static void Write(IAnsiConsole console, RankingResult ranking)
    {
        Table table = Screen.TableOf("figure", "value>", "95 % interval>", "convention");
        foreach (RankingMetric metric in RankingMetric.All)
        {
            foreach (int cutOff in metric.Scope == RankingScope.Whole ? ranking.CutOffs.Take(1) : ranking.CutOffs)
            {
                if (ranking.Figures.TryGetValue(metric.KeyAt(cutOff), out RankingFigure figure))
                {
                    string convention = cutOff == ranking.CutOffs[0] ? metric.Convention : "";
                    table.AddTexts(metric.NameAt(cutOff), Quantity.Error(figure.Value), IntervalOf(figure), convention);
                }
            }
        }

        console.Write(table);
        console.Write(Screen.Pairs(
        [
            ("candidates", ranking.Candidates),
            ("equal scores", "by item index, lower first"),
            ("users", $"{Quantity.Count(ranking.Users)} with {Quantity.Of(ranking.RelevantItems, "relevant item")}; {Quantity.Count(ranking.UsersLeftOut)} left out, who have no training interactions or no relevant item that is known and unseen"),
            ("95 % interval", "of the mean, by drawing as many users again, with repeats"),
        ]));
    }

    private static string IntervalOf(RankingFigure figure) => figure is { Low: { } low, High: { } high }
        ? string.Create(CultureInfo.InvariantCulture, $"{low:0.0000} to {high:0.0000}") : "";
}
