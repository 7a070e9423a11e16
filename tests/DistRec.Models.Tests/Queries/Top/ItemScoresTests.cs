using DistRec.Models.Queries.Top;
using DistRec.Models.Tests.FoldIn;

namespace DistRec.Models.Tests.Queries.Top;

public sealed class ItemScoresTests
{
    private const int Users = 50;
    private const int Items = 70;

    // The last user and the last item have no ratings.
    private static readonly RatingMatrix Ratings =
        RatingLists.Draw(Users - 1, Items - 1, 0.4, (user, item) => Math.Clamp(RatingLists.Planted(2)(user, item), 1, 5)).ToMatrix(Users, Items);

    public static TheoryData<string> Kinds => [.. FoldInModels.Kinds];

    // Layers were once left out, so that mlp was judged by the products of its embeddings.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_best_by_sums_are_those_that_are_listed(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Ratings);
        TopItems top = new(saved);
        ItemScores scores = new(top);
        TopRequest[] requests = [.. Enumerable.Range(0, Users).Select(user => TopRequest.For(saved, user, Items))];
        for (int from = 0; from < Users; from += scores.Capacity)
        {
            TopRequest[] some = requests[from..Math.Min(Users, from + scores.Capacity)];
            scores.Compute(some);
            for (int index = 0; index < some.Length; index++)
            {
                scores.Best(index, Items).Select(item => item.Item).ShouldBe(top.Rank(some[index]).Select(item => item.Item));
            }
        }
    }
}
