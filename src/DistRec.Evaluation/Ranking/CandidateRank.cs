using System.Numerics;
using System.Runtime.Intrinsics;

namespace DistRec.Evaluation.Ranking;

/// <summary>Where an item is among candidates: how many have a higher score, and how many have the same, before and behind it by index.</summary>
/// <param name="Higher">Candidates with a higher score.</param>
/// <param name="EqualBefore">Others with the same score and a lower index.</param>
/// <param name="EqualBehind">Others with the same score and a higher index.</param>
public readonly record struct CandidateRank(int Higher, int EqualBefore, int EqualBehind)
{
    /// <summary>Its place from 0, equal scores by index.</summary>
    public int Place => Higher + EqualBefore;

    /// <summary>Counts for an item.</summary>
    /// <param name="scores">Scores by item, −∞ for those that are no candidates.</param>
    /// <param name="item">The item, a candidate.</param>
    public static CandidateRank Of(ReadOnlySpan<float> scores, int item)
    {
        (int higher, int equal) = Count(scores, scores[item]);
        int before = equal == 1 ? 0 : Count(scores[..item], scores[item]).Equal;
        return new CandidateRank(higher, before, equal - 1 - before);
    }

    private static (int Higher, int Equal) Count(ReadOnlySpan<float> scores, float score)
    {
        Vector512<float> of = Vector512.Create(score);
        int higher = 0, least = 0, item = 0;
        for (; item <= scores.Length - Vector512<float>.Count; item += Vector512<float>.Count)
        {
            Vector512<float> some = Vector512.Create(scores.Slice(item, Vector512<float>.Count));
            higher += BitOperations.PopCount(Vector512.GreaterThan(some, of).ExtractMostSignificantBits());
            least += BitOperations.PopCount(Vector512.GreaterThanOrEqual(some, of).ExtractMostSignificantBits());
        }

        for (; item < scores.Length; item++)
        {
            higher += scores[item] > score ? 1 : 0;
            least += scores[item] >= score ? 1 : 0;
        }

        return (higher, least - higher);
    }
}
