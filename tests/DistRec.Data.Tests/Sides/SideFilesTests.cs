namespace DistRec.Data.Tests.Sides;

public sealed class SideFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("u.data", "u.user", "u.item")]
    [InlineData("ratings.dat", "users.dat", "movies.dat.gz")]
    [InlineData("ratings.csv", "users.csv", "movies.csv")]
    [InlineData("ratings.csv", "users.csv", "items.csv")]
    [InlineData("bought.tsv", "users.csv.gz", "items.csv")]
    public void A_folder_or_file_of_ratings_finds_what_describes_its_users_and_items(string ratings, string users, string items)
    {
        string file = _folder.Write(ratings, "1\t1\t5\n");
        SideFiles.Near(file).ShouldBe(new SideFiles(null, null));

        var expected = new SideFiles(_folder.Write(users, ""), _folder.Write(items, ""));

        SideFiles.Near(file).ShouldBe(expected);
        SideFiles.Near(_folder.Path).ShouldBe(expected);
    }

    [Fact]
    public void Tables_are_read_for_the_ids_of_the_data()
    {
        _folder.Write("bought.tsv", "a\tx\t5\nb\ty\t3\n");
        _folder.Write("users.csv", "id,country\nb,FR\n");
        RatingData data = RatingReader.Read(_folder.Path);

        IReadOnlyList<SideTable> tables = SideFiles.Near(_folder.Path).Read(data.Users, data.Items);

        FeatureData features = FeatureEncoder.Encode(new RatingSplit(data.Ratings, null, null), ["item", "country"], new FeatureOptions { Sides = tables });
        FeatureText.Of(features, features.Train).ShouldBe(["5 | item:0", "3 | country:FR item:1"]);
    }
}
