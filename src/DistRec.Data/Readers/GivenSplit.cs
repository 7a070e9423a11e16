namespace DistRec.Data;

/// <summary>Training and test ratings that came as two files.</summary>
/// <param name="Data">The ids of both files, with the training ratings.</param>
/// <param name="Split">Both parts over these ids.</param>
/// <param name="ColdUserCount">Users that only the test file has: the last ones of <see cref="RatingData.Users"/>.</param>
/// <param name="ColdItemCount">Items that only the test file has: the last ones of <see cref="RatingData.Items"/>.</param>
public sealed record GivenSplit(RatingData Data, RatingSplit Split, int ColdUserCount, int ColdItemCount)
{
    /// <summary>A pair in both parts would be learnt and then asked for.</summary>
    internal static void RefuseOverlap(RatingMatrix train, RatingMatrix test, IdTable users, IdTable items, string testName)
    {
        long overlap = 0;
        (int User, int Item) first = default;
        for (int row = 0; row < test.RowCount; row++)
        {
            ReadOnlySpan<int> trained = train.RowColumns(row);
            foreach (int item in test.RowColumns(row))
            {
                if (trained.BinarySearch(item) >= 0 && overlap++ == 0)
                {
                    first = (row, item);
                }
            }
        }

        if (overlap > 0)
        {
            throw InputException.At(
                testName,
                "pairs of user and item that the training file does not have",
                $"{overlap:N0} that it has, the first being user \"{users.Format(first.User)}\" and item \"{items.Format(first.Item)}\"",
                "remove them from one of the files");
        }
    }
}
