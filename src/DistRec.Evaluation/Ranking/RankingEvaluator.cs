using DistRec.Data;
using DistRec.Models;

namespace DistRec.Evaluation.Ranking;

/// <summary>
/// Ranks items for users and looks where those of the test are: lists are those that are served, <see cref="Models.Queries.Top.TopItems"/>. The same bits for any number of
/// threads.
/// </summary>
public static class RankingEvaluator
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Training interactions, [users, items]: not candidates.</param>
    /// <param name="test">Test interactions, [users, items] or beyond: ids that the model does not know are left out.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InputException">There are no test interactions, or options do not fit them.</exception>
    /// <exception cref="NumericalException">The model holds NaN or an infinity.</exception>
    public static RankingResult Evaluate(FactorModel model, RatingMatrix training, RatingMatrix test, RankingOptions? options = null) =>
        Measure(model, training, test, options ?? new RankingOptions()).Result;

    /// <summary>Likewise, with the figures of each user.</summary>
    public static (RankingResult Result, UserRankings Users) Measure(FactorModel model, RatingMatrix training, RatingMatrix test, RankingOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        if (test.Count == 0)
        {
            throw InputException.At("evaluation", "at least one interaction to look for", "none", "give a test part");
        }

        FiniteCheck.Verify(model);
        RelevantItems relevant = RelevantItems.Of(training, test, model.ItemBiases.Length, options);
        UserRankings users = options.SampledCandidates is { } drawn
            ? new SampledRanking(model, training, test, relevant, options, drawn).Run()
            : new FullRanking(model, training, relevant, options).Run();
        int leftOut = Enumerable.Range(0, test.RowCount).Count(user => test.RowLength(user) > 0) - relevant.Users.Length;
        return (
            new RankingResult(
                options.Candidates, options.CutOffs, relevant.Users.Length, leftOut, relevant.Items.Length, FiguresOf(users, options), users.Curve),
            users);
    }

    private static Dictionary<string, RankingFigure> FiguresOf(UserRankings users, RankingOptions options)
    {
        Dictionary<string, RankingFigure> figures = new(StringComparer.Ordinal);
        AddMeans(users.Keys, users.Values);
        AddMeans(users.Lists.DiversityKeys, users.Lists.Diversities);
        foreach ((string key, double value) in users.Lists.OfCatalogue)
        {
            figures[key] = new RankingFigure(users.Users.Length > 0 ? value : null);
        }

        return figures;

        void AddMeans(IReadOnlyList<string> keys, double[] values)
        {
            int rows = keys.Count == 0 ? 0 : values.Length / keys.Count;
            (double Low, double High)[] ends = options.Draws > 0 && rows > 1
                ? UserBootstrap.Intervals(values, keys.Count, options.Seed, options.Draws, options.Threads) : [];
            for (int column = 0; column < keys.Count; column++)
            {
                double sum = 0;
                for (int row = 0; row < rows; row++)
                {
                    sum += values[(row * keys.Count) + column];
                }

                figures[keys[column]] = rows == 0 ? new RankingFigure(null)
                    : ends.Length == 0 ? new RankingFigure(sum / rows)
                    : new RankingFigure(sum / rows, ends[column].Low, ends[column].High);
            }
        }
    }
}
