using DistRec.Data;

namespace DistRec.Evaluation.Ranking;

/// <summary>How rankings are evaluated.</summary>
public sealed record RankingOptions
{
    /// <summary>K where nothing else is said.</summary>
    public const int UsualCutOff = 10;

    /// <summary>Longest list that is looked at.</summary>
    public const int LargestCutOff = 10_000;

    /// <summary>Draws of an interval where nothing else is said.</summary>
    public const int UsualDraws = 1_000;

    /// <summary>Most that a rating can be as a graded relevance: 2^rel stays far from the end of float64.</summary>
    public const double LargestGrade = 100;

    /// <summary>Lengths K of lists, each from 1 to <see cref="LargestCutOff"/>, ascending.</summary>
    public IReadOnlyList<int> CutOffs { get; init; } = [UsualCutOff];

    /// <summary>
    /// Null: every item is a candidate that the user has no training interaction with. N: a relevant item is ranked among N items drawn from those that the user has
    /// neither a training nor a test interaction with, each relevant item by itself. Such figures are far higher, and may order models otherwise (Krichene, Rendle,
    /// "On sampled metrics for item recommendation", KDD 2020).
    /// </summary>
    public int? SampledCandidates { get; init; }

    /// <summary>Least rating of a test item that is relevant; null: all test items are.</summary>
    public double? RelevantFrom { get; init; }

    /// <summary>Whether a relevant item's gain is 2^rel − 1 of its rating, above 0 and at most <see cref="LargestGrade"/>; else it is 1.</summary>
    public bool Graded { get; init; }

    /// <summary>Whether AUC, percentile ranks and their curve are wanted, which need the scores of all items: without them lists alone are found, several times as fast.</summary>
    public bool WholeRankings { get; init; } = true;

    /// <summary>Keys the draws of candidates and of intervals.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Draws of users for intervals, at least 2; 0 for none.</summary>
    public int Draws { get; init; } = UsualDraws;

    /// <summary>How many threads may work; −1 for one a processor. No figure depends on it.</summary>
    public int Threads { get; init; } = -1;

    /// <summary>K of the figures that summaries show: <see cref="UsualCutOff"/> where it is among the cut-offs, else the first.</summary>
    public int MainCutOff => MainOf(CutOffs);

    /// <summary>What a relevant item is ranked among, as people read it.</summary>
    public string Candidates => SampledCandidates is { } n
        ? $"SAMPLED: each relevant item among {n} items drawn from those that the user has no interaction with"
        : "all items that the user has no training interaction with";

    internal static int MainOf(IReadOnlyList<int> cutOffs) => cutOffs.Contains(UsualCutOff) ? UsualCutOff : cutOffs[0];

    /// <exception cref="InputException">A value is out of its range.</exception>
    internal void Check()
    {
        for (int index = 0; index < CutOffs.Count; index++)
        {
            if (CutOffs[index] < 1 || CutOffs[index] > LargestCutOff || (index > 0 && CutOffs[index] <= CutOffs[index - 1]))
            {
                throw InputException.At("cut-offs", $"lengths from 1 to {LargestCutOff:#,0}, ascending", string.Join(", ", CutOffs), "for instance 5, 10, 20");
            }
        }

        if (CutOffs.Count == 0 || SampledCandidates < 1 || Draws is < 0 or 1)
        {
            throw InputException.At(
                "ranking", "a cut-off, at least 1 sampled candidate, and no draws or at least 2",
                $"{CutOffs.Count} cut-offs, {SampledCandidates} candidates, {Draws} draws", "leave them out for the defaults");
        }
    }
}
