namespace DistRec.Data.Tests;

internal static class RatingText
{
    /// <summary>All ratings as "user item value[ @time]", by user and item index.</summary>
    public static string[] Of(RatingData data, RatingMatrix? part = null)
    {
        RatingMatrix ratings = part ?? data.Ratings;
        var lines = new List<string>();
        for (int row = 0; row < ratings.RowCount; row++)
        {
            for (long position = ratings.RowStarts[row]; position < ratings.RowStarts[row + 1]; position++)
            {
                string time = ratings.Timestamps is { } times ? $" @{times[position]}" : "";
                lines.Add($"{data.Users[row]} {data.Items[ratings.Columns[position]]} {ratings.Values[position]}{time}");
            }
        }

        return [.. lines];
    }
}
