using DistRec.Data;
using DistRec.Evaluation.Maps;
using DistRec.Numerics.Linear;
using DistRec.Oracles;

namespace DistRec.Evaluation.Tests.Maps;

public sealed class TsneTests
{
    private static readonly TsneOptions Exact = new() { Threads = 2 };
    private static readonly TsneOptions Tree = Exact with { ExactUpTo = 0 };

    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public void Separate_clusters_stay_separate(bool isExact)
    {
        FactorTable rows = MapData.Clusters(300, 10, 3, 6);
        int[] labels = [.. Enumerable.Range(0, 300).Select(row => row % 3)];

        TsneResult map = Tsne.Embed(rows, isExact ? Exact : Tree);

        map.Method.ShouldBe(isExact ? TsneMethod.Exact : TsneMethod.BarnesHut);
        NaiveTsne.Purity(labels, map.ToPoints(), 10).ShouldBe(1);
        NaiveTsne.Trustworthiness(rows.ToPoints(), map.ToPoints(), 10).ShouldBeGreaterThan(0.9);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_map_has_the_same_bits_for_any_number_of_threads_and_others_with_another_seed(bool isExact)
    {
        FactorTable rows = MapData.Clusters(700, 20, 5, 3);
        TsneOptions options = (isExact ? Exact : Tree) with { Iterations = 120, ExaggeratedIterations = 40 };
        TsneResult one = Tsne.Embed(rows, options with { Threads = 1 });
        foreach (int threads in (int[])[2, 4, -1])
        {
            TsneResult many = Tsne.Embed(rows, options with { Threads = threads });
            many.Positions.Values.SequenceEqual(one.Positions.Values).ShouldBeTrue($"{threads} threads");
            many.KlDivergence.ShouldBe(one.KlDivergence);
        }

        Tsne.Embed(rows, options with { Seed = 43 }).Positions.Values.SequenceEqual(one.Positions.Values).ShouldBeFalse();
    }

    [Fact]
    public void The_divergence_is_that_of_the_map_it_comes_with_and_descends()
    {
        FactorTable rows = MapData.Clusters(90, 8, 4, 2);
        double[][] affinities = NaiveTsne.Affinities(rows.ToPoints(), 20);
        double last = double.PositiveInfinity;
        foreach (int iterations in (int[])[1, 100, 1000])
        {
            TsneResult map = Tsne.Embed(rows, Exact with { Perplexity = 20, Iterations = iterations, ExaggeratedIterations = 0 });
            map.KlDivergence.ShouldBe(NaiveTsne.Divergence(affinities, map.ToPoints()), 1e-4);
            map.KlDivergence.ShouldBeLessThan(last);
            last = map.KlDivergence;
        }
    }

    // All others are near neighbours here, so both descend the same divergence; later steps would tell any two roundings apart.
    [Fact]
    public void With_a_theta_of_zero_the_tree_walks_the_way_of_all_pairs()
    {
        FactorTable rows = MapData.Clusters(91, 8, 4, 2);
        TsneOptions options = Exact with { Iterations = 60, ExaggeratedIterations = 30 };
        double[][] exact = Tsne.Embed(rows, options).ToPoints();
        double[][] tree = Tsne.Embed(rows, options with { ExactUpTo = 90, Theta = 0 }).ToPoints();
        double largest = exact.SelectMany(point => point).Max(Math.Abs);
        for (int point = 0; point < exact.Length; point++)
        {
            tree[point][0].ShouldBe(exact[point][0], 1e-3 * largest);
            tree[point][1].ShouldBe(exact[point][1], 1e-3 * largest);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(31, 10)]
    [InlineData(92, 30)]
    public void Few_points_get_a_perplexity_that_they_allow(int count, double perplexity)
    {
        foreach (TsneOptions options in new[] { Exact, Tree })
        {
            TsneResult map = Embed(MapData.Clusters(count, 4, 2, 3), options);
            map.Perplexity.ShouldBe(perplexity);
            map.Positions.Rank.ShouldBe(count);
        }
    }

    [Fact]
    public void One_point_is_in_the_middle_and_two_are_apart()
    {
        Embed(MapData.Of([3, 4]), Exact).ToPoints().ShouldHaveSingleItem().ShouldBe([0, 0]);
        double[][] two = Embed(MapData.Of([3, 4], [5, 1]), Exact).ToPoints();
        NaiveTsne.SquaredDistance(two[0], two[1]).ShouldBeGreaterThan(1e-9);
        (two[0][0] + two[1][0]).ShouldBe(0, 1e-5);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(400)]
    public void Points_that_are_equal_or_zero_or_huge_or_tiny_give_numbers(int count)
    {
        FactorTable same = new(count, 3), half = Clusters(), huge = Clusters(), tiny = Clusters(), outlier = Clusters();
        same.Values.Fill(7);
        outlier.Row(1)[0] = float.MaxValue;
        for (int row = 0; row < count; row++)
        {
            half.Row(row)[..(row % 2 == 0 ? 3 : 0)].Clear();
        }

        foreach (ref float value in huge.Values)
        {
            value *= 1e37f;
        }

        foreach (ref float value in tiny.Values)
        {
            value *= 1e-40f;
        }

        foreach (FactorTable rows in new[] { same, new FactorTable(count, 1), half, huge, tiny, outlier })
        {
            Embed(rows, Exact);
            Embed(rows, Tree);
        }

        FactorTable Clusters() => MapData.Clusters(count, 3, 2, 5);
    }

    [Fact]
    public void Neither_a_shift_nor_a_common_factor_changes_who_is_near_whom()
    {
        FactorTable rows = MapData.Clusters(300, 10, 3, 6), moved = new(300, 10);
        for (int row = 0; row < 300; row++)
        {
            for (int j = 0; j < 10; j++)
            {
                moved.Row(row)[j] = (rows.Row(row)[j] * 1e20f) + 3e20f;
            }
        }

        Tsne.Embed(moved, Exact).KlDivergence.ShouldBe(Tsne.Embed(rows, Exact).KlDivergence, 0.05);
    }

    [Fact]
    public void A_value_that_is_no_number_is_named() =>
        Should.Throw<ArgumentException>(() => Tsne.Embed(MapData.Of([0, 0], [0, float.NaN])))
            .Message.ShouldStartWith("expected finite values, found NaN in column 1 of row 1");

    [Fact]
    public void All_mistakes_in_settings_are_told_together()
    {
        TsneOptions wrong = new()
        {
            Perplexity = double.NaN,
            Iterations = 0,
            ExaggeratedIterations = 1,
            Exaggeration = 0.5,
            ExactUpTo = -1,
            Theta = 0.8,
            Threads = 0,
        };
        Should.Throw<InputException>(() => Tsne.Embed(new FactorTable(0, 1), wrong)).Message.ReplaceLineEndings("\n").ShouldBe(
            """
            perplexity: expected 1 to 1,000, found NaN; change it
            iterations: expected 1 to 100,000, found 0; change it
            exaggerated iterations: expected 0 to the number of iterations, found 1; change it
            exaggeration: expected 1 to 100, found 0.5; change it
            exact up to: expected 0 to 20,000 points, found -1; change it
            theta: expected 0 to 0.7, found 0.8; change it
            threads: expected 1 to 1,024, or −1 for one a processor, found 0; change it
            """);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Progress_ends_with_everything_done_and_a_cancelled_map_is_given_up(bool isExact)
    {
        FactorTable rows = MapData.Clusters(100, 5, 2, 3);
        TsneOptions options = (isExact ? Exact : Tree) with { Iterations = 20, ExaggeratedIterations = 5, Threads = 1 };
        List<TsneProgress> told = [];
        Tsne.Embed(rows, options, new Progress(told.Add));
        told.ShouldContain(new TsneProgress(TsneStage.Neighbours, 100, 100));
        told[^1].ShouldBe(new TsneProgress(TsneStage.Descent, 20, 20));

        using CancellationTokenSource stop = new();
        Should.Throw<OperationCanceledException>(() => Tsne.Embed(rows, options, new Progress(value =>
        {
            if (value == new TsneProgress(TsneStage.Descent, 3, 20))
            {
                stop.Cancel();
            }

            (value.Stage == TsneStage.Descent && value.Done > 3).ShouldBeFalse();
        }), stop.Token));
    }

    private static TsneResult Embed(FactorTable rows, TsneOptions options)
    {
        TsneResult map = Tsne.Embed(rows, options with { Iterations = 300, ExaggeratedIterations = 100 });
        map.Positions.Values.ToArray().ShouldAllBe(value => float.IsFinite(value));
        map.KlDivergence.ShouldBeInRange(0, 100);
        return map;
    }

    private sealed class Progress(Action<TsneProgress> tell) : IProgress<TsneProgress>
    {
        public void Report(TsneProgress value) => tell(value);
    }
}
