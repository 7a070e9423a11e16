using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Protocols;

/// <summary>How much larger a mean figure of a model, such as its squared error, is than that of another one, with an interval.</summary>
/// <param name="Value">The difference on the users there are.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
public readonly record struct MeanDifference(double Value, double Low, double High)
{
    /// <summary>Whether the interval leaves out 0: users chosen otherwise would hardly have changed which model is better.</summary>
    public bool IsClear => Low > 0 || High < 0;
}

/// <summary>
/// Compares two models on the same users. The ratings of one user are not independent of each other, so that whole users are drawn: as
/// many as there are, with replacement, again and again. The interval is between percentiles of the differences of these draws (Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3). The same bits for any number of threads.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Draws where nothing else is said: enough for the second digit of an interval's ends.</summary>
    public const int UsualDraws = 2_000;

    /// <summary>Share of the draws that the interval has where nothing else is said.</summary>
    public const double UsualLevel = 0.95;

    /// <summary>Compares a model with another one.</summary>
    /// <param name="model">Its figure, [users].</param>
    /// <param name="other">That of the other model on the same ratings or lists.</param>
    /// <param name="seed">Keys the draws; models that are compared with the same seed are so on the same draws.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="draws">Draws, at least 2.</param>
    /// <param name="level">Share of them within the interval, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">They are not of the same ratings or lists, or of none.</exception>
    public static MeanDifference Compare(
        UserSums model, UserSums other, ulong seed, int threads, int draws = UsualDraws, double level = UsualLevel)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(level, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
        if (!model.Counts.AsSpan().SequenceEqual(other.Counts) || model.Count == 0)
        {
            throw new ArgumentException(
                $"expected figures of the same ratings, at least one, found {model.Count} and {other.Count}", nameof(other));
        }

        (double Difference, int Count)[] users =
        [
            .. Enumerable.Range(0, model.Counts.Length).Where(user => model.Counts[user] > 0)
                .Select(user => (model.Sums[user] - other.Sums[user], model.Counts[user])),
        ];
        double[] differences = new double[draws];
        Parallel.For(0, draws, new ParallelOptions { MaxDegreeOfParallelism = threads }, draw =>
        {
            EntityRandom random = new(seed, RandomPurpose.Resample, draw);
            double sum = 0;
            long count = 0;
            for (int drawn = 0; drawn < users.Length; drawn++)
            {
                (double difference, int ratings) = users[random.NextInt(users.Length)];
                sum += difference;
                count += ratings;
            }

            differences[draw] = sum / count;
        });
        (double low, double high) = DrawnInterval.Of(differences, level);
        return new MeanDifference(users.Sum(user => user.Difference) / model.Count, low, high);
    }
}
