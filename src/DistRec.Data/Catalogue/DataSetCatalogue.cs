namespace DistRec.Data;

/// <summary>The public data sets that are known by name.</summary>
public static class DataSetCatalogue
{
    private const string ResearchOnly = "GroupLens: research use, no redistribution, no commercial use without permission";
    private const string SameConditions = "GroupLens: non-commercial use; redistribution under the same conditions";

    /// <summary>All data sets, smallest first.</summary>
    public static IReadOnlyList<PublicDataSet> All { get; } =
    [
        MovieLens("ml-latest-small", "100,836 ratings (0.5 to 5) of 9,724 films by 610 users; changes over time", SameConditions, "latest", null),
        MovieLens("ml-100k", "100,000 ratings (1 to 5) of 1,682 films by 943 users", ResearchOnly, "100k", "0e33842e24a9c977be4e0107933c0723"),
        new(
            "movietweetings",
            "Ratings (0 to 10) of films from tweets; grows over time",
            "MIT",
            new Uri("https://github.com/sidooms/MovieTweetings"),
            [Tweets("ratings.dat"), Tweets("movies.dat"), Tweets("users.dat")]),
        MovieLens("ml-1m", "1,000,209 ratings (1 to 5) of 3,706 films by 6,040 users", ResearchOnly, "1m", "c4d9eecfca2ab87c1945afe126590906"),
        MovieLens("ml-10m", "10,000,054 ratings (0.5 to 5) of 10,677 films by 69,878 users", ResearchOnly, "10m", "ce571fd55effeba0271552578f2648bd"),
        MovieLens("ml-20m", "20,000,263 ratings (0.5 to 5) of 26,744 films by 138,493 users", ResearchOnly, "20m", "cd245b17a1ae2cc31bb14903e1204af3"),
        MovieLens("ml-25m", "25,000,095 ratings (0.5 to 5) of 59,047 films by 162,541 users", ResearchOnly, "25m", "6b51fb2759a8657d3bfcbfc42b592ada"),
        MovieLens("ml-32m", "32,000,204 ratings (0.5 to 5) of films by 200,948 users", ResearchOnly, "32m", "d472be332d4daa821edc399621853b57"),
    ];

    /// <summary>The data set of a name.</summary>
    /// <exception cref="InputException">There is none of this name.</exception>
    public static PublicDataSet Find(string name) =>
        All.FirstOrDefault(set => set.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw InputException.At("data set", $"one of {string.Join(", ", All.Select(set => set.Name))}", $"\"{name}\"", "choose one of these, or give the path of your own data");

    private static PublicDataSet MovieLens(string name, string description, string licence, string page, string? md5) => new(
        name,
        description,
        licence,
        new Uri($"https://grouplens.org/datasets/movielens/{page}/"),
        [new DataSetFile(new Uri($"https://files.grouplens.org/datasets/movielens/{name}.zip"), md5, IsArchive: true)]);

    private static DataSetFile Tweets(string file) =>
        new(new Uri($"https://raw.githubusercontent.com/sidooms/MovieTweetings/master/latest/{file}"), null, IsArchive: false);
}
