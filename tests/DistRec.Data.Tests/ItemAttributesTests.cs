using System.Text;

namespace DistRec.Data.Tests;

public sealed class ItemAttributesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_come_back_by_item_each_once_and_in_order_whatever_order_they_came_in()
    {
        ItemAttributes attributes = ItemAttributes.Of(3, [(2, "year", "1995"), (0, "genre", "Drama"), (2, "genre", "War"), (2, "genre", "Comedy"), (2, "genre", "War")]);

        attributes.ItemCount.ShouldBe(3);
        attributes.All.Select(attribute => attribute.Name).ShouldBe(["genre", "year"]);
        attributes.All[0].Texts.ShouldBe(["Comedy", "Drama", "War"]);
        Show(attributes).ShouldBe(["genre=Drama", "", "genre=Comedy genre=War year=1995"]);
        Should.Throw<ArgumentOutOfRangeException>(() => ItemAttributes.Of(2, [(2, "year", "1995")]));
        ItemAttributes.Of(5, []).ShouldBeSameAs(ItemAttributes.None);
    }

    [Theory]
    [InlineData("genre", "genre")]
    [InlineData("Genres", "genre")]
    [InlineData("YEAR", "year")]
    [InlineData("gen", null)]
    public void Names_are_found_in_any_case_and_in_the_plural(string name, string? found) =>
        (ItemAttributes.Of(1, [(0, "genre", "Drama"), (0, "year", "1995")]).Find(name)?.Name).ShouldBe(found);

    [Fact]
    public void Every_layout_with_a_file_of_items_tells_what_they_are()
    {
        _folder.Write("100k/u.data", "1\t242\t3\t881250949\n1\t302\t3\t891717742\n");
        _folder.Write("100k/u.item", $"242|Café (1996)|24-Jan-1997||x|{Flags(5, 8)}\n302|L.A. Confidential|01-Jan-1997||x|{Flags(6)}\n", Encoding.Latin1);
        _folder.Write("1m/ratings.dat", "1::122::4.5::838985046\n1::185::0.5::838983525\n");
        _folder.Write("1m/movies.dat", "122::Boomerang (1992)::Comedy|Romance\n999::Unrated (2000)::War\n");
        _folder.Write("20m/ratings.csv", "userId,movieId,rating\n1,2,3.5\n1,29,3.5\n");
        _folder.Write("20m/movies.csv", "movieId,title,genres\n2,\"President, The (1995)\",Drama\n29,Plain,(no genres listed)\n");
        _folder.Write("own/ratings.csv", "user,item,rating\na,x,3.5\na,y,3.5\n");
        _folder.Write("own/items.csv", "id,studio,length:number\nx,Acme,90.5\ny,\"A, B\",\n");

        Show(Read("100k")).ShouldBe(["genre=Comedy genre=Drama year=1996", "genre=Crime year=1997"]);
        Show(Read("1m")).ShouldBe(["genre=Comedy genre=Romance year=1992", ""]);
        Show(Read("20m")).ShouldBe(["genre=Drama year=1995", ""]);
        Show(Read("own")).ShouldBe(["length=90.5 studio=Acme", "studio=A, B"]);
        RatingReader.Read(Path.Combine(_folder.Path, "own"), new ReadOptions { ReadTitles = false }).Attributes.ShouldBeSameAs(ItemAttributes.None);
    }

    [Fact]
    public void Ratings_are_read_although_the_file_of_items_cannot_be()
    {
        _folder.Write("ratings.csv", "userId,movieId,rating\n1,2,3.5\n");
        _folder.Write("movies.csv", "movieId,title,genres\n2,The, unquoted (1995),Drama\n");

        RatingData data = RatingReader.Read(_folder.Path);

        data.Ratings.Count.ShouldBe(1);
        data.Attributes.ShouldBeSameAs(ItemAttributes.None);
        data.AttributesFault!.ShouldStartWith("movies.csv:2: expected 3 fields separated by");
    }

    [Fact]
    public void What_is_said_of_items_is_added_where_the_data_says_nothing()
    {
        RatingData data = RatingData.Create(
            "some", new RatingMatrix(3, [0, 3], [0, 1, 2], [1, 2, 3]), new IdMap(["u"]), new IdMap(["a", "b", "c"]), ["First", null, null]) with
        {
            Attributes = ItemAttributes.Of(3, [(0, "genre", "War")]),
        };
        Dictionary<string, IReadOnlyList<string>> said = new() { ["Genres"] = ["Drama", "Comedy"], ["year"] = ["2026"] };

        RatingData more = data.With([("a", "Other", said), ("b", "Second", said), ("nobody's", "Third", said)]);

        more.Titles.ShouldBe(["First", "Second", null]);
        Show(more.Attributes).ShouldBe(["genre=War", "genre=Comedy genre=Drama year=2026", ""]);
        (more.Fingerprint, data.Titles[1], Show(data.Attributes)[1]).ShouldBe((data.Fingerprint, null, ""));
        (data with { Titles = [], Attributes = ItemAttributes.None }).With([]).Titles.ShouldBeEmpty();
    }

    private ItemAttributes Read(string name)
    {
        RatingData data = RatingReader.Read(Path.Combine(_folder.Path, name));
        data.AttributesFault.ShouldBeNull();
        return data.Attributes;
    }

    private static string Flags(params int[] set) => string.Join('|', Enumerable.Range(0, 19).Select(flag => set.Contains(flag) ? 1 : 0));

    private static string[] Show(ItemAttributes attributes) =>
    [
        .. Enumerable.Range(0, attributes.ItemCount).Select(item => string.Join(
            ' ', attributes.All.SelectMany(attribute => attribute.Of(item).ToArray().Select(code => $"{attribute.Name}={attribute.Texts[code]}")))),
    ];
}
