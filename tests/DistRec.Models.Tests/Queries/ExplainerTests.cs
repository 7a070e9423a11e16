namespace DistRec.Models.Tests.Queries;

public sealed class ExplainerTests
{
    [Theory]
    [InlineData("als", ContributionMethod.RowSolve)]
    [InlineData("mf", ContributionMethod.RowSolveApproximation)]
    public void Parts_add_up_to_the_prediction(string kind, ContributionMethod method)
    {
        SavedModel saved = TestModels.Random(users: 8, items: 20, kind: kind);
        var explainer = new Explainer(saved);
        for (int user = 0; user < 7; user++)
        {
            for (int item = 0; item < 19; item++)
            {
                Explanation explanation = explainer.Explain($"u{user}", $"i{item}", 3);
                explanation.Method.ShouldBe(method);
                double sum = explanation.GlobalMean + explanation.UserBias + explanation.ItemBias
                    + explanation.Contributions.Sum(one => one.Value) + explanation.OtherContributions + explanation.Residual;
                sum.ShouldBe(explanation.Unclipped, 1e-9);
                explanation.Unclipped.ShouldBe(FactorScore.Unclipped(saved.Model, user, item, Answer.Known), 1e-5);
                explanation.Prediction.ShouldBe(new Predictor(saved).Predict(user, item));
            }
        }
    }

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(3, 0.3)]
    [InlineData(2, 0)]
    public void Nothing_is_left_over_when_the_user_factors_solve_their_row(double regularization, double exponent)
    {
        // p_u is solved here by plain gradient descent on the row's loss: another way to the same minimum.
        SavedModel random = TestModels.Random(users: 4, items: 20, rank: 3);
        FactorModel model = random.Model;
        for (int user = 0; user < 3; user++)
        {
            double[] solution = Descend(random, user, regularization * Math.Pow(random.Ratings!.RowLength(user), exponent));
            for (int factor = 0; factor < 3; factor++)
            {
                model.UserFactors!.Row(user)[factor] = (float)solution[factor];
            }
        }

        var saved = new SavedModel(model, random.Users, random.Items, random.Titles, random.Ratings, TestModels.Describe("als", new("regularization", regularization), new("regularizationExponent", exponent)));
        Explanation explanation = new Explainer(saved).Explain("u1", "i2", 2);
        Math.Abs(explanation.FactorPart).ShouldBeGreaterThan(1e-3);
        explanation.Residual.ShouldBe(0, 1e-5);
        explanation.Contributions.Count.ShouldBe(2);
    }

    [Fact]
    public void Ratings_that_move_the_prediction_most_come_first()
    {
        SavedModel saved = TestModels.Random(users: 4, items: 20);
        Explanation all = new Explainer(saved).Explain("u1", "i2", 100);
        all.Contributions.Count.ShouldBe(saved.Ratings!.RowLength(1));
        all.Contributions.Select(one => Math.Abs(one.Value)).ShouldBeInOrder(SortDirection.Descending);
        all.OtherContributions.ShouldBe(0, 1e-12);
        Contribution first = all.Contributions[0];
        double baseline = (double)saved.Model.GlobalMean + saved.Model.UserBiases[1] + saved.Model.ItemBiases[first.Item];
        first.Value.ShouldBe(first.Weight * (first.Rating - baseline), 1e-12);
        first.ItemId.ShouldBe($"i{first.Item}");
        new Explainer(saved).Explain("u1", "i2", 3).Contributions.ShouldBe(all.Contributions.Take(3));
    }

    [Fact]
    public void A_cold_pair_a_model_without_factors_and_one_without_ratings_have_no_contributions()
    {
        Explanation cold = new Explainer(TestModels.Random()).Explain("nobody", "i2", 3);
        cold.Method.ShouldBe(ContributionMethod.None);
        cold.Prediction.Answer.ShouldBe(Answer.ColdUser);
        (cold.UserBias, cold.FactorPart, cold.Residual).ShouldBe((0, 0, 0));
        cold.Unclipped.ShouldBe(cold.GlobalMean + cold.ItemBias);

        new Explainer(TestModels.Random(rank: 0, kind: "baseline")).Explain("u1", "i2", 3).Method.ShouldBe(ContributionMethod.None);

        Explanation unrated = new Explainer(TestModels.Random(withRatings: false)).Explain("u1", "i2", 3);
        unrated.Method.ShouldBe(ContributionMethod.None);
        unrated.Residual.ShouldBe(unrated.FactorPart);
    }

    [Fact]
    public void More_factors_than_ratings_without_regularization_still_gives_finite_parts()
    {
        SavedModel random = TestModels.Random(users: 4, items: 6, rank: 40);
        var saved = new SavedModel(random.Model, random.Users, random.Items, random.Titles, random.Ratings, TestModels.Describe("als", new KeyValuePair<string, object?>("regularization", 0)));
        Explanation explanation = new Explainer(saved).Explain("u1", "i2", 10);
        explanation.Contributions.ShouldNotBeEmpty();
        explanation.Contributions.ShouldAllBe(one => double.IsFinite(one.Value));
    }

    [Fact]
    public void A_negative_number_of_reasons_is_refused() =>
        Should.Throw<InputException>(() => new Explainer(TestModels.Random()).Explain("u1", "i1", -1)).Message.ShouldContain("expected at least 0");

    private static double[] Descend(SavedModel saved, int user, double ridge)
    {
        FactorModel model = saved.Model;
        FactorTable factors = model.ItemFactors!;
        int[] items = saved.Ratings!.RowColumns(user).ToArray();
        float[] ratings = saved.Ratings.RowValues(user).ToArray();
        double[] p = new double[factors.Rank];
        for (int step = 0; step < 20_000; step++)
        {
            double[] gradient = [.. p.Select(value => ridge * value)];
            for (int index = 0; index < items.Length; index++)
            {
                float[] q = factors.Row(items[index]).ToArray();
                double error = ratings[index] - ((double)model.GlobalMean + model.UserBiases[user] + model.ItemBiases[items[index]]) - q.Zip(p).Sum(pair => pair.First * pair.Second);
                for (int factor = 0; factor < p.Length; factor++)
                {
                    gradient[factor] -= error * q[factor];
                }
            }

            for (int factor = 0; factor < p.Length; factor++)
            {
                p[factor] -= 0.02 * gradient[factor];
            }
        }

        return p;
    }
}
