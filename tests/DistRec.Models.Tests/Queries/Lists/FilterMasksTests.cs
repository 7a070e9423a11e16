using DistRec.Models.Queries.Lists;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class FilterMasksTests
{
    private readonly FilterMasks _masks;

    public FilterMasksTests()
    {
        SavedModel plain = TestModels.Random(items: 100);
        _masks = new FilterMasks(new SavedModel(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description)
        {
            Attributes = ItemAttributes.Of(100, Enumerable.Range(0, 100).Select(item => (item, "year", $"{1900 + item}"))),
        });
    }

    [Fact]
    public void A_filter_is_looked_at_once()
    {
        ItemFilter first = _masks.Of(Year(1990));

        first.Items().ShouldBe(Enumerable.Range(90, 10));
        _masks.Of(Year(1990)).ShouldBeSameAs(first);
        _masks.Of(Year(1991)).Items().ShouldBe(Enumerable.Range(91, 9));
    }

    [Fact]
    public void As_many_are_remembered_as_there_is_room_for_and_the_one_that_was_asked_for_longest_ago_goes()
    {
        ItemFilter first = _masks.Of(Year(1900)), second = _masks.Of(Year(1901));
        for (int year = 1902; year < 1900 + FilterMasks.Capacity; year++)
        {
            _masks.Of(Year(year));
        }

        _masks.Of(Year(1900)).ShouldBeSameAs(first);
        _masks.Of(Year(1990));
        _masks.Count.ShouldBe(FilterMasks.Capacity);
        _masks.Of(Year(1900)).ShouldBeSameAs(first);
        ItemFilter again = _masks.Of(Year(1901));
        again.ShouldNotBeSameAs(second);
        again.Items().ShouldBe(second.Items());
        _masks.Count.ShouldBe(FilterMasks.Capacity);
    }

    [Fact]
    public void A_filter_that_does_not_fit_is_refused_each_time_where_it_was_given()
    {
        foreach (string place in new[] { "filter", "--filter" })
        {
            Should.Throw<InputException>(() => _masks.Of(AttributeFilter.Parse("studio=Acme", place))).Message.ShouldStartWith($"{place}, character 1: expected one of");
        }

        _masks.Count.ShouldBe(0);
    }

    private static AttributeFilter Year(int from) => AttributeFilter.Parse($"year>={from}", "filter");
}
