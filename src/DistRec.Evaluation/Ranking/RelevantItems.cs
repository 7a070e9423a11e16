using DistRec.Data;

namespace DistRec.Evaluation.Ranking;

/// <summary>What is relevant to each user of a test: items that the model knows and the user had not seen in training.</summary>
/// <param name="Users">Users with training interactions and any such item, ascending.</param>
/// <param name="Starts">Where the items of each of them begin, [users + 1].</param>
/// <param name="Items">The items, ascending for each user.</param>
/// <param name="Gains">Gains, above 0.</param>
internal sealed record RelevantItems(int[] Users, int[] Starts, int[] Items, double[] Gains)
{
    /// <summary>The items of one of <see cref="Users"/>.</summary>
    public ReadOnlySpan<int> ItemsOf(int index) => Items.AsSpan(Starts[index]..Starts[index + 1]);

    /// <summary>Their gains.</summary>
    public ReadOnlySpan<double> GainsOf(int index) => Gains.AsSpan(Starts[index]..Starts[index + 1]);

    /// <param name="training">Training interactions.</param>
    /// <param name="test">Test interactions.</param>
    /// <param name="itemCount">Items of the model.</param>
    /// <param name="options">What is relevant.</param>
    public static RelevantItems Of(RatingMatrix training, RatingMatrix test, int itemCount, RankingOptions options)
    {
        List<int> users = [], starts = [0], items = [];
        List<double> gains = [];
        for (int user = 0; user < Math.Min(test.RowCount, training.RowCount); user++)
        {
            ReadOnlySpan<int> seen = training.RowColumns(user);
            ReadOnlySpan<float> ratings = test.RowValues(user);
            for (int t = 0; t < ratings.Length && seen.Length > 0; t++)
            {
                int item = test.RowColumns(user)[t];
                if (item < itemCount && !(ratings[t] < options.RelevantFrom) && seen.BinarySearch(item) < 0)
                {
                    items.Add(item);
                    gains.Add(options.Graded ? GainOf(ratings[t]) : 1);
                }
            }

            if (items.Count > starts[^1])
            {
                users.Add(user);
                starts.Add(items.Count);
            }
        }

        return new RelevantItems([.. users], [.. starts], [.. items], [.. gains]);
    }

    private static double GainOf(float rating) => rating > 0 && rating <= RankingOptions.LargestGrade ? Math.Pow(2, rating) - 1
        : throw InputException.At(
            "graded relevance", $"ratings above 0, at most {RankingOptions.LargestGrade}", $"{rating}", "leave gains at 1, or say from which rating items are relevant");
}
