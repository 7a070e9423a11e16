using DistRec.Data;
using DistRec.Models;
using DistRec.Models.FactorizationMachine;

namespace DistRec.Evaluation;

/// <summary>Compares what a factorization machine answers for rows of features with their targets.</summary>
public static class FeatureEvaluator
{
    /// <summary>Answers for rows, [rows].</summary>
    /// <param name="machine">The model.</param>
    /// <param name="scale">The range that answers are clipped to.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">Threads.</param>
    /// <exception cref="NumericalException">An answer is not finite.</exception>
    public static double[] Predict(FmMachine machine, RatingScale scale, FeatureRows rows, int threads)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(rows);
        double[] answers = new double[rows.Count];
        Parallel.For(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, row =>
        {
            double answer = machine.Predict(rows, row);
            answers[row] = double.IsFinite(answer)
                ? Math.Clamp(answer, scale.Minimum, scale.Maximum)
                : throw FiniteCheck.NotFinite("the answer for row ", $"{row}", answer);
        });
        return answers;
    }

    /// <summary>Errors on rows that are ratings.</summary>
    /// <param name="answers">Of <see cref="Predict"/>, in the order of the ratings.</param>
    /// <param name="scale">The range of ratings.</param>
    /// <param name="training">Training ratings of each user and item.</param>
    /// <param name="ratings">The ratings that the rows are, [users, items].</param>
    public static EvaluationResult Rate(double[] answers, RatingScale scale, InteractionCounts training, RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(ratings);
        EvaluationSums sums = new(scale);
        int row = 0;
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<int> items = ratings.RowColumns(user);
            ReadOnlySpan<float> values = ratings.RowValues(user);
            if (items.Length > 0)
            {
                sums.AddUser(training.Users[user]);
            }

            for (int index = 0; index < items.Length; index++)
            {
                sums.AddRating(training.Users[user], values[index] - answers[row++], training.Items[items[index]] == 0);
            }
        }

        return sums.ToResult();
    }

    /// <summary>Errors on rows that are no ratings.</summary>
    /// <param name="answers">Of <see cref="Predict"/>.</param>
    /// <param name="scale">The range of targets.</param>
    /// <param name="targets">y, [rows], at least one.</param>
    public static EvaluationResult Rate(double[] answers, RatingScale scale, float[] targets)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(targets);
        EvaluationSums sums = new(scale);
        for (int row = 0; row < targets.Length; row++)
        {
            sums.AddRating(1, targets[row] - answers[row], coldItem: false);
        }

        return sums.ToResult() with { ByActivity = [] };
    }
}
