using DistRec.Models.Neighborhood;

namespace DistRec.Models.Tests.Neighborhood;

public sealed class NeighborKernelTests
{
    private static readonly NeighborShape Mean = new(NeighborForm.Mean, 4, 2, 0.5f);
    private static readonly NeighborShape Sum = new(NeighborForm.Sum, 4, 4);

    // Of 100 items the user has rated four.
    private static readonly RatedItems Rated = Of(100, (3, 0.5f), (63, -1), (64, 2), (70, 1));

    [Fact]
    public void A_mean_is_of_the_k_most_alike_ones_that_were_rated()
    {
        // 5 was not rated, and 3 is the third that was: (0.5 · 2 + 0.25 · −1) / (0.5 + 0.75).
        float[] list = List(Mean, [5, 64, 63, 3], [0.9f, 0.5f, 0.25f, 0.2f]);

        NeighborKernel.Score(Mean, list, Rated).ShouldBe(0.6f, 1e-6f);
        NeighborKernel.Terms(Mean, list, Rated).ShouldBe([(64, 0.4, 0.8), (63, 0.2, -0.2)], TermComparer.Instance);
    }

    [Fact]
    public void A_sum_has_all_of_the_list_that_were_rated_and_what_each_adds_at_all()
    {
        // (2 · 1 + 0.1 + −1 · 4 + 0.3) / √2.
        float[] list = List(Sum, [64, 5, 63], [1, 9, 4], [0.1f, 9, 0.3f]);

        NeighborKernel.Score(Sum, list, Rated).ShouldBe(-1.6f / MathF.Sqrt(2), 1e-6f);
        NeighborKernel.Terms(Sum, list, Rated).Sum(term => term.Value).ShouldBe(-1.6 / Math.Sqrt(2), 1e-6);
    }

    [Fact]
    public void Nothing_is_added_where_nothing_of_the_list_was_rated()
    {
        NeighborKernel.Score(Mean, List(Mean, [1, 2], [0.9f, 0.5f]), Rated).ShouldBe(0);
        NeighborKernel.Score(Sum, List(Sum, [], [], []), Rated).ShouldBe(0);
        NeighborKernel.Terms(Mean, List(Mean, [], []), Rated).ShouldBeEmpty();
    }

    [Fact]
    public void Rated_items_are_those_of_the_last_user_alone()
    {
        EntityRandom random = new(1, RandomPurpose.SyntheticRating, 0);
        RatedItems rated = new(300);
        for (int user = 0; user < 50; user++)
        {
            Dictionary<int, float> own = Enumerable.Range(0, random.NextInt(200)).Select(_ => random.NextInt(300)).Distinct().ToDictionary(item => item, item => (user * 1000f) + item);
            int[] items = [.. own.Keys.Order()];
            Span<float> residuals = rated.Set(items);
            for (int t = 0; t < items.Length; t++)
            {
                residuals[t] = own[items[t]];
            }

            Enumerable.Range(0, 300).Where(item => rated.Has(item) == 1).ShouldBe(items);
            items.ShouldAllBe(item => rated.ResidualOf(item) == own[item]);
        }
    }

    private static RatedItems Of(int count, params (int Item, float Residual)[] ratings)
    {
        RatedItems rated = new(count);
        Span<float> residuals = rated.Set([.. ratings.Select(rating => rating.Item)]);
        for (int t = 0; t < ratings.Length; t++)
        {
            residuals[t] = ratings[t].Residual;
        }

        return rated;
    }

    private static float[] List(NeighborShape shape, float[] items, float[] weights, float[]? ofAny = null)
    {
        float[] list = new float[shape.Width];
        list.AsSpan(0, shape.Length).Fill(-1);
        items.CopyTo(list, 0);
        weights.CopyTo(list, shape.WeightsStart);
        ofAny?.CopyTo(list, shape.ImplicitStart);
        return list;
    }

    private sealed class TermComparer : IEqualityComparer<(int Item, double Weight, double Value)>
    {
        public static readonly TermComparer Instance = new();

        public bool Equals((int Item, double Weight, double Value) x, (int Item, double Weight, double Value) y) =>
            x.Item == y.Item && Math.Abs(x.Weight - y.Weight) < 1e-6 && Math.Abs(x.Value - y.Value) < 1e-6;

        public int GetHashCode((int Item, double Weight, double Value) term) => term.Item;
    }
}
