using DistRec.Data;
using DistRec.Evaluation.Ranking;
using DistRec.Models;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Top;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Ranking;

public sealed class RankingEvaluatorTests
{
    // Scores by item alone: 5 4 4 3 2 1; the third user has what would be cold without.
    private static readonly FactorModel ByBias = new(ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[3], [5, 4, 4, 3, 2, 1], null, null);

    private static readonly RatingMatrix Seen = Matrix(6, [0], [0, 1, 2], [3, 4, 5]);

    [Fact]
    public void Two_users_have_the_figures_worked_by_hand()
    {
        // User 0 ranks 1 2 3 4 5 and looks for 2 and 4; user 1 ranks 3 4 5 and looks for 5.
        RankingResult result = RankingEvaluator.Evaluate(ByBias, Seen, Matrix(6, [2, 4], [5], []), new RankingOptions { CutOffs = [2, 3], Draws = 0 });

        Figure(result, "precision@2").ShouldBe(((1.0 / 2) + 0) / 2);
        Figure(result, "recall@2").ShouldBe(((1.0 / 2) + 0) / 2);
        Figure(result, "hitRate@3").ShouldBe(1);
        Figure(result, "mrr@3").ShouldBe(((1.0 / 2) + (1.0 / 3)) / 2, 1e-12);
        Figure(result, "map@3").ShouldBe((((1.0 / 2) / 2) + (1.0 / 3)) / 2, 1e-12);
        Figure(result, "ndcg@3").ShouldBe((((1 / Math.Log2(3)) / (1 + (1 / Math.Log2(3)))) + (1 / Math.Log2(4))) / 2, 1e-12);

        // Pairs of 2 and 4 with 1, 3 and 5: 2 ties with 1 and is before 3 and 5, 4 is before 5 alone. Of 5 none.
        Figure(result, "auc").ShouldBe(((0.5 + 1 + 1 + 0 + 0 + 1) / 6 / 2) + (0 / 2), 1e-12);
        Figure(result, "percentileRank").ShouldBe(((((1.0 / 4) + (3.0 / 4)) / 2) + 1) / 2, 1e-12);

        // Lists of two: 1 2 and 3 4. One of three users has each of them.
        Figure(result, "novelty@2").ShouldBe(((Novelty(1) + Novelty(1)) / 2 / 2) + ((Novelty(1) + Novelty(1)) / 2 / 2), 1e-12);
        Figure(result, "coverage@2").ShouldBe(4.0 / 6);
        Figure(result, "gini@2").ShouldBe(1 - (4.0 / 6), 1e-12);
        result.Users.ShouldBe(2);
        result.RelevantItems.ShouldBe(3);

        static double Novelty(int users) => -Math.Log2(users / 3.0);
    }

    [Fact]
    public void Serendipity_counts_what_popularity_would_not_have_shown()
    {
        // Popularity: item 0 by two users, then 1 and 2 by index. User 0 has seen 0 and would be shown 1; it is shown 1 2 3, and looks for 1 and 3.
        FactorModel model = new(ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[3], [5, 3, 4, 4.5f, 2, 1], null, null);
        RankingResult result = RankingEvaluator.Evaluate(model, Seen, Matrix(6, [1, 3], [], []), new RankingOptions { CutOffs = [2, 3], Draws = 0 });

        // Shown 3 2 1: among two, 3 is a hit that is no popular one (1 and 2 are).
        Figure(result, "serendipity@2").ShouldBe(1.0 / 2);
        Figure(result, "serendipity@3").ShouldBe(0.0);
    }

    [Fact]
    public void Diversity_is_one_less_the_mean_cosine_of_who_has_the_items()
    {
        // Items 1 and 2 share one of their users, 3 has one of its own: cosines ½, 0 and 0.
        RatingMatrix training = Matrix(4, [1, 2], [1], [2], [3], [0]);
        FactorModel model = new(ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[5], [0, 3, 2, 1], null, null);
        RankingResult result = RankingEvaluator.Evaluate(
            model, training, Matrix(4, [], [], [], [], [1]), new RankingOptions { CutOffs = [1, 2, 3], Draws = 0 });
        Figure(result, "diversity@2").ShouldBe(0.5, 1e-12);
        Figure(result, "diversity@3").ShouldBe(1 - (0.5 / 3), 1e-12);
        result.Figures.ContainsKey("diversity@1").ShouldBeFalse();
    }

