using DistRec.Evaluation.Ranking;

namespace DistRec.Evaluation.Tests.Ranking;

public sealed class CandidateRanksTests
{
    public static TheoryData<int, string> Lists
    {
        get
        {
            TheoryData<int, string> lists = [];
            foreach (int length in new[] { 1, 15, 16, 31, 32, 33, 64, 100, 1_000 })
            {
                foreach (string kind in new[] { "spread", "ties", "one value", "few values", "skewed", "neighbours", "huge", "tiny" })
                {
                    lists.Add(length, kind);
                }
            }

            return lists;
        }
    }

    [Theory, MemberData(nameof(Lists))]
    public void Every_item_is_where_comparing_with_each_other_one_puts_it(int length, string kind)
    {
        Random random = new(length + kind.Length);
        float[] scores = [.. Enumerable.Range(0, length).Select(_ => kind switch
        {
            "spread" => (float)((random.NextDouble() * 20) - 10),
            "ties" => (float)random.Next(length / 2 + 1),
            "one value" => 3f,
            "few values" => random.Next(3) * 1e-3f,
            "skewed" => (float)Math.Exp(-30 * random.NextDouble()),
            "neighbours" => random.Next(2) == 0 ? 1f : MathF.BitIncrement(1f),
            "huge" => random.Next(4) switch { 0 => float.MaxValue, 1 => float.MinValue, _ => random.Next(3) },
            _ => random.Next(5) * float.Epsilon,
        })];
        for (int item = 0; item < length; item++)
        {
            scores[item] = item % 7 == 3 ? float.NegativeInfinity : scores[item];
        }

        CandidateRanks ranks = new(length);
        ranks.Take([.. Enumerable.Repeat(9f, length)]);
        ranks.Take(scores);
        for (int item = 0; item < length; item++)
        {
            if (scores[item] == float.NegativeInfinity)
            {
                continue;
            }

            int own = item;
            ranks.Of(scores, item).ShouldBe(new CandidateRank(
                scores.Count(score => score > scores[own]), scores[..own].Count(score => score == scores[own]), scores[(own + 1)..].Count(score => score == scores[own])));
        }
    }
}
