using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class ListPagesTests
{
    private const int Items = 60;

    private readonly SavedModel _saved = TestModels.Random(users: 6, items: Items);
    private readonly ListMaker _lists;

    public ListPagesTests() => _lists = new ListMaker(_saved, () => new SimilarRows(_saved, Side.Item));

    public static TheoryData<string, double> Askers => new() { { "u2", 0 }, { "nobody", 0 }, { "u2", 0.5 }, { "nobody", 0.5 } };

    [Theory]
    [MemberData(nameof(Askers))]
    public void Pages_hold_every_item_once_and_end_with_a_reason(string user, double diversity)
    {
        int[] seen = user == "u2" ? _saved.Ratings!.RowColumns(2).ToArray() : [];
        List<ListedItem> all = [];
        RecommendedList page = _lists.Make(user, new RecommendQuery { N = 7, Diversity = diversity });
        while (true)
        {
            all.AddRange(page.Items);
            if (page.Next is null)
            {
                break;
            }

            page.Items.Count.ShouldBe(7);
            page.Shortage.ShouldBeNull();
            page = _lists.Make(user, new RecommendQuery { N = 7, Diversity = diversity, After = ListCursor.Parse(page.Next.ToString(), "after") });
        }

        all.Select(item => item.Item).Order().ShouldBe(Enumerable.Range(0, Items).Except(seen));
        all.Select(item => item.Rank).ShouldBe(Enumerable.Range(1, all.Count));
        int last = all.Count % 7;
        last.ShouldBeGreaterThan(0);
        page.Shortage.ShouldBe(
            $"{last} {(last == 1 ? "item" : "items")} left, 7 asked for: 60 in the model{(seen.Length > 0 ? $", {seen.Length} seen" : "")}, {all.Count - last} shown before");
        if (diversity == 0)
        {
            all.ShouldBe(_lists.Make(user, new RecommendQuery { N = Items }).Items);
        }
    }

    [Fact]
    public void A_list_that_ends_with_the_last_item_has_no_next_page_and_no_shortage()
    {
        int left = Items - _saved.Ratings!.RowLength(2);
        RecommendedList whole = _lists.Make("u2", new RecommendQuery { N = left });
        (whole.Items.Count, whole.Shortage, whole.Next).ShouldBe((left, null, null));
        _lists.Make("u2", new RecommendQuery { N = left - 1 }).Next.ShouldNotBeNull();
    }

    [Fact]
    public void Nothing_comes_twice_though_the_user_has_rated_something_between_two_pages()
    {
        // Ratings that turn the user's taste round, so that what was first would now be last, and back.
        UserFoldIn foldIn = new(_saved);
        RecommendedList page = _lists.Make(foldIn.Fit([0, 1], [5, 1]), new RecommendQuery { N = 10 });
        List<ListedItem> shown = [.. page.Items];
        (int[] Items, float[] Ratings)[] histories = [([0, 1, shown[0].Item], [5, 1, 0.5f]), ([0, 1, 2], [1, 5, 5]), ([0, 1, 2, 3], [5, 1, 5, 3])];
        foreach ((int[] items, float[] ratings) in histories)
        {
            FoldedUser user = foldIn.Fit(items, ratings);
            page = _lists.Make(user, new RecommendQuery { N = 10, After = page.Next });
            shown.AddRange(page.Items);
            page.Items.Select(item => item.Item).Intersect(items).ShouldBeEmpty();

            // And the page is the best of what has not been shown, by what is known of the user now.
            page.Items.Select(item => item.Item).ShouldBe(
                _lists.Make(user, new RecommendQuery { N = Items }).Items.Select(item => item.Item).Except(shown.SkipLast(10).Select(item => item.Item)).Take(10));
        }

        shown.Select(item => item.Item).ShouldBeUnique();
        shown.Count.ShouldBe(40);
    }

    [Fact]
    public void A_shortage_counts_each_item_for_one_reason()
    {
        int[] seen = _saved.Ratings!.RowColumns(2).ToArray();
        int[] unseen = [.. Enumerable.Range(0, Items).Except(seen)];
        string[] allow = [.. seen.Take(4).Concat(unseen.Take(8)).Select(item => $"i{item}")];
        RecommendQuery query = new() { N = 5, Allow = allow, Deny = [$"i{seen[0]}", $"i{unseen[0]}", $"i{unseen[20]}", "other"] };
        RecommendedList first = _lists.Make("u2", query);
        first.Shortage.ShouldBeNull();

        // Allowed: 12, of which 2 are denied, 3 more seen, 5 shown, 2 left.
        RecommendedList second = _lists.Make("u2", query with { After = first.Next });
        second.Items.Count.ShouldBe(2);
        second.Shortage.ShouldBe("2 items left, 5 asked for: 60 in the model, 48 not allowed, 2 denied, 3 seen, 5 shown before");
        second.UnknownIds.ShouldBe(["other"]);
        _lists.Make("u2", query with { After = first.Next, IncludeSeen = true }).Items.Count.ShouldBe(5);
        _lists.Make("u2", query with { Allow = [] }).Shortage.ShouldBe("0 items left, 5 asked for: 60 in the model, 60 not allowed");
    }

    [Fact]
    public void A_cursor_of_another_version_is_refused()
    {
        SavedModel other = TestModels.Random(users: 6, items: Items, seed: 5);
        ListCursor cursor = new ListMaker(other, () => new SimilarRows(other, Side.Item)).Make("u2", new RecommendQuery { N = 3 }).Next!;
        Should.Throw<InputException>(() => _lists.Make("u2", new RecommendQuery { After = cursor })).Message
            .ShouldStartWith("after: expected the next of an answer of this version of the model");
    }
}
