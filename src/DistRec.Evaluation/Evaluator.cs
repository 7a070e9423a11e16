using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Neighborhood;
using DistRec.Models.Queries;

namespace DistRec.Evaluation;

/// <summary>
/// Compares predictions with ratings kept aside. A user or item without training ratings is cold, and answered by the same
/// policy as everywhere (<see cref="Answer"/>). The result has the same bits for any number of threads.
/// </summary>
public static class Evaluator
{
    /// <summary>Evaluates a model just trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Training ratings of each user and item.</param>
    /// <param name="test">Ratings over the model's users and items, [users, items].</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InputException">There are no ratings to compare with, or they are of other users or items.</exception>
    /// <exception cref="NumericalException">The model holds NaN or an infinity.</exception>
    public static EvaluationResult Evaluate(FactorModel model, InteractionCounts training, RatingMatrix test, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        options ??= new EvaluationOptions();
        if (test.Count == 0)
        {
            throw InputException.At("evaluation", "at least one rating to compare with", "none", "give a test part");
        }

        RequireShape("ratings", test.RowCount, test.ColumnCount, model);
        RequireShape("training counts", training.Users.Length, training.Items.Length, model);
        FiniteCheck.Verify(model);
        var total = new EvaluationSums(model.Scale);
        Parallel.For(
            0,
            test.RowCount,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            () => new EvaluationSums(model.Scale),
            (user, _, sums) =>
            {
                AddUser(sums, model, training, test, user, options.Clip);
                return sums;
            },
            sums =>
            {
                lock (total)
                {
                    total.Merge(sums);
                }
            });
        return total.ToResult();
    }

    /// <summary>What a model answers for ratings, clipped to their scale as every answer is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Training ratings of each user and item.</param>
    /// <param name="ratings">Ratings over the model's users and items, [users, items].</param>
    /// <param name="threads">Threads.</param>
    /// <returns>r̂_ui in the order of the ratings, [ratings].</returns>
    /// <exception cref="InputException">They are of other users or items.</exception>
    /// <exception cref="NumericalException">The model holds NaN or an infinity.</exception>
    public static double[] Predict(FactorModel model, InteractionCounts training, RatingMatrix ratings, int threads)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(ratings);
        RequireShape("ratings", ratings.RowCount, ratings.ColumnCount, model);
        RequireShape("training counts", training.Users.Length, training.Items.Length, model);
        FiniteCheck.Verify(model);
        double[] answers = new double[ratings.Count];
        Parallel.For(0, ratings.RowCount, new ParallelOptions { MaxDegreeOfParallelism = threads }, user =>
        {
            ReadOnlySpan<int> items = ratings.RowColumns(user);
            RatedItems? rated = RatedItems.Of(model, training.Ratings, user);
            Span<double> answersOfUser = answers.AsSpan((int)ratings.RowStarts[user], items.Length);
            for (int index = 0; index < items.Length; index++)
            {
                answersOfUser[index] = FactorScore.Clip(model, PredictOne(model, training, user, items[index], rated));
            }
        });
        return answers;
    }

    private static double PredictOne(FactorModel model, InteractionCounts training, int user, int item, RatedItems? rated) =>
        FactorScore.Unclipped(model, user, item, Answers.Of(training.Users[user] == 0, training.Items[item] == 0), rated);

    private static void AddUser(EvaluationSums sums, FactorModel model, InteractionCounts training, RatingMatrix test, int user, bool clip)
    {
        ReadOnlySpan<int> items = test.RowColumns(user);
        if (items.Length == 0)
        {
            return;
        }

        ReadOnlySpan<float> ratings = test.RowValues(user);
        int activity = training.Users[user];
        sums.AddUser(activity);
        RatedItems? rated = RatedItems.Of(model, training.Ratings, user);
        for (int index = 0; index < items.Length; index++)
        {
double prediction = PredictOne(model, training, user, items[index], rated);
            sums.AddRating(activity, ratings[index] - (clip ? FactorScore.Clip(model, prediction) : prediction), training.Items[items[index]] == 0);
        }
    }

    private static void RequireShape(string what, int users, int items, FactorModel model)
    {
        if (users != model.UserBiases.Length || items != model.ItemBiases.Length)
        {
            throw InputException.At($"evaluation: {what}", $"[{model.UserBiases.Length}, {model.ItemBiases.Length}] as the model has", $"[{users}, {items}]", "use the data set the model was trained on");
        }
    }
}
