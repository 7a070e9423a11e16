using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class AttributeFilterTests
{
    // 0: a drama of 1994; 1: drama and comedy of 2001; 2: a war film of 1979; 3: nothing is known; 4: an odd one.
    private static readonly ItemAttributes Attributes = ItemAttributes.Of(5,
    [
        (0, "genre", "Drama"), (0, "year", "1994"),
        (1, "genre", "Drama"), (1, "genre", "Comedy"), (1, "year", "2001"),
        (2, "genre", "War"), (2, "year", "1979"),
        (4, "genre", "a, \"b\"|c"), (4, "year", "unknown"), (4, "length", "90.5"),
    ]);

    [Theory]
    [InlineData("genre=Drama", "0 1")]
    [InlineData("genre=drama", "0 1")]
    [InlineData("Genres = Drama", "0 1")]
    [InlineData("genre=War|Comedy", "1 2")]
    [InlineData("genre != Drama", "2 3 4")]
    [InlineData("genre!=Drama|War", "3 4")]
    [InlineData("genre=Drama,genre=Comedy", "1")]
    [InlineData("genre=Drama, year>=1995", "1")]
    [InlineData("year=1994", "0")]
    [InlineData("year<1994", "2")]
    [InlineData("year<=1994", "0 2")]
    [InlineData("year>1994", "1")]
    [InlineData("year>=1994", "0 1")]
    [InlineData("year>1990,year<2000", "0")]
    [InlineData("year!=1994", "1 2 3 4")]
    [InlineData("year>1e3", "0 1 2")]
    [InlineData("length>90", "4")]
    [InlineData("genre=Western", "")]
    [InlineData("genre=\"a, \"\"b\"\"|c\"", "4")]
    [InlineData("genre=\"Drama\"|\"War\" ,year>0", "0 1 2")]
    [InlineData("genre=sci-fi|film noir", "")]
    [InlineData("genre=\"=Drama\"", "")]
    public void Items_fit_that_all_conditions_hold_for(string filter, string expected)
    {
        bool[] fits = AttributeFilter.Parse(filter, "--filter").Match(Attributes, 5);

        string.Join(' ', Enumerable.Range(0, 5).Where(item => fits[item])).ShouldBe(expected);

        // And so item by item, where the model does not know them.
        for (int item = 0; item < 5; item++)
        {
            Dictionary<string, IReadOnlyList<string>> own = [];
            foreach (ItemAttribute attribute in Attributes.All)
            {
                own[attribute.Name] = [.. attribute.Of(item).ToArray().Select(code => attribute.Texts[code])];
            }

            AttributeFilter.Parse(filter, "--filter").Fits(own).ShouldBe(fits[item], $"{item}");
        }
    }

    [Theory]
    [InlineData("", "--filter, character 1: expected the name of an attribute, found the end; write conditions such as genre=Drama,year>=1990")]
    [InlineData("=Drama", "--filter, character 1: expected the name of an attribute, found \"=Drama\"")]
    [InlineData("genre", "--filter, character 6: expected =, !=, <, <=, > or >= behind the name, found the end")]
    [InlineData("genre!Drama", "--filter, character 6: expected =, !=, <, <=, > or >= behind the name, found \"!Drama\"")]
    [InlineData("genre=", "--filter, character 7: expected a value, found the end")]
    [InlineData("genre=Drama,", "--filter, character 13: expected the name of an attribute, found the end")]
    [InlineData("genre=Drama,,year>1", "--filter, character 13: expected the name of an attribute, found \",year>1\"")]
    [InlineData("genre=Drama|", "--filter, character 13: expected a value, found the end")]
    [InlineData("genre=\"Drama", "--filter, character 7: expected a quote at the end of the value, too, found \"\"Drama\"; close it")]
    [InlineData("genre=\"a\"b", "--filter, character 10: expected a comma, a bar or the end behind the value, found \"b\"")]
    [InlineData("genre=a\"b\"", "--filter, character 7: expected a value, in quotes where it begins with a sign or has a quote in it, found \"a\"b\"\"; write")]
    [InlineData("genre==Drama", "--filter, character 7: expected a value, in quotes where it begins with a sign")]
    [InlineData("year>=old", "--filter, character 7: expected one finite number, found \"old\"; compare texts, and several values, by = or !=")]
    [InlineData("year>1990|1991", "--filter, character 6: expected one finite number, found \"1990|1991\"")]
    [InlineData("year<NaN", "--filter, character 6: expected one finite number, found \"NaN\"")]
    public void What_is_no_filter_is_refused_where_it_goes_wrong(string filter, string expected) =>
        Should.Throw<InputException>(() => AttributeFilter.Parse(filter, "--filter")).Message.ShouldStartWith(expected);

    [Fact]
    public void What_the_model_does_not_know_is_refused_with_what_it_knows()
    {
        AttributeFilter studio = AttributeFilter.Parse("genre=Drama,studio=Acme", "filter");
        Should.Throw<InputException>(() => studio.Match(Attributes, 5)).Message
            .ShouldBe("filter, character 13: expected one of the attributes genre, length, year, found \"studio\"; correct it");
        Should.Throw<InputException>(() => studio.Match(ItemAttributes.None, 5)).Message.ShouldStartWith("filter: expected a model that knows what its items are");
        Should.Throw<InputException>(() => AttributeFilter.Parse("genre>3", "filter").Match(Attributes, 5)).Message
            .ShouldBe("filter, character 1: expected an attribute of numbers, found genre, of texts such as \"Comedy\"; compare it by = or !=");
    }

    [Fact]
    public void A_filtered_list_has_exactly_as_many_items_as_there_are_and_counts_the_others()
    {
        SavedModel plain = TestModels.Random(users: 6, items: 60);
        SavedModel saved = new(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description)
        {
            Attributes = ItemAttributes.Of(60, Enumerable.Range(0, 60).Select(item => (item, "year", $"{1960 + item}"))),
        };
        ListMaker lists = new(saved, () => new SimilarRows(saved, Side.Item));
        int[] seen = saved.Ratings!.RowColumns(2).ToArray();
        RecommendQuery query = new() { N = 60, Filter = AttributeFilter.Parse("year>=1980", "filter"), Allow = [.. Enumerable.Range(10, 40).Select(item => $"i{item}")], Deny = ["i30"] };

        foreach (string user in new[] { "u2", "nobody" })
        {
            int[] own = user == "u2" ? seen : [];
            int[] expected = [.. Enumerable.Range(20, 30).Except(own).Except([30])];
            RecommendedList list = lists.Make(user, query);
            list.Items.Select(item => item.Item).Order().ShouldBe(expected);
            int left = own.Count(item => item is >= 20 and < 50 and not 30);
            list.Shortage.ShouldBe(
                $"{expected.Length} items left, 60 asked for: 60 in the model, 20 not allowed, 1 denied, 10 filtered out{(left > 0 ? $", {left} seen" : "")}");
            lists.Make(user, query with { N = expected.Length }).Shortage.ShouldBeNull();
            lists.Make(user, query with { Allow = null, Deny = null }).Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(20, 40).Except(own));
        }
    }
}
