namespace DistRec.Evaluation.Metrics;

/// <summary>Test errors of the users with a certain number of training ratings.</summary>
/// <param name="From">Fewest training ratings.</param>
/// <param name="To">Most training ratings; null for no limit.</param>
/// <param name="Users">How many such users have test ratings.</param>
/// <param name="Count">How many test ratings they have.</param>
/// <param name="Rmse">Their root mean squared error.</param>
/// <param name="Mae">Their mean absolute error.</param>
public readonly record struct ActivityBin(int From, int? To, int Users, long Count, double Rmse, double Mae);

/// <summary>Bins of users by their number of training ratings: 0, 1–4, 5–9, 10–19, 20–49, 50–99, 100–199, 200–499, 500–999, 1,000 and more.</summary>
public static class ActivityBins
{
    private static readonly int[] Starts = [0, 1, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>Number of bins.</summary>
    public static int Count => Starts.Length;

    /// <summary>The bin of a user.</summary>
    public static int IndexOf(int trainingRatings)
    {
        int index = Array.BinarySearch(Starts, trainingRatings);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>Describes a bin that has ratings.</summary>
    public static ActivityBin Describe(int index, int users, RatingMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return new ActivityBin(Starts[index], index + 1 < Starts.Length ? Starts[index + 1] - 1 : null, users, metrics.Count, metrics.Rmse, metrics.Mae);
    }
}