    [Fact]
    public void Gains_may_be_graded_and_relevance_begin_at_a_rating()
    {
        RatingMatrix test = new(6, [0, 2, 2], [2, 4], [5, 3]);
        RankingResult graded = RankingEvaluator.Evaluate(ByBias, Seen, test, new RankingOptions { CutOffs = [5], Graded = true, Draws = 0 });
        Figure(graded, "ndcg@5").ShouldBe(((31 / Math.Log2(3)) + (7 / Math.Log2(5))) / (31 + (7 / Math.Log2(3))), 1e-12);

        RankingResult some = RankingEvaluator.Evaluate(ByBias, Seen, test, new RankingOptions { CutOffs = [5], RelevantFrom = 4, Draws = 0 });
        some.RelevantItems.ShouldBe(1);
        Figure(some, "recall@5").ShouldBe(1);
        Should.Throw<InputException>(() => RankingEvaluator.Evaluate(ByBias, Seen, new RatingMatrix(6, [0, 1, 1, 1], [2], [-1]), new RankingOptions { Graded = true }))
            .Message.ShouldBe("graded relevance: expected ratings above 0, at most 100, found -1; leave gains at 1, or say from which rating items are relevant");
    }

    [Fact]
    public void Lists_are_those_that_are_served_and_figures_hang_on_no_number_of_threads()
    {
        (FactorModel model, RatingMatrix training, RatingMatrix test) = Drawn();
        TopItems top = new(model, InteractionCounts.Of(training).Items);
        TopRequest[] requests = [.. Enumerable.Range(0, 20).Select(user => TopRequest.For(model, InteractionCounts.Of(training), user, 7))];
        ItemScores scores = new(top);
        scores.Compute(requests);
        for (int index = 0; index < requests.Length; index++)
        {
            scores.Best(index, 7).Select(item => item.Item).ShouldBe(top.Rank(requests[index]).Select(item => item.Item));
        }

        foreach (int? candidates in (int?[])[null, 20])
        {
            RankingResult one = RankingEvaluator.Evaluate(model, training, test, new RankingOptions { Threads = 1, SampledCandidates = candidates });
            RankingResult many = RankingEvaluator.Evaluate(model, training, test, new RankingOptions { Threads = 5, SampledCandidates = candidates });
            many.Figures.ShouldBe(one.Figures);
            many.Curve!.Counts.ShouldBe(one.Curve!.Counts);
            one.Figures["ndcg@10"].Low!.Value.ShouldBeLessThan(one.Figures["ndcg@10"].Value!.Value);
            one.Figures["ndcg@10"].High!.Value.ShouldBeGreaterThan(one.Figures["ndcg@10"].Value!.Value);
        }
    }

    [Fact]
    public void Lists_found_alone_have_the_figures_of_lists_in_whole_rankings()
    {
        (FactorModel model, RatingMatrix training, RatingMatrix test) = Drawn();
        RankingOptions whole = new() { CutOffs = [3, 10], Draws = 0 };
        RankingResult all = RankingEvaluator.Evaluate(model, training, test, whole), lists = RankingEvaluator.Evaluate(model, training, test, whole with { WholeRankings = false });
        lists.Figures.ShouldBe(all.Figures.Where(figure => figure.Key is not ("auc" or "percentileRank")), ignoreOrder: true);
        lists.Curve.ShouldBeNull();
    }

    [Fact]
    public void Figures_equal_those_of_a_plain_loop_over_sorted_scores()
    {
        (FactorModel model, RatingMatrix training, RatingMatrix test) = Drawn();
        RankingResult result = RankingEvaluator.Evaluate(model, training, test, new RankingOptions { CutOffs = [5], Draws = 0 });
        List<double> recalls = [], aucs = [];
        for (int user = 0; user < training.RowCount; user++)
        {
            int[] seen = training.RowColumns(user).ToArray(), relevant = [.. test.RowColumns(user).ToArray().Except(seen)];
            if (seen.Length == 0 || relevant.Length == 0)
            {
                continue;
            }

            (int Item, double Score)[] ranked =
            [
                .. Enumerable.Range(0, training.ColumnCount).Except(seen).Select(item => (item, FactorScore.Unclipped(model, user, item, Answer.Known)))
                    .OrderByDescending(one => one.Item2).ThenBy(one => one.item),
            ];
            recalls.Add((double)ranked.Take(5).Count(one => relevant.Contains(one.Item)) / relevant.Length);
            double[] good = [.. ranked.Where(one => relevant.Contains(one.Item)).Select(one => one.Score)];
            double[] bad = [.. ranked.Where(one => !relevant.Contains(one.Item)).Select(one => one.Score)];
            aucs.Add(good.Sum(one => bad.Sum(other => one > other ? 1 : one == other ? 0.5 : 0)) / (good.Length * bad.Length));
        }

        Figure(result, "recall@5").ShouldBe(recalls.Average(), 1e-12);
        Figure(result, "auc").ShouldBe(aucs.Average(), 1e-12);
    }

