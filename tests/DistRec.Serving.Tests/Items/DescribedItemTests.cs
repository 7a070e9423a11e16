using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.Tests;
using DistRec.Serving.Items;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Items;

/// <summary>New items that features tell of.</summary>
public sealed class DescribedItemTests
{
    private static readonly SavedModel Saved = DescribedFilms.Saved();

    private static readonly ItemDetails[] Said =
    [
        Film(1, "war", "War"), Film(2, "noir", "Noir"), Film(3, "drama", "Drama", "War"), Film(4, "i3", "Comedy"),
        Film(5, "comedy", "Comedy"), Film(2, "noir", "Drama"), Film(3, "drama", "Drama"),
    ];

    private static readonly UserRating[] Log =
    [
        new("u1", "drama", 4, 1), new("u2", "untold", 5, 2), new("u3", "drama", 2, 3), new("u4", "untold", 1, 4),
        new("nobody", "war", 5, 5),
    ];

    [Fact]
    public void An_item_that_is_described_is_there_before_anybody_rates_it_with_the_row_of_its_features()
    {
        NewItemRatings ratings = new(Saved, leastRatings: 1);
        DescribeAll(ratings, Said[..4]);
        ratings.HasChanged.ShouldBeTrue();

        NewItems items = ratings.Fold();

        // Nothing that training met is said of the second, and the model knows the fourth.
        items.All.Select(item => (item.Id, item.Ratings)).ShouldBe([("war", 0), ("drama", 0)]);
        FoldedItem expected = new FeatureFoldIn(Saved).DescribeItem(Said[2].Attributes, null).Row!;
        items.Find("drama")!.Row.Factors.ToArray().ShouldBe(expected.Factors.ToArray());
        (items.Find("drama")!.Title, items.Find("drama")!.Attributes["genre"]).ShouldBe(("Title of drama", Said[2].Attributes["genre"]));
        ratings.HasChanged.ShouldBeFalse();
    }

    [Fact]
    public void Whatever_is_read_first_and_in_whatever_portions_the_items_have_the_same_indices_and_bits()
    {
        NewItemRatings detailsFirst = new(Saved, 2), ratingsFirst = new(Saved, 2), mixed = new(Saved, 2);
        DescribeAll(detailsFirst, Said);
        AddAll(detailsFirst, Log);
        AddAll(ratingsFirst, Log);
        ratingsFirst.Fold();
        DescribeAll(ratingsFirst, Said);
        for (int one = 0; one < Said.Length; one++)
        {
            // As a node that follows from the beginning, fold by fold.
            DescribeAll(mixed, Said[one..(one + 1)]);
            AddAll(mixed, Log[Math.Min(one, Log.Length)..Math.Min(one + 1, Log.Length)]);
            mixed.Fold();
        }

        NewItems expected = detailsFirst.Fold();
        expected.All.Select(item => (item.Id, item.Ratings))
            .ShouldBe([("untold", 2), ("war", 0), ("noir", 0), ("drama", 2), ("comedy", 0)]);
        foreach (NewItems found in new[] { ratingsFirst.Fold(), mixed.Fold() })
        {
            found.All.Select(item => (item.Index, item.Id, item.Ratings, item.Row.Bias)).ShouldBe(
                expected.All.Select(item => (item.Index, item.Id, item.Ratings, item.Row.Bias)));
            found.All.SelectMany(item => item.Row.Factors.ToArray()).ShouldBe(expected.All.SelectMany(item => item.Row.Factors.ToArray()));
        }
    }

    [Fact]
    public void A_node_that_reads_what_was_said_last_has_the_same_items_as_one_that_has_followed()
    {
        // The first was said of again before the fourth came: it stands later among the changes, and keeps its place.
        ItemDetails[] changes =
            [Film(1, "a", "War"), Film(2, "b", "War"), Film(3, "c", "War"), Film(1, "a", "Drama"), Film(5, "d", "War")];
        NewItemRatings followed = new(Saved, 1, mostItems: 3), late = new(Saved, 1, mostItems: 3);
        foreach (ItemDetails one in changes)
        {
            DescribeAll(followed, one);
            followed.Fold();
        }

        DescribeAll(late, changes[1], changes[2], changes[4], changes[3]);

        NewItems found = late.Fold(), expected = followed.Fold();
        expected.All.Select(item => item.Id).ShouldBe(["a", "b", "c"], "those that were said of first");
        found.All.Select(item => (item.Index, item.Id, item.Row.Bias))
            .ShouldBe(expected.All.Select(item => (item.Index, item.Id, item.Row.Bias)));
    }

    [Fact]
    public void Rated_items_come_first_where_there_is_no_room_for_all()
    {
        NewItemRatings ratings = new(Saved, 1, mostItems: 2);
        DescribeAll(ratings, Film(1, "a", "War"), Film(2, "b", "War"));
        ratings.Fold().All.Select(item => item.Id).ShouldBe(["a", "b"]);
        AddAll(ratings, new UserRating("u1", "rated", 4, 1));
        ratings.Fold().All.Select(item => item.Id).ShouldBe(["rated", "a"]);
    }

    [Fact]
    public void An_item_keeps_its_index_when_it_is_rated_and_is_fitted_from_its_features()
    {
        NewItemRatings ratings = new(Saved, 1);
        DescribeAll(ratings, Said[0], Said[2]);
        NewItem before = ratings.Fold().Find("drama")!;
        AddAll(ratings, Log[0]);

        NewItem after = ratings.Fold().Find("drama")!;

        (after.Index, after.Ratings).ShouldBe((before.Index, 1));
        FoldedItem expected = new ItemFoldIn(Saved).FitFrom(before.Row, [1], [4]);
        after.Row.Factors.ToArray().ShouldBe(expected.Factors.ToArray());
        after.Row.Factors.ToArray().ShouldNotBe(new ItemFoldIn(Saved).Fit([1], [4]).Factors.ToArray());
    }

    [Fact]
    public void A_model_that_orders_items_takes_new_ones_by_their_features()
    {
        NewItemRatings ratings = new(DescribedFilms.Saved(link: FmLink.Preference), 1);
        DescribeAll(ratings, Said);
        AddAll(ratings, Log);
        ratings.Fold().All.Select(item => (item.Id, item.Ratings)).ShouldBe([("war", 0), ("noir", 0), ("drama", 0), ("comedy", 0)]);
    }

    [Fact]
    public void What_is_said_of_items_that_nobody_rated_is_nothing_to_a_model_of_ratings_alone()
    {
        NewItemRatings ratings = new(SmallModels.Saved(), 1);
        DescribeAll(ratings, Said);
        (ratings.TakesDescribed, ratings.HasChanged, ratings.Fold().All.Count).ShouldBe((false, false, 0));
    }

    private static ItemDetails Film(long first, string item, params string[] genres) => new()
    {
        Item = item,
        Title = $"Title of {item}",
        Attributes = new Dictionary<string, IReadOnlyList<string>> { ["genre"] = genres },
        First = first,
    };

    private static void DescribeAll(NewItemRatings ratings, params ItemDetails[] some)
    {
        foreach (ItemDetails one in some)
        {
            ratings.Describe(one);
        }
    }

    private static void AddAll(NewItemRatings ratings, params UserRating[] some)
    {
        foreach (UserRating one in some)
        {
            ratings.Add(one);
        }
    }
}
