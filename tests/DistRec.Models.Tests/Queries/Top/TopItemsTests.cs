using DistRec.Models.Queries.Top;

namespace DistRec.Models.Tests.Queries.Top;

public sealed class TopItemsTests
{
    private static readonly string[] Shapes =
        ["plain", "ties", "equal", "zeros", "spikes", "scales", "denormal", "overflow", "saturated", "halves", "offset"];

    public static TheoryData<string, string> Kinds
    {
        get
        {
            TheoryData<string, string> kinds = [];
            foreach (string kind in ModelCatalogue.All.Select(model => model.Name).Where(kind => kind is not (ModelKinds.PolySvm or ModelKinds.Bpr)))
            {
                foreach (string shape in Shapes)
                {
                    kinds.Add(kind, shape);
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_best_items_have_the_bits_of_scoring_one_item_after_the_other(string kind, string shape)
    {
        foreach ((int items, int rank) in ((int, int)[])[(1, 3), (40, 1), (128, 16), (300, 5), (700, 17), (700, 64)])
        {
            Compare(new TopCase(shape, kind, items, kind == ModelKinds.Baseline ? 0 : rank, (ulong)(items + rank)));
        }
    }

    [Theory]
    [InlineData(FmLink.Logistic)]
    [InlineData(FmLink.Probit)]
    [InlineData(FmLink.Preference)]
    public void Answers_are_ranked_after_the_link_where_different_scores_may_give_equal_ones(FmLink link)
    {
        foreach (string shape in Shapes)
        {
            Compare(new TopCase(shape, ModelKinds.Fm, 500, 20, 9, link));
        }
    }

    [Fact]
    public void What_else_is_asked_for_changes_no_answer()
    {
        TopCase drawn = new("plain", ModelKinds.Als, 900, 33, 4);
        TopItems top = new(drawn.Saved);
        TopRequest[] many = [.. Enumerable.Repeat(drawn.Requests, 4).SelectMany(requests => requests)];
        string[] alone = [.. many.Select(request => TopCase.Bits(top.Rank(request)))];

        many.Length.ShouldBeGreaterThan(128);
        Rank(top, many).ShouldBe(alone);
        Rank(top, [.. Enumerable.Reverse(many)]).Reverse().ShouldBe(alone);
        Rank(new TopItems(drawn.Saved), many[..7]).ShouldBe(alone[..7]);
    }

    [Fact]
    public void Threads_may_ask_at_the_same_time()
    {
        TopCase drawn = new("plain", ModelKinds.Als, 900, 16, 5);
        TopItems top = new(drawn.Saved);
        string[] expected = Rank(top, drawn.Requests);

        Parallel.For(0, 64, _ => Rank(top, drawn.Requests).ShouldBe(expected));
    }

    [Fact]
    public void Memory_is_taken_for_the_answer_alone()
    {
        SavedModel saved = TestModels.Random(users: 12, items: 5000, rank: 16);
        TopItems top = new(saved);
        TopRequest[] requests = [.. Enumerable.Range(0, 10).Select(user => TopRequest.For(saved, user, 10))];
        ScoredItem[][] results = new ScoredItem[10][];

        // An array of ten items and the heap around it for each request.
        AllocatedBytes.Least(() => top.Rank(requests, results)).ShouldBeLessThan(10 * 300);
    }

    [Fact]
    public void A_pass_over_the_codes_leaves_few_items_to_score()
    {
        // Had all of 20,000 items to be scored, the pass would take longer than the plain loop; here one in a hundred is.
        SavedModel saved = TestModels.Random(users: 3, items: 20_000, rank: 32);
        TopItems top = new(saved);
        TopSearch search = new(top);
        FactorTable estimates = new(1, Numerics.Quantization.QuantizedRows.BlockRows);
        search.Start(TopRequest.For(saved, 0, 10));
        unsafe
        {
            search.Scan(0, top.Rows.BlockCount, estimates.Pointer);
        }

        search.Finish().Length.ShouldBe(10);
        search.Scored.ShouldBeInRange(10, 200);
    }

    [Fact]
    public void A_filter_of_another_model_and_too_little_room_are_refused()
    {
        SavedModel saved = TestModels.Random(items: 9);
        TopItems top = new(saved);
        Should.Throw<ArgumentException>(() => top.Rank(TopRequest.For(saved, 1, 3, ItemFilter.Of(8))))
            .Message.ShouldContain("filter of 9 items, found one of 8");
        Should.Throw<ArgumentException>(() => top.Rank([TopRequest.For(saved, 1, 3)], new ScoredItem[2][]))
            .Message.ShouldContain("room for 1 results, found 2");
        Should.Throw<ArgumentOutOfRangeException>(() => TopRequest.For(saved, 1, -1));
    }

    private static void Compare(TopCase drawn)
    {
        string[] found = Rank(new TopItems(drawn.Saved), drawn.Requests);
        for (int index = 0; index < found.Length; index++)
        {
            string expected = TopCase.Bits(drawn.Expected(drawn.Requests[index]));
            found[index].ShouldBe(expected, $"request {index} of {drawn.Saved.Items.Count} items");
        }
    }

    private static string[] Rank(TopItems top, TopRequest[] requests)
    {
        ScoredItem[][] results = new ScoredItem[requests.Length][];
        top.Rank(requests, results);
        return [.. results.Select(TopCase.Bits)];
    }
}
