using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Evaluation.Maps;

/// <summary>
/// Makes maps of a model's items by t-SNE of their factors, each divided by its length. Squared distances of such vectors are 2 − 2 cos,
/// so the map has next to each other what <see cref="SimilarRows"/> calls similar. The length itself is left out on purpose:
/// regularization shortens the factors of items with few ratings, and by plain distances these would make a cluster of their own.
/// </summary>
public static class ItemMapper
{
    /// <summary>Makes a map. Items without training ratings are left out, unless features tell of them.</summary>
    /// <param name="saved">The model.</param>
    /// <param name="options">What it is to be like; null for the defaults.</param>
    /// <param name="progress">Is told how far it is, from any thread.</param>
    /// <param name="cancellation">Gives the map up.</param>
    /// <exception cref="InputException">The model has no item factors, or settings are out of range; all of them are named.</exception>
    public static ItemMap Map(
        SavedModel saved,
        ItemMapOptions? options = null,
        IProgress<TsneProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(saved);
        options ??= new ItemMapOptions();
        options.Validate();
        if (saved.Model.ItemFactors is not { Rank: > 0 } factors)
        {
            throw InputException.At("item map", "a model with item factors", $"a model \"{saved.Model.Kind}\" without", "train als or mf");
        }

        var similar = new SimilarRows(saved, Side.Item);
        int[]? counts = saved.Counts?.Items;
        int[] warm = [.. Enumerable.Range(0, saved.Items.Count).Where(item => !similar.IsCold(item))];
        int[] shown = [.. warm.OrderByDescending(item => counts?[item] ?? 0).ThenBy(item => item).Take(options.Items)];
        TsneResult map = Tsne.Embed(Directions(factors, shown), options.Tsne, progress, cancellation);
        double[]? sums = saved.Ratings is { } ratings && !saved.Model.IsImplicit ? SumRatings(ratings) : null;
        MapPoint[] points =
        [
            .. shown.Select((item, point) => new MapPoint(
                saved.Items[item],
                saved.TitleOf(item),
                map.Positions.Row(0)[point],
                map.Positions.Row(1)[point],
                counts?[item],
                sums is null || counts![item] == 0 ? null : sums[item] / counts[item])),
        ];
        int cold = saved.Items.Count - warm.Length;
        return new ItemMap
        {
            Items = points,
            KlDivergence = map.KlDivergence,
            Perplexity = map.Perplexity,
            Seed = options.Tsne.Seed,
            Iterations = options.Tsne.Iterations,
            Method = map.Method,
            ColdItems = cold,
            FurtherItems = warm.Length - shown.Length,
            Notes = [.. Notes(options, map, shown.Length, warm.Length, cold, counts is not null)],
            ModelKind = saved.Model.Kind,
            DataName = saved.Description.DataName,
            ModelSha256 = saved.Description.ModelSha256!,
        };
    }

    private static IEnumerable<string> Notes(ItemMapOptions options, TsneResult map, int shown, int warm, int cold, bool areCounted)
    {
        if (shown < warm)
        {
            yield return areCounted
                ? $"{shown:#,0} of {warm:#,0} items are shown, those with the most training ratings"
                : $"{shown:#,0} of {warm:#,0} items are shown, the first ones: the model was saved without ratings to choose by";
        }

        if (cold > 0)
        {
            yield return cold == 1
                ? "1 item has no training ratings and is left out"
                : $"{cold:#,0} items have no training ratings and are left out";
        }

        if (shown >= 2 && map.Perplexity < options.Tsne.Perplexity)
        {
            double asked = options.Tsne.Perplexity;
            yield return $"a perplexity of {asked:0.##} was clipped to {map.Perplexity:0.##}, the most that {shown:#,0} items allow";
        }
    }

    // q / |q|, [items, rank]; a vector of zeros stays one, at the same distance from all others.
    private static FactorTable Directions(FactorTable factors, int[] items)
    {
        FactorTable directions = new(items.Length, factors.Rank);
        for (int row = 0; row < items.Length; row++)
        {
            ReadOnlySpan<float> source = factors.Row(items[row]);
            Span<float> target = directions.Row(row);
            double length = Math.Sqrt(Dot.Double(source, source));
            for (int j = 0; j < source.Length && length > 0; j++)
            {
                target[j] = (float)(source[j] / length);
            }
        }

        return directions;
    }

    private static double[] SumRatings(RatingMatrix ratings)
    {
        double[] sums = new double[ratings.ColumnCount];
        for (int user = 0; user < ratings.RowCount; user++)
        {
            ReadOnlySpan<int> items = ratings.RowColumns(user);
            ReadOnlySpan<float> values = ratings.RowValues(user);
            for (int index = 0; index < items.Length; index++)
            {
                sums[items[index]] += values[index];
            }
        }

        return sums;
    }
}
