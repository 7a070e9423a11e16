using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

/// <summary>A model and items that were folded into it answer as a model that has them all.</summary>
public sealed class NewItemListTests
{
    private const int Items = 60;
    private const int Known = 45;

    public static TheoryData<string, int, double, double> Lists => new()
    {
        { "als", 7, 0, 0 }, { "als", Items, 0, 0 }, { "als", 9, 0.6, 0 }, { "als-implicit", 20, 0, 0 }, { "bpmf", 20, 0, 1.5 }, { "bpmf", 8, 0.5, 2 },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Lists_are_those_of_a_model_that_has_the_new_items(string kind, int n, double diversity, double explore)
    {
        SavedModel whole = Whole(kind);
        (SavedModel known, NewItems newItems) = Split(whole);
        ListMaker lists = Make(known), expected = Make(whole);
        int newOnes = 0;
        foreach (string user in new[] { "u0", "u1", "u2", "u3", "nobody" })
        {
            RecommendQuery query = new() { N = n, IncludeSeen = true, Diversity = diversity, Explore = explore };
            RecommendedList list = lists.Make(user, query, newItems);
            Same(list, expected.Make(user, query));
            newOnes += list.Items.Count(item => item.FoldedInBy == 2);
            list.Items.ShouldAllBe(item => item.FoldedInBy == (item.Item < Known ? null : 2) && (item.Item < Known || item.Title == null));

            // And page by page, among those that are allowed and not denied.
            RecommendQuery some = query with
            {
                N = 3, Diversity = 0, Allow = [.. Enumerable.Range(30, 25).Select(item => $"i{item}"), "nothing"], Deny = ["i33", "i50"],
            };
            RecommendedList one = lists.Make(user, some, newItems), two = expected.Make(user, some);
            one.UnknownIds.ShouldBe(["nothing"]);
            for (int page = 0; page < 8; page++)
            {
                Same(one, two);
                one.Shortage.ShouldBe(two.Shortage?.Replace("60 in the model", "45 in the model and 15 new", StringComparison.Ordinal));
                if (one.Next is null)
                {
                    break;
                }

                (one, two) = (lists.Make(user, some with { After = one.Next }, newItems), expected.Make(user, some with { After = two.Next }));
            }

            one.Items[^1].Rank.ShouldBe(23);
        }

        newOnes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void New_items_that_a_user_has_rated_are_left_out_and_counted()
    {
        (SavedModel known, NewItems newItems) = Split(Whole("als"));
        FoldedUser user = new UserFoldIn(known).Fit([0, 1], [5, 1]);
        RecommendQuery query = new() { N = Items, AlsoSeen = ["i50", "i59", "elsewhere"] };

        RecommendedList list = Make(known).Make(user, query, newItems);

        list.Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, Items).Except([0, 1, 50, 59]));
        list.Shortage.ShouldBe("56 items left, 60 asked for: 45 in the model and 15 new, 4 seen");
        Make(known).Make(user, query with { IncludeSeen = true }, newItems).Items.Count.ShouldBe(Items);
    }

