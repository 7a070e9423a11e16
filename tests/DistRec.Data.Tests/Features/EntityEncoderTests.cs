namespace DistRec.Data.Tests.Features;

public sealed class EntityEncoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_texts_of_an_item_of_the_data_make_its_features_and_values_but_for_its_id()
    {
        string[] lines =
        [
            "id,title,genres,studio,length:number", "TI,Titanic (1997),Drama|Romance,Fox,194",
            "NH,Notting Hill (1999),Comedy|Drama|Romance,,124",
            "SW,Star Wars (1977),Sci-Fi,Fox,121.5",
            "ST,Star Trek (1979),(no genres listed),Paramount,", "AL,Alien (1979),Horror|Sci-Fi,Fox,117",
        ];
        SideTable table = Items(string.Join('\n', lines));
        FeatureData data = FeatureEncoder.Encode(
            SmallRatings.Split, ["item", "studio", "genre", "length", "year"], new FeatureOptions { Sides = [table], FrequentYear = 2 });
        EntityEncoder encoder = EntityEncoder.TryMake(data.Space, RelationEntity.Item)!;
        encoder.Attributes.ShouldBe(["studio", "genre", "length", "year"]);
        RatingMatrix rows = data.Train.Blocks[0].Rows;
        int ids = data.Space.Groups[0].Count;

        for (int item = 0; item < SmallRatings.Items.Count; item++)
        {
            string[] fields = lines[item + 1].Split(',');
            EncodedEntity found = encoder.Encode(Told(("Genres", fields[2]), ("studio", fields[3]), ("length", fields[4])), fields[1]);

            int own = rows.RowColumns(item).ContainsAnyInRange(0, ids - 1) ? 1 : 0;
            found.Features.ShouldBe(rows.RowColumns(item)[own..].ToArray(), fields[0]);
            found.Values.ShouldBe(rows.RowValues(item)[own..].ToArray(), fields[0]);
            found.Used.ShouldContain("title");
        }
    }

    [Fact]
    public void Each_genre_of_a_list_weighs_as_much_as_between_bars()
    {
        EntityEncoder encoder = Encoder(RelationEntity.Item, Items("id,genres\nTI,Drama|Romance\nNH,Comedy\nSW,Sci-Fi\n"), "genre");

        EncodedEntity apart = encoder.Encode(Told(("genre", "Drama"), ("genre", "Comedy"), ("genre", "Western")));

        apart.Values.ShouldBe([1f / 3, 1f / 3], "a third that training never met counts in their number, as in training");
        apart.Used.ShouldBe(["genre=Drama", "genre=Comedy"]);
        apart.Unknown.ShouldBe(["genre=Western"]);
        EncodedEntity together = encoder.Encode(Told(("genre", "Western|Comedy|Drama")));
        together.Features.ShouldBe(apart.Features);
        together.Values.ShouldBe(apart.Values);
    }

    [Fact]
    public void Users_have_the_classes_of_their_texts_and_the_present_month()
    {
        SideTable table = Users("id,age,zip,gender\nA,17,85711,F\nB,18,8,M\nC,44,V3N4P,M\n");
        FeatureData data = SmallRatings.Encode(table, "user", "age", "zip1", "zip2", "gender", "item", "time");
        EntityEncoder encoder = EntityEncoder.TryMake(data.Space, RelationEntity.User)!;

        encoder.Attributes.ShouldBe(["age", "zip", "gender"]);
        EncodedEntity found = encoder.Encode(Told(("AGE", "39"), ("zip", "v3x"), ("gender", "X"), ("hobby", "chess"), ("hobby", "")));

        found.Features.Select(feature => NameOf(data.Space, feature)).ShouldBe(["age:35", "zip1:V", "zip2:V3", "time:2010-09"]);
        found.Used.ShouldBe(["AGE=39", "zip=v3x"]);
        found.Unknown.ShouldBe(["gender=X", "hobby=chess"]);
        EncodedEntity nothing = encoder.Encode(Told(("gender", "X")), "Titanic (1997)");
        nothing.Features.ShouldBeEmpty("the month tells nothing of a user");
    }

    [Fact]
    public void A_year_that_is_told_comes_before_that_of_the_title_and_numbers_count_once()
    {
        SideTable table = Items("id,title,length:number\nTI,Titanic (1997),194\nNH,Notting Hill (1989),\nSW,Star Wars (1977),121\n");
        EntityEncoder encoder = Encoder(RelationEntity.Item, table, "year", "length");

        EncodedEntity found = encoder.Encode(Told(("year", "1985"), ("length", "90"), ("length", "100")), "Later (1999)");
        found.Used.ShouldBe(["year=1985", "length=90"]);
        found.Unknown.ShouldBe(["length=100"]);
        found.Values.ShouldBe([1, 90]);
        EncodedEntity noNumber = encoder.Encode(Told(("length", "long")));
        noNumber.Features.ShouldBeEmpty();
        noNumber.Unknown.ShouldBe(["length=long"]);
        encoder.Encode(Told(("year", "2026")), "Later (1999)").Features.ShouldBeEmpty();
    }

    [Fact]
    public void Features_that_do_not_say_what_they_are_made_of_tell_of_nobody()
    {
        SideTable table = Items("id,genres\nTI,Drama|Romance\n");
        FeatureOptions options = new() { Sides = [table], HashBits = 10 };
        FeatureData hashed = FeatureEncoder.Encode(SmallRatings.Split, ["item", "genre"], options);

        EntityEncoder.TryMake(hashed.Space, RelationEntity.Item).ShouldBeNull();
        FeatureData rated = SmallRatings.Encode("user", "item", "other-items", "last-item", "time");
        EntityEncoder.TryMake(rated.Space, RelationEntity.User).ShouldBeNull();
        EntityEncoder.TryMake(SmallRatings.Encode(table, "item", "genre").Space, RelationEntity.User).ShouldBeNull();
    }

    private static EntityEncoder Encoder(RelationEntity entity, SideTable table, params string[] blocks) =>
        EntityEncoder.TryMake(SmallRatings.Encode(table, blocks).Space, entity)!;

    private static Dictionary<string, IReadOnlyList<string>> Told(params (string Name, string Text)[] texts) =>
        texts.GroupBy(text => text.Name, text => text.Text).ToDictionary(text => text.Key, text => (IReadOnlyList<string>)[.. text]);

    private static string NameOf(FeatureSpace space, int feature)
    {
        FeatureGroup group = space.Groups.Single(group => feature >= group.First && feature < group.First + group.Count);
        return $"{group.Name}:{group.Names![feature - group.First]}";
    }

    private SideTable Users(string text) => SideTable.ReadUsers(_folder.Write("users.csv", text), SmallRatings.Users);

    private SideTable Items(string text) => SideTable.ReadItems(_folder.Write("items.csv", text), SmallRatings.Items);
}
