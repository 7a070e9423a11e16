using DistRec.Data;
using DistRec.Evaluation.Metrics;
using DistRec.Models;
using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;

namespace DistRec.Evaluation;

/// <summary>Ranks all items for every user and looks where those of the test are. The same bits for any number of threads.</summary>
public static class RankingEvaluator
{
    /// <summary>K where nothing else is said.</summary>
    public const int DefaultCutOff = 10;

    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Training interactions, [users, items]: not candidates.</param>
    /// <param name="test">Test interactions, [users, items] or beyond: ids that the model does not know are left out.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cutOff">K, at least 1.</param>
    /// <exception cref="InputException">There are no test interactions.</exception>
    public static RankingResult Evaluate(FactorModel model, RatingMatrix training, RatingMatrix test, int threads, int cutOff = DefaultCutOff)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentOutOfRangeException.ThrowIfLessThan(cutOff, 1);
        if (test.Count == 0)
        {
            throw InputException.At("evaluation", "at least one interaction to look for", "none", "give a test part");
        }

        FiniteCheck.Verify(model);
        UserRanking?[] users = new UserRanking?[Math.Min(test.RowCount, training.RowCount)];
        Parallel.For(
            0,
            users.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new double[model.ItemBiases.Length],
            (user, _, scores) =>
            {
                users[user] = Rank(model, training, test.RowColumns(user), user, cutOff, scores);
                return scores;
            },
            _ => { });
        UserRanking[] ranked = [.. users.Where(user => user is not null).Select(user => user!.Value)];
        int leftOut = Enumerable.Range(0, test.RowCount).Count(user => test.RowLength(user) > 0) - ranked.Length;
        return ranked.Length == 0
            ? new RankingResult(cutOff, 0, leftOut, null, null, null, null)
            : new RankingResult(
                cutOff,
                ranked.Length,
                leftOut,
                ranked.Average(user => user.Recall),
                ranked.Average(user => user.Ndcg),
                ranked.Average(user => user.Recall > 0 ? 1.0 : 0),
                ranked.Average(user => user.PercentileRank));
    }

    private static UserRanking? Rank(FactorModel model, RatingMatrix training, ReadOnlySpan<int> test, int user, int cutOff, double[] scores)
    {
        ReadOnlySpan<int> seen = training.RowColumns(user);
        if (seen.Length == 0)
        {
            return null;
        }

        RatedItems? rated = RatedItems.Of(model, training, user);
        for (int item = 0; item < scores.Length; item++)
        {
            scores[item] = FactorScore.Unclipped(model, user, item, Answer.Known, rated);
        }

        foreach (int item in seen)
        {
            scores[item] = double.NegativeInfinity;
        }

        int candidates = scores.Length - seen.Length;
        int hits = 0, relevant = 0;
        double gain = 0, percentiles = 0;
        foreach (int item in test)
        {
            if (item >= scores.Length || double.IsNegativeInfinity(scores[item]))
            {
                continue;
            }

            int position = PositionOf(scores, item);
            relevant++;
            percentiles += candidates > 1 ? (double)position / (candidates - 1) : 0;
            if (position < cutOff)
            {
                hits++;
                gain += 1 / Math.Log2(2 + position);
            }
        }

        if (relevant == 0)
        {
            return null;
        }

        double best = Enumerable.Range(0, Math.Min(relevant, cutOff)).Sum(position => 1 / Math.Log2(2 + position));
        return new UserRanking((double)hits / Math.Min(relevant, cutOff), gain / best, percentiles / relevant);
    }

    // Items ahead: those with a higher score, and of equal ones those with a lower index.
    private static int PositionOf(double[] scores, int item)
    {
        double score = scores[item];
        int ahead = 0;
        for (int other = 0; other < item; other++)
        {
            ahead += scores[other] >= score ? 1 : 0;
        }

        for (int other = item + 1; other < scores.Length; other++)
        {
            ahead += scores[other] > score ? 1 : 0;
        }

        return ahead;
    }

    private readonly record struct UserRanking(double Recall, double Ndcg, double PercentileRank);
}
