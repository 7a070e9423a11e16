namespace DistRec.Data.Tests;

/// <summary>
/// Four users and five items: Alice, Bob and Charlie rate Titanic, Notting Hill, Star Wars and Star Trek in 2010; Dora and Alien have no
/// training ratings.
/// </summary>
internal static class SmallRatings
{
    public static IdMap Users { get; } = new(["A", "B", "C", "D"]);

    public static IdMap Items { get; } = new(["TI", "NH", "SW", "ST", "AL"]);

    public static RatingSplit Split { get; } = new(
        Matrix((0, 0, 5, "2010-01-10"), (0, 1, 3, "2010-02-05"), (0, 2, 1, "2010-04-01"), (1, 2, 4, "2010-05-30"), (1, 3, 5, "2010-08-02"), (2, 0, 1, "2010-09-12"), (2, 2, 5, "2010-09-12")),
        Matrix((0, 3, 2, "2010-03-03")),
        Matrix((0, 4, 4, "2009-07-01"), (2, 1, 2, "2012-12-24"), (3, 2, 3, "2010-06-20")));

    public static RatingMatrix Matrix(params (int User, int Item, float Rating, string Date)[] ratings)
    {
        long[] starts = new long[Users.Count + 1];
        for (int user = 0; user < Users.Count; user++)
        {
            starts[user + 1] = ratings.Count(rating => rating.User <= user);
        }

        return new RatingMatrix(
            Items.Count,
            starts,
            [.. ratings.Select(rating => rating.Item)],
            [.. ratings.Select(rating => rating.Rating)],
            [.. ratings.Select(rating => new DateTimeOffset(DateOnly.Parse(rating.Date), TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds())]);
    }

    public static FeatureData Encode(params string[] blocks) => FeatureEncoder.Encode(Split, blocks);

    public static FeatureData Encode(SideTable side, params string[] blocks) => FeatureEncoder.Encode(Split, blocks, new FeatureOptions { Sides = [side] });
}
