namespace DistRec.Data.Tests.Sides;

public sealed class SideBlockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ages_are_put_into_the_classes_of_MovieLens_1M()
    {
        SideTable table = Users("id,age\nA,17\nB,18\nC,44\nD,45\n");

        Rows(SmallRatings.Encode(table, "age")).ShouldBe(["age:1", "age:18", "age:35"]);
        Rows(SmallRatings.Encode(Users("id,age\nA,1\nB,56\nC,unknown\n"), "age")).ShouldBe(["age:1", "age:56", "age:unknown"]);
    }

    [Fact]
    public void Zips_are_cut_to_their_first_characters()
    {
        FeatureData data = SmallRatings.Encode(Users("id,zip\nA,85711\nB,8\nC,V3N4P\n"), "zip1", "zip2");

        Rows(data).ShouldBe(["zip1:8 zip2:85", "zip1:8 zip2:8", "zip1:V zip2:V3"]);
    }

    [Fact]
    public void Users_without_training_ratings_keep_the_side_features_that_training_rows_have()
    {
        FeatureData data = SmallRatings.Encode(Users("id,gender,occupation\nA,F,baker\nB,M,\nC,M,cook\nD,F,diver\n"), "user", "gender", "occupation", "item");

        data.Space.Groups.Single(group => group.Name == "occupation").Names.ShouldBe(["baker", "cook"]);
        FeatureText.Of(data, data.Test!)[2].ShouldBe("3 | gender:F item:2");
        FeatureText.Of(data, data.Train)[3].ShouldBe("4 | user:1 gender:M item:2");
    }

    [Fact]
    public void Genres_weigh_1_over_their_number_and_items_without_a_line_have_none()
    {
        FeatureData data = SmallRatings.Encode(Items("id,genres\nTI,Drama|Romance\nNH,Comedy|Drama|Romance\nSW,Sci-Fi\nAL,Horror|Sci-Fi\n"), "item", "genre");

        FeatureText.Of(data, data.Train)[..4].ShouldBe(
        [
            "5 | item:0 genre:Drama=0.5 genre:Romance=0.5", "3 | item:1 genre:Comedy=0.333 genre:Drama=0.333 genre:Romance=0.333", "1 | item:2 genre:Sci-Fi", "4 | item:2 genre:Sci-Fi",
        ]);

        // Nothing of training is horror: of the cold item's genres one is left, and its weight as it was.
        FeatureText.Of(data, data.Test!)[0].ShouldBe("4 | genre:Sci-Fi=0.5");
    }

    [Fact]
    public void Years_that_few_trained_items_are_of_share_their_decade()
    {
        SideTable table = Items("id,title\nTI,Titanic (1997)\nNH,Notting Hill (1999)\nSW,Star Wars (1997)\nST,Star Trek (1979)\nAL,Alien (1979)\n");

        FeatureData data = FeatureEncoder.Encode(SmallRatings.Split, ["year"], new FeatureOptions { Sides = [table], FrequentYear = 2 });

        data.Space.Groups[0].Names.ShouldBe(["1970s", "1990s", "1997"]);
        data.Train.Blocks[0].Rows.Columns.ShouldBe([2, 1, 2, 0, 0]);
    }

    [Fact]
    public void Numbers_and_other_columns_go_by_their_names()
    {
        FeatureData data = SmallRatings.Encode(Users("id,Country,income:number\nA,FR,1.5\nB,DE,-2\nC,FR,\n"), "country", "income");

        Rows(data).ShouldBe(["country:FR income:income=1.5", "country:DE income:income=-2", "country:FR"]);
    }

    [Fact]
    public void A_column_that_two_tables_have_is_refused()
    {
        var options = new FeatureOptions { Sides = [Users("id,tag\nA,x\n"), Items("id,tag\nTI,y\n")] };

        Should.Throw<InputException>(() => FeatureEncoder.Encode(SmallRatings.Split, ["tag"], options)).Message.ShouldBe(
            "features: expected one side table with a column \"tag\", found it in users.csv and items.csv; rename one of the columns");
    }

    [Fact]
    public void A_side_table_without_the_column_is_named_and_so_are_the_blocks_it_offers()
    {
        SideTable table = Users("id,zip,country\nA,85711,FR\n");

        Should.Throw<InputException>(() => SmallRatings.Encode(table, "gender")).Message.ShouldBe(
            "features: expected a side table of users with a column \"gender\" for \"gender\", found none in users.csv; give the file that describes the users, or leave the block out");
        Should.Throw<InputException>(() => SmallRatings.Encode(table, "nation")).Message.ShouldContain(
            "among user, item, other-items, implicit-items, implicit-users, time, last-item, flipped, zip1, zip2, country; with side tables that tell them, gender, age, occupation, genre, year, found \"nation\"");
    }

    [Fact]
    public void A_table_of_other_data_is_refused()
    {
        SideTable table = SideTable.ReadUsers(_folder.Write("users.csv", "id,gender\nA,F\n"), new IdMap(["A"]));

        Should.Throw<ArgumentException>(() => SmallRatings.Encode(table, "gender")).Message.ShouldContain("expected 4 entities, found 1 in column gender");
    }

    private SideTable Users(string text) => SideTable.ReadUsers(_folder.Write("users.csv", text), SmallRatings.Users);

    private SideTable Items(string text) => SideTable.ReadItems(_folder.Write("items.csv", text), SmallRatings.Items);

    // The first training row of each user, without its target.
    private static string[] Rows(FeatureData data)
    {
        string[] rows = FeatureText.Of(data, data.Train);
        return [.. new[] { 0, 3, 5 }.Select(row => rows[row].Split(" | ")[1])];
    }
}
