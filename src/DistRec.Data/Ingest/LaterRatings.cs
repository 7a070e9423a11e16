using System.Globalization;
using System.Text;

namespace DistRec.Data;

/// <summary>A rating that is in no file.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Item">Id of the item.</param>
/// <param name="Rating">The rating.</param>
/// <param name="Time">When, in seconds since 1970.</param>
public readonly record struct LaterRating(string User, string Item, float Rating, long Time);

/// <summary>Puts ratings that came after those of a file behind them, as if the file went on.</summary>
internal static class LaterRatings
{
    private const string Place = "the events";

    /// <summary>Packs them, and adds their ids to those of the file.</summary>
    /// <exception cref="InputException">A rating is out of the range that the options accept.</exception>
    public static PackedRatings Pack(IReadOnlyList<LaterRating> ratings, IdTable users, IdTable items, ReadOptions options, bool hasTimestamps)
    {
        ParsedBlock block = new();
        foreach (LaterRating rating in ratings)
        {
            if (!(rating.Rating >= options.LowestRating && rating.Rating <= options.HighestRating))
            {
                throw InputException.At(
                    Place, $"ratings from {options.LowestRating:#,0.##} to {options.HighestRating:#,0.##}",
                    string.Create(CultureInfo.InvariantCulture, $"{rating.Rating} of item \"{rating.Item}\" by user \"{rating.User}\""),
                    "widen --min-rating and --max-rating, or train without the events");
            }

            int user = block.Users.GetOrAdd(Encoding.UTF8.GetBytes(rating.User));
            int item = block.Items.GetOrAdd(Encoding.UTF8.GetBytes(rating.Item));
            if (hasTimestamps)
            {
                block.Add(user, item, rating.Rating, rating.Time);
            }
            else
            {
                block.Add(user, item, rating.Rating);
            }
        }

        int[] userMap = RatingIngest.Merge(block.Users, users, []);
        int[] itemMap = RatingIngest.Merge(block.Items, items, []);
        return PackedRatings.Pack(block, userMap, itemMap, -1, users.Count, items.Count, hasTimestamps);
    }
}
