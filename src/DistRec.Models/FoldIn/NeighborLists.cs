using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;
using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>Lists of items that a model does not have: searched in the ratings of its users. Safe for any number of threads.</summary>
/// <param name="saved">The model.</param>
/// <param name="settings">How lists are found.</param>
internal sealed class NeighborLists(SavedModel saved, NeighborSettings settings)
{
    private readonly Lazy<NeighborSearch?> _search = new(() => saved.Ratings is not { } ratings ? null : new NeighborSearch(
        settings, ratings, saved.Model.Units, new DampedBiases(saved.Model.UserBiases, saved.Model.ItemBiases)));

    /// <summary>The list of an item; null where the model's training ratings are not at hand.</summary>
    /// <param name="raters">Who has rated it, ascending; those behind the model's users were folded in, and what else they rated is not looked at.</param>
    /// <param name="ratings">Their ratings.</param>
    /// <param name="itemBias">b_i.</param>
    public float[]? Of(ReadOnlySpan<int> raters, ReadOnlySpan<float> ratings, float itemBias)
    {
        int known = 0;
        while (known < raters.Length && raters[known] < saved.Users.Count)
        {
            known++;
        }

        return _search.Value?.ListOf(raters[..known], ratings[..known], itemBias);
    }

    /// <summary>What each of some users has rated, a row a user; none of those who were folded in.</summary>
    public RatingMatrix RatingsOf(ReadOnlySpan<int> users)
    {
        long[] starts = new long[users.Length + 1];
        List<int> items = [];
        List<float> ratings = [];
        for (int row = 0; row < users.Length; row++)
        {
            if (users[row] < saved.Users.Count && saved.Ratings is { } all)
            {
                items.AddRange(all.RowColumns(users[row]));
                ratings.AddRange(all.RowValues(users[row]));
            }

            starts[row + 1] = items.Count;
        }

        return new RatingMatrix(saved.Items.Count, starts, [.. items], [.. ratings]);
    }
}