    [Fact]
    public void A_filter_leaves_new_items_out_of_which_nothing_is_known_unless_it_asks_for_what_they_are_not()
    {
        (SavedModel known, NewItems newItems) = Split(Whole("als"));
        ListMaker lists = Make(known);
        RecommendQuery query = new() { N = Items, IncludeSeen = true };

        RecommendedList dramas = lists.Make("u1", query with { Filter = AttributeFilter.Parse("genre=Drama", "filter") }, newItems);
        RecommendedList others = lists.Make("u1", query with { Filter = AttributeFilter.Parse("genre!=Drama", "filter") }, newItems);

        dramas.Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, Known).Where(item => item % 3 == 0));
        dramas.Shortage.ShouldBe("15 items left, 60 asked for: 45 in the model and 15 new, 45 filtered out");
        others.Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, Items).Where(item => item >= Known || item % 3 != 0));
    }

    [Fact]
    public void A_page_goes_on_where_not_all_new_items_are_known_yet()
    {
        (SavedModel known, NewItems newItems) = Split(Whole("als"));
        RecommendQuery query = new() { N = 30, IncludeSeen = true };
        RecommendedList first = Make(known).Make("u1", query, newItems);
        first.Items.ShouldContain(item => item.Item >= Known);

        RecommendedList second = Make(known).Make("u1", query with { After = ListCursor.Parse(first.Next!.ToString(), "after") });

        second.Items.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, Known).Except(first.Items.Select(item => item.Item)));
        second.Items[0].Rank.ShouldBe(31);
    }

    [Fact]
    public void A_cold_user_sees_new_items_by_their_damped_means()
    {
        SavedModel known = TestModels.Random(users: 6, items: 10);
        double mean = known.Ratings!.Values.Average(rating => (double)rating);
        NewItems newItems = new([NewItemOf(10, "good", [5, 4]), NewItemOf(11, "bad", [0.5f]), NewItemOf(13, "middling", [3.5f])]);

        RecommendedList list = new ListMaker(known, () => new SimilarRows(known, Side.Item)).Make("nobody", new RecommendQuery { N = 13 }, newItems);

        list.RankedBy.ShouldBe(RankedBy.DampedMean);
        list.Items.Count.ShouldBe(13);
        list.Items.Select(item => item.Score).ShouldBeInOrder(SortDirection.Descending);
        list.Items.Single(item => item.ItemId == "good").Score.ShouldBe(mean + ((9 - (2 * mean)) / 27), 1e-9);
        list.Items.Single(item => item.ItemId == "bad").Score.ShouldBe(mean + ((0.5 - mean) / 26), 1e-9);
        list.Items.Single(item => item.ItemId == "middling").Score.ShouldBe(mean + ((3.5 - mean) / 26), 1e-9);
    }

    [Fact]
    public void Similar_items_and_explanations_are_those_of_a_model_that_has_the_new_items()
    {
        SavedModel whole = Whole("als");
        (SavedModel known, NewItems newItems) = Split(whole);
        SimilarRows similar = new(known, Side.Item);
        foreach (int item in new[] { 3, 45, 59 })
        {
            similar.Find($"i{item}", 20, newItems).ShouldBe(new SimilarRows(whole, Side.Item).Find($"i{item}", 20));
        }

        Should.Throw<InputException>(() => similar.Find("i50", 3)).Message.ShouldContain("found \"i50\"");
        FoldedUser user = new UserFoldIn(known).Fit([2, 4, 9], [5, 1, 3]);
        Explanation expected = new Explainer(whole).Explain(new UserFoldIn(whole).Fit([2, 4, 9], [5, 1, 3]), "i50", 2);
        Explanation found = new Explainer(known).Explain(user, "i50", 2, newItems);
        found.Contributions.Count.ShouldBe(2);
        found.ShouldBe(expected with { Contributions = found.Contributions });
        found.Contributions.ShouldBe(expected.Contributions);
        new Explainer(known).Explain("nobody", "i50", 2, newItems).ItemBias.ShouldBe(whole.Model.ItemBiases[50]);
        new Explainer(known).Explain("nobody", "i50", 2).ItemBias.ShouldBe(0);
    }

    private static void Same(RecommendedList list, RecommendedList expected)
    {
        list.Items.ShouldBe(expected.Items.Select(item => item with { FoldedInBy = item.Item < Known ? null : 2, Title = item.Item < Known ? item.Title : null }));
        (list.RankedBy, list.Diversity, list.Next is null).ShouldBe((expected.RankedBy, expected.Diversity, expected.Next is null));
    }

    private static ListMaker Make(SavedModel saved) => new(saved, () => new SimilarRows(saved, Side.Item));

    // Without ratings, by which nothing is cold and nothing is seen.
    private static SavedModel Whole(string kind)
    {
        SavedModel random = TestModels.Random(users: 5, items: Items, kind: kind, withRatings: false);
        FactorModel model = random.Model;
        return kind != "bpmf" ? random : TestModels.With(random, new FactorModel(
            kind, model.GlobalMean, model.Scale, model.UserBiases, model.ItemBiases, model.UserFactors, model.ItemFactors)
        {
            Spread = new FactorSpread(Squares(model.UserFactors!), Squares(model.ItemFactors!), 0.3f),
        });
    }

    private static FactorTable Squares(FactorTable factors) => TableOf(factors.Rows, factors.Rank, row => [.. factors.Row(row).ToArray().Select(value => value * value)]);

    // A model of the first items, and the others as if they had been folded in.
    private static (SavedModel Known, NewItems NewItems) Split(SavedModel whole)
    {
        FactorModel model = whole.Model;
        FactorModel part = new(
            model.Kind, model.GlobalMean, model.Scale, model.UserBiases, model.ItemBiases[..Known], model.UserFactors,
            TableOf(Known, model.Rank, row => model.ItemFactors!.Row(row).ToArray()))
        {
            Spread = model.Spread is { } spread
                ? new FactorSpread(spread.UserVariances, TableOf(Known, model.Rank, row => spread.ItemVariances.Row(row).ToArray()), spread.NoiseVariance)
                : null,
        };
        SavedModel known = new(
            part, whole.Users, new IdMap(Enumerable.Range(0, Known).Select(item => $"i{item}")), [.. whole.Titles.Take(Known)], null, whole.Description)
        {
            Attributes = ItemAttributes.Of(Known, Enumerable.Range(0, Known).Select(item => (item, "genre", item % 3 == 0 ? "Drama" : "Comedy"))),
        };
        return (known, new NewItems(Enumerable.Range(Known, Items - Known).Reverse().Select(item => new NewItem(item, $"i{item}", new FoldedItem(
            [0, 1],
            new RatingMatrix(5, [0, 2], [0, 1], [3, 4]),
            new RowFit(model.ItemBiases[item], model.ItemFactors!.Row(item).ToArray(), model.Spread?.ItemVariances.Row(item).ToArray()))))));
    }

    private static NewItem NewItemOf(int index, string id, float[] ratings) => new(
        index, id, new FoldedItem([], new RatingMatrix(6, [0, ratings.Length], [.. Enumerable.Range(0, ratings.Length)], ratings), new RowFit(0.1f, [1, 0, 0, 0, 0])));

    private static FactorTable TableOf(int rows, int rank, Func<int, float[]> row)
    {
        FactorTable table = new(rows, rank);
        for (int index = 0; index < rows; index++)
        {
            row(index).CopyTo(table.Row(index));
        }

        return table;
    }
}
