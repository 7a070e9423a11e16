using DistRec.Data;

namespace DistRec.Evaluation.Protocols;

/// <summary>Errors of predicted ratings, added up for each user: what two models are compared by on the same users.</summary>
/// <param name="Squares">Σ (r_ui − r̂_ui)² of each user, [users].</param>
/// <param name="Counts">Ratings of each user, [users].</param>
public sealed record UserErrors(double[] Squares, int[] Counts)
{
    /// <summary>Ratings of all users.</summary>
    public long Count => Counts.Sum(count => (long)count);

    /// <summary>Σ (r_ui − r̂_ui)² / n over all users; 0 without ratings.</summary>
    public double MeanSquare => Count == 0 ? 0 : Squares.Sum() / Count;

    /// <summary>Adds up the errors of answers.</summary>
    /// <param name="answers">r̂_ui in the order of the ratings, [ratings], finite.</param>
    /// <param name="ratings">r_ui, [users, items].</param>
    /// <exception cref="ArgumentException">There is not one answer a rating.</exception>
    public static UserErrors Of(double[] answers, RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(ratings);
        if (answers.Length != ratings.Count)
        {
            throw new ArgumentException($"expected an answer for each of {ratings.Count} ratings, found {answers.Length}", nameof(answers));
        }

        UserErrors errors = new(new double[ratings.RowCount], new int[ratings.RowCount]);
        int index = 0;
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<float> values = ratings.RowValues(user);
            errors.Counts[user] = values.Length;
            foreach (float value in values)
            {
                double error = value - answers[index++];
                errors.Squares[user] += error * error;
            }
        }

        return errors;
    }
}