    // Of the other items 1 has a higher score and 2 the same, of which one before: among all 4 free ones drawn, place 2 and ½ (1 + 0.5 + 0.5) ÷ 4 out of order.
    [Fact]
    public void Sampled_candidates_are_those_without_any_interaction_and_the_figure_says_so()
    {
        FactorModel model = new(ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[2], [9, 4, 5, 4, 4, 1, 9], null, null);
        RankingResult result = RankingEvaluator.Evaluate(
            model, Matrix(7, [0], [1, 2, 3, 4, 5, 6]), Matrix(7, [3, 6], []), new RankingOptions { CutOffs = [1, 2, 3], SampledCandidates = 100, Draws = 0 });
        result.Candidates.ShouldStartWith("SAMPLED: each relevant item among 100 items");
        Figure(result, "hitRate@2").ShouldBe((0 + 1) / 2.0);
        Figure(result, "hitRate@3").ShouldBe((1 + 1) / 2.0);
        Figure(result, "mrr@3").ShouldBe(((1.0 / 3) + 1) / 2, 1e-12);
        Figure(result, "auc").ShouldBe((((1 + 0.5 + 0.5) / 4) + 1) / 2, 1e-12);
        result.Figures.ContainsKey("coverage@1").ShouldBeFalse();
        result.Curve!.ShareWithin(0).ShouldBe(0.5);
        result.Curve!.ShareWithin(500).ShouldBe(1);
    }

    // The place among n drawn of N others, of which a are ahead, is hypergeometric with a mean of n a / N.
    [Fact]
    public void Candidates_are_drawn_evenly()
    {
        const int Items = 1001, Users = 400;
        FactorModel model = new(
            ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[Users], [.. Enumerable.Range(0, Items).Select(item => (float)-item)], null, null);
        RatingMatrix training = Matrix(Items, [.. Enumerable.Repeat((int[])[1000], Users)]), test = Matrix(Items, [.. Enumerable.Repeat((int[])[200], Users)]);
        double place = Figure(RankingEvaluator.Evaluate(model, training, test, new RankingOptions { SampledCandidates = 100, Draws = 0 }), "percentileRank");

        // 200 of 999 others are ahead; a place of 100 has a deviation of .038, their mean of 400 one of .0019.
        place.ShouldBe(200.0 / 999, 0.008);
    }

    [Fact]
    public void What_cannot_be_judged_is_said()
    {
        Should.Throw<InputException>(() => RankingEvaluator.Evaluate(ByBias, Seen, Matrix(6, [], [], []))).Message
            .ShouldBe("evaluation: expected at least one interaction to look for, found none; give a test part");
        Should.Throw<InputException>(() => RankingEvaluator.Evaluate(ByBias, Seen, Matrix(6, [1], [], []), new RankingOptions { CutOffs = [5, 2] })).Message
            .ShouldBe("cut-offs: expected lengths from 1 to 10,000, ascending, found 5, 2; for instance 5, 10, 20");

        // Everything that is looked for was seen.
        RankingResult nobody = RankingEvaluator.Evaluate(ByBias, Seen, Matrix(6, [0], [], []));
        (nobody.Users, nobody.UsersLeftOut).ShouldBe((0, 1));
        nobody.Figures.Values.ShouldAllBe(figure => figure.Value == null);
    }

    private static double Figure(RankingResult result, string key) => result.Figures[key].Value!.Value;

    private static RatingMatrix Matrix(int items, params int[][] rows)
    {
        long[] starts = new long[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++)
        {
            starts[row + 1] = starts[row] + rows[row].Length;
        }

        int[] columns = [.. rows.SelectMany(row => row)];
        return new RatingMatrix(items, starts, columns, [.. columns.Select(_ => 1f)]);
    }

    // Scores of few different values, so that many are equal.
    private static (FactorModel Model, RatingMatrix Training, RatingMatrix Test) Drawn()
    {
        const int Users = 60, Items = 100, Rank = 20;
        EntityRandom random = new(7, RandomPurpose.Split, 0);
        FactorTable users = Table(Users), items = Table(Items);
        int[][] training = new int[Users][], test = new int[Users][];
        for (int user = 0; user < Users; user++)
        {
            training[user] = [.. Enumerable.Range(0, Items).Where(_ => random.NextInt(10) == 0)];
            test[user] = [.. Enumerable.Range(0, Items).Where(_ => random.NextInt(12) == 0)];
        }

        float[] biases = [.. Enumerable.Range(0, Items).Select(_ => (float)random.NextInt(3))];
        return (new FactorModel(ModelKinds.ImplicitAls, 0, new RatingScale(0, 1), new float[Users], biases, users, items), Matrix(Items, training), Matrix(Items, test));

        FactorTable Table(int rows)
        {
            FactorTable table = new(rows, Rank);
            for (int row = 0; row < rows; row++)
            {
                for (int factor = 0; factor < Rank; factor++)
                {
                    table.Row(row)[factor] = random.NextInt(3) - 1;
                }
            }

            return table;
        }
    }
}
