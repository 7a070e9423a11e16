using DistRec.Data;
using DistRec.Evaluation.Metrics;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;

namespace DistRec.Evaluation;

/// <summary>Compares a model with ratings that were read over its ids; ids after the model's own are new, and answered as cold.</summary>
public static class OtherRatings
{
    /// <summary>Compares probabilities with ratings, of which those count as 1 that did in training.</summary>
    /// <param name="saved">The model, of two classes.</param>
    /// <param name="other">The ratings.</param>
    /// <exception cref="InputException">There are no ratings, or they are no two classes.</exception>
    public static (ClassificationResult Classes, RatingMetrics Cold) Classify(SavedModel saved, RatingData other)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(other);

        // Of the errors only what they say of cold users and items is of use.
        double[] probabilities = new double[other.Ratings.Count];
        RatingMetrics cold = Compare(saved, other, probabilities);
        float[] targets = other.Ratings.Values[..(int)other.Ratings.Count];
        float? least = saved.Description.MinPositive();
        float[] classes = [.. targets.Select(target => least is null ? Math.Max(0, target) : target >= least ? 1 : 0)];
        if (least is null && targets.Any(target => target is not (0 or 1 or -1)))
        {
            throw InputException.At(other.Name, "targets of 0 and 1, or −1 and 1, as in training", $"{targets.First(target => target is not (0 or 1 or -1))}", "train with --positive-from to classify ratings");
        }

        return (ClassificationResult.Of(probabilities, classes), cold);
    }

    /// <summary>Compares predicted ratings.</summary>
    /// <param name="saved">The model.</param>
    /// <param name="other">The ratings.</param>
    /// <exception cref="InputException">There are no ratings.</exception>
    public static RatingMetrics Compare(SavedModel saved, RatingData other) => Compare(saved, other, null);

    // Keeps the answers, in the order of the ratings, where asked to.
    private static RatingMetrics Compare(SavedModel saved, RatingData other, double[]? answers)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(other);
        if (other.Ratings.Count == 0)
        {
            throw InputException.At(other.Name, "at least one rating", "none", "give a file with ratings");
        }

        var predictor = new Predictor(saved);
        var metrics = new RatingMetrics();
        long next = 0;
        for (int row = 0; row < other.Ratings.RowCount; row++)
        {
            int user = row < saved.Users.Count ? row : -1;
            ReadOnlySpan<int> columns = other.Ratings.RowColumns(row);
            ReadOnlySpan<float> values = other.Ratings.RowValues(row);
            for (int position = 0; position < columns.Length; position++)
            {
                int item = columns[position] < saved.Items.Count ? columns[position] : -1;
                double answer = predictor.Predict(user, item).Value;
                if (answers is not null)
                {
                    answers[next++] = answer;
                }

                metrics.Add(values[position] - answer, predictor.IsColdUser(user), predictor.IsColdItem(item));
            }
        }

        return metrics;
    }
}
