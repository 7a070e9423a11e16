using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Jobs;

/// <summary>Reads how rankings are evaluated.</summary>
internal static class RankingReader
{
    /// <summary>What can be said.</summary>
    public static IReadOnlyList<OptionDefinition> Options { get; } =
    [
        .. TrainOptions.Under(
            "Ranking",
            new("ranking", null, "Judge by the order of items, also a model of ratings [by errors, where ratings are predicted]"),
            new("k", "K[,K]", $"Lengths of the lists that are judged [{RankingOptions.UsualCutOff}]"),
            new("candidates", "all|N", "Rank relevant items among all that the user has not seen, or each among N drawn ones: such figures are far higher [all]"),
            new("relevant-from", "X", "Least rating of a test item that is relevant [all are]"),
            new("lists-only", null, "Leave out AUC and percentile ranks, which need every item's score: several times as fast"),
            new("graded", null, "Gain 2^rating - 1 of a relevant item in nDCG [1]")),
    ];

    /// <summary>How rankings are evaluated; null where none of the options is given, so that a model of ratings is judged by its errors.</summary>
    /// <param name="given">The options.</param>
    /// <param name="seed">Keys every draw.</param>
    /// <param name="threads">Threads.</param>
    public static RankingOptions? Read(GivenOptions given, ulong seed, int threads)
    {
        // All are read, so that all mistakes are found.
        bool isAsked = given.Flag("ranking"), isGraded = given.Flag("graded"), isOfLists = given.Flag("lists-only");
        RankingOptions options = new()
        {
            CutOffs = ReadCutOffs(given),
            SampledCandidates = given.Text("candidates") is null or "all"
                ? null : given.Integer("candidates", 0, 1, "all, or for instance 100", RankingOptions.LargestCutOff),
            RelevantFrom = given.Finite("relevant-from"),
            Graded = isGraded,
            WholeRankings = !isOfLists,
            Seed = seed,
            Threads = threads,
        };
        if (isOfLists && options.SampledCandidates is not null)
        {
            given.Refuse(["lists-only"], "nothing, since drawn candidates are ranked whole", "leave it or --candidates out");
        }

        return isAsked || Options.Any(option => given.Has(option.Name)) ? options : null;
    }

    private static int[] ReadCutOffs(GivenOptions given)
    {
        if (given.Text("k") is not { } text)
        {
            return [RankingOptions.UsualCutOff];
        }

        int[] lengths = [.. text.Split(',').Select(word => int.TryParse(word, out int length) ? length : 0).Order().Distinct()];
        if (lengths[0] >= 1 && lengths[^1] <= RankingOptions.LargestCutOff)
        {
            return lengths;
        }

        given.Mistakes.Add(given.PlaceOf("k"), $"lengths from 1 to {RankingOptions.LargestCutOff:#,0}", GivenOptions.Quote(text), "for instance 5,10,20");
        return [RankingOptions.UsualCutOff];
    }
}
