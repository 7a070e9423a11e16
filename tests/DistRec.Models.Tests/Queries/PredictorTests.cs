namespace DistRec.Models.Tests.Queries;

public sealed class PredictorTests
{
    private readonly SavedModel _saved = TestModels.Random();

    [Fact]
    public void A_known_pair_gets_the_whole_formula_clipped()
    {
        var predictor = new Predictor(_saved);
        FactorModel model = _saved.Model;
        for (int user = 0; user < 6; user++)
        {
            for (int item = 0; item < 8; item++)
            {
                double expected = (double)model.GlobalMean + model.UserBiases[user] + model.ItemBiases[item];
                for (int factor = 0; factor < model.Rank; factor++)
                {
                    expected += (double)model.UserFactors!.Row(user)[factor] * model.ItemFactors!.Row(item)[factor];
                }

                Prediction prediction = predictor.Predict($"u{user}", $"i{item}");
                prediction.Answer.ShouldBe(Answer.Known);
                prediction.Value.ShouldBe((float)Math.Clamp(expected, 0.5, 5), 1e-5);
            }
        }
    }

    [Fact]
    public void A_cold_side_leaves_its_bias_and_factors_out_and_the_answer_says_so()
    {
        FactorModel model = _saved.Model;
        float mean = model.GlobalMean;
        var predictor = new Predictor(_saved);
        predictor.Predict("nobody", "i3").ShouldBe(new Prediction(mean + model.ItemBiases[3], Answer.ColdUser));
        predictor.Predict("u2", "nothing").ShouldBe(new Prediction(mean + model.UserBiases[2], Answer.ColdItem));
        predictor.Predict("nobody", "nothing").ShouldBe(new Prediction(mean, Answer.ColdBoth));
    }

    [Fact]
    public void An_id_without_training_ratings_is_cold_too()
    {
        FactorModel model = _saved.Model;
        var predictor = new Predictor(_saved);
        predictor.Predict("u6", "i3").ShouldBe(new Prediction(model.GlobalMean + model.ItemBiases[3], Answer.ColdUser));
        predictor.Predict("u2", "i8").ShouldBe(new Prediction(model.GlobalMean + model.UserBiases[2], Answer.ColdItem));
        predictor.Predict("u6", "i8").ShouldBe(new Prediction(model.GlobalMean, Answer.ColdBoth));
        new Predictor(TestModels.Random(withRatings: false)).Predict("u6", "i8").Answer.ShouldBe(Answer.Known);
    }

    [Fact]
    public void Finite_factors_of_any_size_never_give_nan()
    {
        foreach (float size in new[] { 1e30f, float.MaxValue, -float.MaxValue })
        {
            FactorModel model = TestModels.Model(7, 9, 20, seed: 3, "als");
            for (int factor = 0; factor < 20; factor++)
            {
                model.UserFactors!.Row(1)[factor] = factor % 2 == 0 ? size : -size;
                model.ItemFactors!.Row(1)[factor] = factor % 3 == 0 ? size : -size;
            }

            SavedModel saved = TestModels.With(TestModels.Random(rank: 20), model);
            float value = new Predictor(saved).Predict(1, 1).Value;
            float.IsNaN(value).ShouldBeFalse();
            value.ShouldBeInRange(0.5f, 5);
            new Recommender(saved).Recommend("u1", 9, includeSeen: true).Items.ShouldAllBe(item => double.IsFinite(item.Score) && float.IsFinite(item.Prediction));
            new SimilarRows(saved, Side.Item).Find("i1", 8).ShouldAllBe(item => item.Similarity >= -1 && item.Similarity <= 1);
            Explanation explanation = new Explainer(saved).Explain("u1", "i1", 3);
            double.IsNaN(explanation.Unclipped).ShouldBeFalse();
            explanation.Contributions.ShouldAllBe(contribution => double.IsFinite(contribution.Value));
            double.IsNaN(explanation.Residual).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_model_without_factors_predicts_by_its_biases()
    {
        SavedModel saved = TestModels.Random(rank: 0, kind: "baseline");
        new Predictor(saved).Predict("u1", "i1").ShouldBe(new Prediction((float)((double)saved.Model.GlobalMean + (saved.Model.UserBiases[1] + saved.Model.ItemBiases[1])), Answer.Known));
    }
}
