using DistRec.Data;
using DistRec.Evaluation.Metrics;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;

namespace DistRec.Cli.Queries;

/// <summary>Compares a model with ratings that were read over its ids; ids after the model's own are new, and answered as cold.</summary>
internal static class OtherRatings
{
    /// <exception cref="InputException">There are no ratings.</exception>
    public static RatingMetrics Compare(SavedModel saved, RatingData other)
    {
        if (other.Ratings.Count == 0)
        {
            throw InputException.At(other.Name, "at least one rating", "none", "give a file with ratings");
        }

        var predictor = new Predictor(saved);
        var metrics = new RatingMetrics();
        for (int row = 0; row < other.Ratings.RowCount; row++)
        {
            int user = row < saved.Users.Count ? row : -1;
            ReadOnlySpan<int> columns = other.Ratings.RowColumns(row);
            ReadOnlySpan<float> values = other.Ratings.RowValues(row);
            for (int position = 0; position < columns.Length; position++)
            {
                int item = columns[position] < saved.Items.Count ? columns[position] : -1;
                double error = (double)values[position] - predictor.Predict(user, item).Value;
                metrics.Add(error, predictor.IsColdUser(user), predictor.IsColdItem(item));
            }
        }

        return metrics;
    }
}
