using System.Numerics;
using DistRec.Models.Persistence;

namespace DistRec.Evaluation.Reports;

/// <summary>An item that many have rated.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Ratings">How many training ratings it has.</param>
/// <param name="MeanRating">Their mean; null for a model of interactions.</param>
public readonly record struct PopularItem(string Item, string? Title, int Ratings, double? MeanRating);

/// <summary>Items with some number of ratings.</summary>
/// <param name="From">The least.</param>
/// <param name="To">The most.</param>
/// <param name="Items">How many items.</param>
public readonly record struct PopularityBin(int From, int To, int Items);

/// <summary>How training ratings are spread over the items.</summary>
/// <param name="Bins">Items by how many ratings they have: 0, 1, 2 to 3, 4 to 7 and so on, without the empty bins at the end.</param>
/// <param name="MostRated">The items with most ratings, at most ten; equal numbers by index.</param>
/// <param name="ShareOfTenth">Which part of all ratings the most rated tenth of the items has, rounded up to whole items, from 0 to 1.</param>
public sealed record ItemPopularity(IReadOnlyList<PopularityBin> Bins, IReadOnlyList<PopularItem> MostRated, double ShareOfTenth)
{
    private const int Listed = 10;

    /// <summary>That of a model's training ratings; null where they are not at hand, or none.</summary>
    public static ItemPopularity? Of(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        if (saved.Ratings is not { Count: > 0 } ratings || saved.Items.Count == 0)
        {
            return null;
        }

        int[] counts = saved.Counts!.Items;
        double[] sums = new double[counts.Length];
        for (long index = 0; index < ratings.Count; index++)
        {
            sums[ratings.Columns[index]] += ratings.Values[index];
        }

        int[] bins = new int[BinOf(counts.Max()) + 1];
        foreach (int count in counts)
        {
            bins[BinOf(count)]++;
        }

        int[] order = [.. Enumerable.Range(0, counts.Length).OrderByDescending(item => counts[item]).ThenBy(item => item)];
        return new ItemPopularity(
            [.. bins.Select((items, bin) => new PopularityBin(bin == 0 ? 0 : 1 << (bin - 1), bin == 0 ? 0 : (int)((1L << bin) - 1), items))],
            [
                .. order.Take(Listed).Where(item => counts[item] > 0).Select(item => new PopularItem(
                    saved.Items[item], saved.TitleOf(item), counts[item], saved.Model.IsImplicit ? null : sums[item] / counts[item])),
            ],
            order.Take((counts.Length + 9) / 10).Sum(item => (double)counts[item]) / ratings.Count);
    }

    // 0, and then by the number of binary digits.
    private static int BinOf(int count) => 32 - BitOperations.LeadingZeroCount((uint)count);
}
