namespace DistRec.Models.Tests.Queries;

public sealed class BoundedTopTests
{
    [Fact]
    public void It_keeps_what_a_full_sort_would_put_first_in_any_order_of_offers()
    {
        for (int round = 0; round < 300; round++)
        {
            var random = new EntityRandom(7, RandomPurpose.SyntheticItem, round);
            ScoredItem[] items = new ScoredItem[random.NextInt(40)];
            for (int index = 0; index < items.Length; index++)
            {
                // Few different scores, so that ties are common; indices in falling order.
                items[index] = new ScoredItem(items.Length - index, random.NextInt(6));
            }

            int capacity = random.NextInt(12);
            var top = new BoundedTop(capacity);
            foreach (ScoredItem item in items)
            {
                top.Offer(item);
            }

            top.TakeSorted().ShouldBe(items.OrderByDescending(item => item.Score).ThenBy(item => item.Item).Take(capacity));
        }
    }
}
