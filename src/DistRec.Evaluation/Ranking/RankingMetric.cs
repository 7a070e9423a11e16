namespace DistRec.Evaluation.Ranking;

/// <summary>What a figure of a ranking is of.</summary>
public enum RankingScope
{
    /// <summary>A user's list of K items; the mean over users.</summary>
    List,

    /// <summary>A user's ranking of all candidates; the mean over users.</summary>
    Whole,

    /// <summary>The lists of all users together.</summary>
    Catalogue,
}

/// <summary>A figure of rankings, with the convention that it follows: libraries of one name differ in most of them.</summary>
/// <param name="Key">Its name in JSON, before @K.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Scope">What it is of.</param>
/// <param name="HigherIsBetter">Whether more of it is better; null where it is a matter of taste.</param>
/// <param name="Convention">How it is computed.</param>
public sealed record RankingMetric(string Key, string Name, RankingScope Scope, bool? HigherIsBetter, string Convention)
{
    public static RankingMetric Precision { get; } = new(
        "precision", "precision", RankingScope.List, true, "relevant items in the list ÷ K, also where the list is shorter");

    public static RankingMetric Recall { get; } = new(
        "recall", "recall", RankingScope.List, true, "relevant items in the list ÷ all relevant items of the user");

    public static RankingMetric CappedRecall { get; } = new(
        "cappedRecall", "capped recall", RankingScope.List, true, "relevant items in the list ÷ min(K, relevant items): 1 for the best list; what implicit calls precision");

    public static RankingMetric HitRate { get; } = new(
        "hitRate", "hit rate", RankingScope.List, true, "share of users with a relevant item in the list");

    public static RankingMetric ReciprocalRank { get; } = new(
        "mrr", "MRR", RankingScope.List, true, "1 ÷ place of the first relevant item in the list, 0 where there is none");

    public static RankingMetric Ndcg { get; } = new(
        "ndcg", "nDCG", RankingScope.List, true, "Σ gain ÷ log₂(1 + place) over that of the best list of K; gain 2^rel − 1, rel 1 unless graded");

    public static RankingMetric AveragePrecision { get; } = new(
        "map", "MAP", RankingScope.List, true, "Σ precision at each relevant item's place in the list ÷ min(K, relevant items)");

    public static RankingMetric Novelty { get; } = new(
        "novelty", "novelty", RankingScope.List, null, "mean of −log₂ of the share of training users who have the item, an item of none as if of one");

    public static RankingMetric Serendipity { get; } = new(
        "serendipity", "serendipity", RankingScope.List, true, "relevant items in the list that are not among the K most popular ones unseen by the user ÷ K");

    public static RankingMetric Diversity { get; } = new(
        "diversity", "diversity", RankingScope.List, null,
        "1 − mean cosine of the list's pairs by who has them in training; over at most 1,000 users, evenly spread, with lists of two or more");

    public static RankingMetric Auc { get; } = new(
        "auc", "AUC", RankingScope.Whole, true, "share of pairs of a relevant and another candidate that are in order, equal scores by half");

    public static RankingMetric PercentileRank { get; } = new(
        "percentileRank", "percentile rank", RankingScope.Whole, false, "mean place of relevant items among the candidates, 0 first, 1 last, 0.5 chance (Hu, Koren, Volinsky 2008, unweighted)");

    public static RankingMetric Coverage { get; } = new(
        "coverage", "coverage", RankingScope.Catalogue, null, "share of all items that are in some user's list");

    public static RankingMetric Gini { get; } = new(
        "gini", "Gini", RankingScope.Catalogue, null, "of how often each item is listed: 0 all alike, near 1 always the same few");

    /// <summary>Of a list, in the order of a user's figures.</summary>
    internal static IReadOnlyList<RankingMetric> OfLists { get; } =
        [Precision, Recall, CappedRecall, HitRate, ReciprocalRank, Ndcg, AveragePrecision, Novelty, Serendipity];

    /// <summary>Those of <see cref="OfLists"/> that places alone tell, the first of them.</summary>
    internal const int OfPlaces = 7;

    internal static IReadOnlyList<RankingMetric> OfRankings { get; } = [Auc, PercentileRank];

    /// <summary>All of them, in the order of tables.</summary>
    public static IReadOnlyList<RankingMetric> All { get; } = [.. OfLists, Diversity, Coverage, Gini, .. OfRankings];

    /// <summary>Names of a user's figures: those of lists at each cut-off, then those of rankings.</summary>
    internal static string[] KeysOf(IReadOnlyList<int> cutOffs, int ofLists, bool hasRankings) =>
    [
        .. cutOffs.SelectMany(cutOff => OfLists.Take(ofLists).Select(metric => metric.KeyAt(cutOff))),
        .. hasRankings ? OfRankings.Select(metric => metric.Key) : [],
    ];

    /// <summary>The name of its figure at a cut-off, such as <c>ndcg@10</c>.</summary>
    public string KeyAt(int cutOff) => Scope == RankingScope.Whole ? Key : $"{Key}@{cutOff}";

    /// <summary>Likewise as people read it.</summary>
    public string NameAt(int cutOff) => Scope == RankingScope.Whole ? Name : $"{Name} at {cutOff}";
}
