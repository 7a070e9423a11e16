using DistRec.Data;

namespace DistRec.Evaluation.Protocols;

/// <summary>A figure added up for each user: what two models are compared by on the same users.</summary>
/// <param name="Sums">Σ (r_ui − r̂_ui)² of each user's ratings, or a figure of its list, [users].</param>
/// <param name="Counts">Ratings, or lists, of each user, [users].</param>
public sealed record UserSums(double[] Sums, int[] Counts)
{
    /// <summary>Ratings, or lists, of all users.</summary>
    public long Count => Counts.Sum(count => (long)count);

    /// <summary>The sums over all users by their counts; 0 without any.</summary>
    public double Mean => Count == 0 ? 0 : Sums.Sum() / Count;

    /// <summary>A figure that every one of some users has once.</summary>
    /// <param name="users">Their indices.</param>
    /// <param name="values">The figure of each.</param>
    /// <param name="userCount">Users in all.</param>
    public static UserSums Of(int[] users, double[] values, int userCount)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(values);
        UserSums sums = new(new double[userCount], new int[userCount]);
        for (int index = 0; index < users.Length; index++)
        {
            (sums.Sums[users[index]], sums.Counts[users[index]]) = (values[index], 1);
        }

        return sums;
    }

    /// <summary>Adds up the errors of answers.</summary>
    /// <param name="answers">r̂_ui in the order of the ratings, [ratings], finite.</param>
    /// <param name="ratings">r_ui, [users, items].</param>
    /// <exception cref="ArgumentException">There is not one answer a rating.</exception>
    public static UserSums Of(double[] answers, RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(ratings);
        if (answers.Length != ratings.Count)
        {
            throw new ArgumentException($"expected an answer for each of {ratings.Count} ratings, found {answers.Length}", nameof(answers));
        }

        UserSums errors = new(new double[ratings.RowCount], new int[ratings.RowCount]);
        int index = 0;
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<float> values = ratings.RowValues(user);
            errors.Counts[user] = values.Length;
            foreach (float value in values)
            {
                double error = value - answers[index++];
                errors.Sums[user] += error * error;
            }
        }

        return errors;
    }
}
