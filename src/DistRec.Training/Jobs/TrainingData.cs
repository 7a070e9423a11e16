namespace DistRec.Training.Jobs;

/// <summary>The ratings of a job.</summary>
/// <param name="Train">What the model learns from, [users, items]; at least one rating.</param>
/// <param name="Validation">What epochs are judged by; null for none.</param>
/// <param name="Name">What the data set is called.</param>
/// <param name="Fingerprint">SHA-256 of the data set: a checkpoint goes on only with the data it was made from.</param>
public sealed record TrainingData(RatingMatrix Train, RatingMatrix? Validation, string Name, string Fingerprint)
{
    /// <summary>Items that users gave any feedback on, [users, items], values unused; null where those are the rated ones.</summary>
    public RatingMatrix? Feedback { get; init; }

    /// <summary>What <c>fm</c> and <c>poly-svm</c> learn from, in place of the ratings; null for other models. Where these rows are no ratings,
    /// <see cref="Train"/> is empty.</summary>
    public FeatureData? Features { get; init; }

    /// <summary>More partitions than that would have nothing to do: rows of the smaller side.</summary>
    /// <param name="train">See <see cref="Train"/>.</param>
    /// <param name="features">See <see cref="Features"/>.</param>
    public static int MaxPartitionsOf(RatingMatrix train, FeatureData? features)
    {
        ArgumentNullException.ThrowIfNull(train);
        return Math.Max(1, features is not null
            ? Math.Min(features.Train.Count, features.Space.Count + 1)
            : Math.Min(train.RowCount, train.ColumnCount));
    }
}
