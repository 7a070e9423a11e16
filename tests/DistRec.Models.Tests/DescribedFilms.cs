using DistRec.Data;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Models.Tests;

/// <summary>
/// Twelve users and fifteen films of whom files tell something, and factorization machines of random parameters for them. Each user rated
/// every second film; the last two users and films have no ratings.
/// </summary>
internal static class DescribedFilms
{
    public const int Users = 12;
    public const int Items = 15;

    public static readonly string[] Blocks = ["user", "gender", "age", "item", "genre", "year", "time"];

    private static readonly string[] Genres = ["Drama", "Comedy", "War", "Drama|War", "Comedy|Drama|Western"];

    /// <summary>What the file says of a user.</summary>
    public static Dictionary<string, IReadOnlyList<string>> TextsOfUser(int user) =>
        new() { ["gender"] = [user % 2 == 0 ? "F" : "M"], ["age"] = [$"{16 + (user * 4)}"] };

    /// <summary>What the file says of a film.</summary>
    public static Dictionary<string, IReadOnlyList<string>> TextsOfItem(int item) =>
        new() { ["genre"] = Genres[item % Genres.Length].Split('|') };

    public static string TitleOf(int item) => $"Film {item} ({1985 + (item % 7)})";

    /// <summary>The features of these blocks.</summary>
    public static FeatureData Encode(int? hashBits, params string[] blocks)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            string userFile = Path.Combine(folder.FullName, "users.csv"), itemFile = Path.Combine(folder.FullName, "items.csv");
            IEnumerable<string> ofUsers = Enumerable.Range(0, Users)
                .Select(user => $"u{user},{TextsOfUser(user)["gender"][0]},{TextsOfUser(user)["age"][0]}");
            IEnumerable<string> ofItems = Enumerable.Range(0, Items)
                .Select(item => $"i{item},{TitleOf(item)},{Genres[item % Genres.Length]}");
            File.WriteAllLines(userFile, ["id,gender,age", .. ofUsers]);
            File.WriteAllLines(itemFile, ["id,title,genres", .. ofItems]);
            return FeatureEncoder.Encode(new RatingSplit(Ratings(), null, null), blocks, new FeatureOptions
            {
                Sides = [SideTable.ReadUsers(userFile, UserIds()), SideTable.ReadItems(itemFile, ItemIds())],
                HashBits = hashBits,
                FrequentYear = 2,
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A machine on these blocks with parameters drawn at random.</summary>
    public static FmMachine Machine(FeatureData data, int rank = 5, int order = 2, FmLink link = FmLink.Identity)
    {
        FmShape shape = new(rank, order, FmLearner.Sgd, 0);
        FactorTable factors = new(data.Space.Count + 1, shape.Width);
        float[] weights = new float[data.Space.Count + 1];
        for (int row = 0; row < weights.Length; row++)
        {
            EntityRandom random = new(3, RandomPurpose.SyntheticItem, row);
            weights[row] = (float)(0.3 * random.NextGaussian());
            for (int factor = 0; factor < rank * (order - 1) && row < data.Space.Count; factor++)
            {
                factors.Row(row)[shape.StartOf(2 + (factor / rank)) + (factor % rank)] = (float)(0.3 * random.NextGaussian());
            }
        }

        return new FmMachine(shape, link, new FmParameters(factors, weights, data.Space.Count), data.Space);
    }

    /// <summary>The model that a machine comes to for the users and films.</summary>
    public static SavedModel Save(FmMachine machine, FeatureData data) => new(
        FmCollapse.ToModel(ModelKinds.Fm, machine, data, new RatingScale(-10, 10)),
        UserIds(),
        ItemIds(),
        [.. Enumerable.Range(0, Items).Select(TitleOf)],
        Ratings(),
        new ModelDescription
        {
            Kind = ModelKinds.Fm,
            DataName = "films",
            DataFingerprint = "abc123",
            DistRecVersion = "0.1.0",
            Created = DateTimeOffset.UnixEpoch,
        })
    {
        Attributes = ItemAttributes.Of(
            Items, Enumerable.Range(0, Items).SelectMany(item => TextsOfItem(item)["genre"].Select(genre => (item, "genre", genre)))),
    };

    /// <summary>A model of all blocks.</summary>
    public static SavedModel Saved(int rank = 5, int order = 2, FmLink link = FmLink.Identity, params string[] blocks)
    {
        FeatureData data = Encode(null, blocks.Length == 0 ? Blocks : blocks);
        return Save(Machine(data, rank, order, link), data);
    }

    private static IdMap UserIds() => new(Enumerable.Range(0, Users).Select(user => $"u{user}"));

    private static IdMap ItemIds() => new(Enumerable.Range(0, Items).Select(item => $"i{item}"));

    private static RatingMatrix Ratings()
    {
        List<long> starts = [0], times = [];
        List<int> columns = [];
        List<float> values = [];
        for (int user = 0; user < Users; user++)
        {
            for (int item = user % 2; item < Items - 2 && user < Users - 2; item += 2)
            {
                columns.Add(item);
                values.Add(1 + (((user * 7) + (item * 3)) % 5));
                times.Add((user + item) * 86400L * 10);
            }

            starts.Add(columns.Count);
        }

        return new RatingMatrix(Items, [.. starts], [.. columns], [.. values], [.. times]);
    }
}
