using DistRec.Models.Queries.Top;

namespace DistRec.Models.Tests.Queries.Top;

public sealed class ItemFilterTests
{
    [Fact]
    public void It_holds_what_is_allowed_and_not_denied()
    {
        Check(ItemFilter.Of(130), [.. Enumerable.Range(0, 130)]);
        Check(ItemFilter.Of(130, deny: [0, 63, 64, 129]), [.. Enumerable.Range(0, 130).Except([0, 63, 64, 129])]);
        Check(ItemFilter.Of(130, [129, 5, 64, 5]), [5, 64, 129]);
        Check(ItemFilter.Of(130, [129, 5, 64], [64, 7]), [5, 129]);
        Check(ItemFilter.Of(130, []), []);
        Check(ItemFilter.Of(0), []);
        Check(ItemFilter.Of([.. Enumerable.Range(0, 130).Select(item => item is 0 or 63 or 64 or 129)]), [0, 63, 64, 129]);
        Check(ItemFilter.Of(130, [129, 5, 64]).And(ItemFilter.Of(130, [129, 64, 7])), [64, 129]);

        static void Check(ItemFilter filter, int[] items)
        {
            filter.Count.ShouldBe(items.Length);
            filter.Items().ShouldBe(items);
            Enumerable.Range(0, filter.ItemCount).Where(filter.Contains).ShouldBe(items);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(130)]
    public void An_index_that_is_no_item_is_refused(int item)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ItemFilter.Of(130, [item]));
        Should.Throw<ArgumentOutOfRangeException>(() => ItemFilter.Of(130, deny: [item]));
    }
}
