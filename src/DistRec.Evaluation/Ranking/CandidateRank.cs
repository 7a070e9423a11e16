using System.Numerics;
using System.Runtime.Intrinsics;

namespace DistRec.Evaluation.Ranking;

/// <summary>
/// Where an item is among candidates: how many have a higher score, and how many have the same, before and behind it by index.
/// </summary>
/// <param name="Higher">Candidates with a higher score.</param>
/// <param name="EqualBefore">Others with the same score and a lower index.</param>
/// <param name="EqualBehind">Others with the same score and a higher index.</param>
public readonly record struct CandidateRank(int Higher, int EqualBefore, int EqualBehind)
{
    /// <summary>Its place from 0, equal scores by index.</summary>
    public int Place => Higher + EqualBefore;
}

/// <summary>
/// Counts who is before some items of one list of scores. A score has a code of 16 bits that never puts two scores the other way round:
/// codes are compared first, thirty-two at a time, and scores only where codes are equal. Used again for later lists; one thread's at a
/// time.
/// </summary>
/// <param name="itemCount">Scores of a list.</param>
public sealed class CandidateRanks(int itemCount)
{
    private const int Lanes = 32;
    private const short LeftOut = short.MinValue;
    private const short LeastCode = LeftOut + 1;
    private const float Steps = short.MaxValue - LeastCode;

    // Beyond the last score there is nobody.
    private readonly short[] _codes = [.. Enumerable.Repeat(LeftOut, (itemCount + Lanes - 1) / Lanes * Lanes)];

    /// <summary>Takes a list of scores.</summary>
    /// <param name="scores">Scores by item, finite, or −∞ for those that are no candidates; kept the same while items are counted.</param>
    public void Take(ReadOnlySpan<float> scores)
    {
        (float least, float most) = RangeOf(scores);
        float steps = Steps / (most - least);
        if (!float.IsFinite(steps) || !float.IsFinite(most - least))
        {
            // All codes are one, and scores tell.
            (least, steps) = (float.NaN, 0);
        }

        int item = 0;
        for (; item <= scores.Length - Lanes; item += Lanes)
        {
            Vector512.Narrow(CodesOf(scores.Slice(item, Lanes / 2)), CodesOf(scores.Slice(item + (Lanes / 2), Lanes / 2))).CopyTo(_codes, item);
        }

        for (; item < scores.Length; item++)
        {
            _codes[item] = scores[item] == float.NegativeInfinity ? LeftOut : steps == 0 ? LeastCode : (short)(Math.Min((scores[item] - least) * steps, Steps) + LeastCode);
        }

        Vector512<int> CodesOf(ReadOnlySpan<float> some)
        {
            Vector512<float> values = Vector512.Create(some);
            Vector512<float> above = steps == 0 ? Vector512<float>.Zero : Vector512.Min((values - Vector512.Create(least)) * Vector512.Create(steps), Vector512.Create(Steps));
            return Vector512.ConditionalSelect(
                Vector512.Equals(values, Vector512.Create(float.NegativeInfinity)).AsInt32(),
                Vector512.Create((int)LeftOut), Vector512.ConvertToInt32(above + Vector512.Create((float)LeastCode)));
        }
    }

    /// <summary>Counts for an item of the list that was taken.</summary>
    /// <param name="scores">The list.</param>
    /// <param name="item">The item, a candidate.</param>
    public CandidateRank Of(ReadOnlySpan<float> scores, int item)
    {
        Vector512<short> code = Vector512.Create(_codes[item]);
        int higher = 0, before = 0, equal = 0;
        for (int first = 0; first < _codes.Length; first += Lanes)
        {
            Vector512<short> codes = Vector512.Create(_codes, first);
            higher += BitOperations.PopCount(Vector512.GreaterThan(codes, code).ExtractMostSignificantBits());
            ulong same = Vector512.Equals(codes, code).ExtractMostSignificantBits();
            if (same == 0)
            {
                continue;
            }

            // Equal scores have equal codes; a higher score with another code is counted already.
            (ulong above, ulong ties) = Compare(scores, first, scores[item]);
            higher += BitOperations.PopCount(above & same);
            equal += BitOperations.PopCount(ties);
            before += item >= first + Lanes ? BitOperations.PopCount(ties) : item >= first ? BitOperations.PopCount(ties & ((1UL << (item - first)) - 1)) : 0;
        }

        return new CandidateRank(higher, before, equal - 1 - before);
    }

    private static (float Least, float Most) RangeOf(ReadOnlySpan<float> scores)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        int item = 0;
        if (scores.Length >= Vector512<float>.Count)
        {
            Vector512<float> low = Vector512.Create(least), high = Vector512.Create(most), none = high;
            for (; item <= scores.Length - Vector512<float>.Count; item += Vector512<float>.Count)
            {
                Vector512<float> values = Vector512.Create(scores.Slice(item, Vector512<float>.Count));
                high = Vector512.Max(high, values);
                low = Vector512.Min(low, Vector512.ConditionalSelect(Vector512.Equals(values, none), low, values));
            }

            for (int lane = 0; lane < Vector512<float>.Count; lane++)
            {
                (least, most) = (Math.Min(least, low[lane]), Math.Max(most, high[lane]));
            }
        }

        for (; item < scores.Length; item++)
        {
            most = Math.Max(most, scores[item]);
            least = scores[item] == float.NegativeInfinity ? least : Math.Min(least, scores[item]);
        }

        return (least, most);
    }

    // Bits of those above a score, and of those that have it.
    private static (ulong Above, ulong Equal) Compare(ReadOnlySpan<float> scores, int first, float score)
    {
        if (first + Lanes <= scores.Length)
        {
            Vector512<float> of = Vector512.Create(score);
            Vector512<float> low = Vector512.Create(scores.Slice(first, Lanes / 2)), high = Vector512.Create(scores.Slice(first + (Lanes / 2), Lanes / 2));
            return (
                Vector512.GreaterThan(low, of).ExtractMostSignificantBits() | (Vector512.GreaterThan(high, of).ExtractMostSignificantBits() << (Lanes / 2)),
                Vector512.Equals(low, of).ExtractMostSignificantBits() | (Vector512.Equals(high, of).ExtractMostSignificantBits() << (Lanes / 2)));
        }

        ulong above = 0, equal = 0;
        for (int item = first; item < scores.Length; item++)
        {
            above |= scores[item] > score ? 1UL << (item - first) : 0;
            equal |= scores[item] == score ? 1UL << (item - first) : 0;
        }

        return (above, equal);
    }
}
