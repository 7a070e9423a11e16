using DistRec.Models.ItemWeights;
using DistRec.Models.Neighborhood;
using DistRec.Training.Work;

namespace DistRec.Training.Tests.Work;

public sealed class SharedSearchesTests
{
    private readonly SharedSearches _searches = new();
    private int _begun;

    [Fact]
    public void Shards_of_a_job_share_a_search_until_the_last_has_left()
    {
        SharedSearch one = Share("a", all: false), two = Share("a", all: false);
        two.Search.ShouldBeSameAs(one.Search);
        one.Dispose();
        Share("a", all: false).Search.ShouldBeSameAs(two.Search);
        _begun.ShouldBe(1);
    }

    [Fact]
    public void A_search_goes_with_its_last_shard()
    {
        SharedSearch first = Share("a", all: false);
        first.Dispose();
        Share("a", all: false).Search.ShouldNotBeSameAs(first.Search);
    }

    // A shard that is slow to stop still held the search of the ratings without those kept aside when the others began to look at all of them.
    [Fact]
    public void Neither_another_job_nor_one_that_looks_at_all_ratings_shares_it()
    {
        SharedSearch parted = Share("a", all: false);
        Share("a", all: true).Search.ShouldNotBeSameAs(parted.Search);
        Share("b", all: false).Search.ShouldNotBeSameAs(parted.Search);
    }

    private SharedSearch Share(string job, bool all) => _searches.Share((job, all), () =>
    {
        _begun++;
        return Task.FromResult(new ItemKnnOptions().NeighborLists.CreateSearch(new RatingMatrix(1, [0, 1], [0], [1]), RatingUnits.None));
    });
}
