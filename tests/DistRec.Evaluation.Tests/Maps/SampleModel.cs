using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Tests.Maps;

/// <summary>
/// A model of items in two directions of taste. Item i has i ratings, item 0 none; the mean of item i's is 1 + i modulo 5. An even item's
/// factors point one way, an odd one's another, shorter the fewer ratings it has.
/// </summary>
internal static class SampleModel
{
    public static SavedModel Create(int items = 40, int rank = 6, string kind = "als", bool withRatings = true, bool withTitles = true)
    {
        FactorTable? factors = rank == 0 ? null : new FactorTable(items, rank);
        for (int item = 0; item < items && factors is not null; item++)
        {
            float length = 0.05f * item;
            factors.Row(item)[item % 2] = length;
            factors.Row(item)[2 + item % (rank - 2)] = 0.3f * length;
        }

        FactorTable? users = factors is null ? null : new FactorTable(items, rank);
        FactorModel model = new(kind, 3, new RatingScale(1, 5), new float[items], new float[items], users, factors);
        return new SavedModel(
            model,
            IdMap.Numbered(items),
            new IdMap(Enumerable.Range(0, items).Select(item => $"i{item}")),
            withTitles ? [.. Enumerable.Range(0, items).Select(item => item % 7 == 3 ? null : $"Title {item}")] : [],
            withRatings ? Ratings(items) : null,
            new ModelDescription
            {
                Kind = kind,
                Options = ModelDescription.OptionsOf(),
                Metrics = new Dictionary<string, double>(),
                DataName = "made up",
                DataFingerprint = "abc123",
                DistRecVersion = "0.1.0",
                Created = new DateTimeOffset(2026, 1, 31, 12, 30, 15, TimeSpan.Zero),
            });
    }

    // User u has rated items u + 1 and on.
    private static RatingMatrix Ratings(int items)
    {
        IEnumerable<int> all = Enumerable.Range(0, items);
        (int User, int Item)[] pairs = [.. all.SelectMany(user => all.Where(item => item > user).Select(item => (user, item)))];
        long[] starts = [.. Enumerable.Range(0, items + 1).Select(user => pairs.LongCount(pair => pair.User < user))];
        return new RatingMatrix(items, starts, [.. pairs.Select(pair => pair.Item)], [.. pairs.Select(pair => 1f + pair.Item % 5)]);
    }
}
