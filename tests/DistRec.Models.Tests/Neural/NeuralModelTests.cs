using DistRec.Models.FoldIn;
using DistRec.Models.Neural;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Top;
using DistRec.Models.Tests.FoldIn;

namespace DistRec.Models.Tests.Neural;

public abstract class NeuralContract(NeuralForm form) : ModelContract
{
    protected override Trained Train(RatingMatrix ratings, ulong seed) => Trained.Of(PlainTraining.Descend(
        NeuralOptions.For(form) with
        {
            Rank = 4, Layers = "24-12", BatchSize = 64, LearningRate = 0.01f, Regularization = form == NeuralForm.Perceptron ? 0.1f : 0.02f, Seed = seed,
        },
        ratings, 40));
}

public sealed class NeuMfContractTests() : NeuralContract(NeuralForm.MatrixFactorization);

public sealed class MlpContractTests() : NeuralContract(NeuralForm.Perceptron);

public sealed class NeuralModelTests
{
    private const int Users = 60;
    private const int Items = 40;

    private static readonly RatingMatrix Ratings =
        RatingLists.Draw(Users, Items - 2, 0.4, (user, item) => Math.Clamp(RatingLists.Planted(2)(user, item), 1, 5)).ToMatrix(Users, Items);

    private static readonly Lazy<SavedModel> Mlp = new(() => FoldInModels.Train(ModelKinds.Mlp, Ratings));

    [Fact]
    public void Embeddings_find_the_factors_that_were_planted()
    {
        Func<int, int, double> planted = RatingLists.Planted(2);
        List<Rating> ratings = RatingLists.Draw(150, 100, 0.5, planted);
        NeuralOptions options = NeuralOptions.For(NeuralForm.MatrixFactorization) with
        {
            Rank = 4, BatchSize = 64, LearningRate = 0.02f, LearningRateDecay = 0.96f, Regularization = 0, BiasRegularization = 0,
        };
        FactorModel model = PlainTraining.Descend(options, ratings.ToMatrix(150, 100), 100);

        double error = Enumerable.Range(0, 150).Average(user => Enumerable.Range(0, 100).Average(
            item => Math.Pow(FactorScore.Unclipped(model, user, item, Answer.Known) - planted(user, item), 2)));
        Math.Sqrt(error).ShouldBeLessThan(0.05);
    }

    [Fact]
    public void Steps_by_gradients_alone_learn_too()
    {
        NeuralOptions options = FoldInModels.Neural(NeuralForm.MatrixFactorization) with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.1f, LearningRateDecay = 1, InitialScale = 0.5f };
        double few = PlainTraining.Descend(options, Ratings, 2).Errors(Ratings).Rmse, many = PlainTraining.Descend(options, Ratings, 60).Errors(Ratings).Rmse;

        many.ShouldBeLessThan(0.6 * few);
    }

    [Fact]
    public void Answers_are_those_of_the_layers_for_a_row_of_zeros_where_a_side_is_cold()
    {
        FactorModel model = Mlp.Value.Model;
        Predictor predictor = new(Mlp.Value);
        DenseLayers layers = model.Layers!;
        NaiveNetwork naive = new(
            [.. layers.Weights.Select(weights => Enumerable.Range(0, weights.Rows).Select(row => Doubles(weights.Row(row))).ToArray())],
            [.. layers.Biases.Select(biases => Doubles(biases.Row(0)))],
            layers.Shape.IsRectified);
        double[] none = new double[model.Rank + 1];

        Check(predictor.Predict(3, 5), [.. Doubles(model.UserFactors!.Row(3)), model.UserBiases[3], .. Doubles(model.ItemFactors!.Row(5)), model.ItemBiases[5]], Answer.Known);
        Check(predictor.Predict(-1, 5), [.. none, .. Doubles(model.ItemFactors!.Row(5)), model.ItemBiases[5]], Answer.ColdUser);
        Check(predictor.Predict(3, -1), [.. Doubles(model.UserFactors.Row(3)), model.UserBiases[3], .. none], Answer.ColdItem);
        Check(predictor.Predict(3, Items - 1), [.. Doubles(model.UserFactors.Row(3)), model.UserBiases[3], .. none], Answer.ColdItem);
        predictor.Predict(-1, -1).Value.ShouldBe(model.GlobalMean);

        void Check(Prediction found, double[] inputs, Answer answer)
        {
            found.Answer.ShouldBe(answer);
            found.Value.ShouldBe((float)Math.Clamp(model.Units.RatingOf(naive.Predict(inputs)), model.Scale.Minimum, model.Scale.Maximum), 1e-4f);
        }
    }

    [Fact]
    public void Embeddings_are_told_from_their_means_over_those_who_have_ratings()
    {
        FactorModel model = Mlp.Value.Model;
        for (int factor = 0; factor < model.Rank; factor++)
        {
            Enumerable.Range(0, Users).Average(user => (double)model.UserFactors!.Row(user)[factor]).ShouldBe(0, 1e-6);
            Enumerable.Range(0, Items - 2).Average(item => (double)model.ItemFactors!.Row(item)[factor]).ShouldBe(0, 1e-6);
        }

        model.ItemBiases[..^2].Average().ShouldBe(0, 1e-6f);
    }

    [Fact]
    public void A_saved_model_comes_back_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "model");
        ModelFolder.Save(path, Mlp.Value);
        SavedModel loaded = ModelFolder.Load(path);

        ModelHash.Compute(loaded.Model).ShouldBe(ModelHash.Compute(Mlp.Value.Model));
        loaded.Model.Layers!.Weights.Length.ShouldBe(3);
        new Predictor(loaded).Predict(3, 5).ShouldBe(new Predictor(Mlp.Value).Predict(3, 5));
    }

    [Fact]
    public void Another_weight_is_another_model()
    {
        FactorModel model = Mlp.Value.Model;
        string before = ModelHash.Compute(model);
        float weight = model.Layers!.Weights[1].Row(2)[3];
        model.Layers.Weights[1].Row(2)[3] = weight + 1;
        string after = ModelHash.Compute(model);
        model.Layers.Weights[1].Row(2)[3] = float.NaN;
        NumericalException refused = Should.Throw<NumericalException>(() => FiniteCheck.Verify(model));
        model.Layers.Weights[1].Row(2)[3] = weight;

        after.ShouldNotBe(before);
        refused.Message.ShouldStartWith("layerWeights2[2, 3]: expected a finite number");
    }

    [Fact]
    public void The_best_items_are_those_of_the_best_answers()
    {
        FactorModel model = Mlp.Value.Model;
        ScoredItem[] best = new TopItems(Mlp.Value).Rank(TopRequest.For(Mlp.Value, 7, 5, includeSeen: true));

        best.Select(one => one.Item).ShouldBe(Enumerable.Range(0, Items)
            .OrderByDescending(item => FactorScore.Unclipped(model, 7, item, item < Items - 2 ? Answer.Known : Answer.ColdItem)).ThenBy(item => item).Take(5));
    }

    [Fact]
    public void What_layers_make_of_small_changes_is_what_they_say()
    {
        FactorModel model = Mlp.Value.Model;
        float[] user = model.UserFactors!.Row(2).ToArray(), slopes = new float[2 * (model.Rank + 1)];
        model.Layers!.Score(model.UserBiases[2], user, model.ItemBiases[4], model.ItemFactors!.Row(4), slopes);
        for (int factor = 0; factor < model.Rank; factor++)
        {
            double before = Moved(factor, -1e-3f), after = Moved(factor, 1e-3f);
            ((double)slopes[factor]).ShouldBe((after - before) / 2e-3, 2e-3);
        }

        double Moved(int factor, float by)
        {
            float[] moved = [.. user];
            moved[factor] += by;
            return model.Layers.Score(model.UserBiases[2], moved, model.ItemBiases[4], model.ItemFactors.Row(4));
        }
    }

    [Fact]
    public void A_folded_user_is_near_the_one_that_training_made_of_the_same_ratings()
    {
        SavedModel saved = Mlp.Value;
        UserFoldIn fold = new(saved);
        double away = 0, ofMean = 0;
        for (int user = 0; user < 20; user++)
        {
            FoldedUser folded = fold.Fit(Ratings.RowColumns(user), Ratings.RowValues(user));
            Predictor predictor = new(saved);
            for (int item = 0; item < Items - 2; item++)
            {
                away += Math.Pow(predictor.Predict(folded, item).Value - predictor.Predict(user, item).Value, 2);
                ofMean += Math.Pow(predictor.Predict(-1, item).Value - predictor.Predict(user, item).Value, 2);
            }
        }

        away.ShouldBeLessThan(0.25 * ofMean);
    }

    [Fact]
    public void The_parts_of_an_explanation_add_up_and_contributions_to_what_the_taste_is()
    {
        SavedModel saved = Mlp.Value;
        Explainer explainer = new(saved);
        double taste = 0, left = 0;
        for (int user = 0; user < 30; user++)
        {
            Explanation why = explainer.Explain($"{user}", "5", 3);
            (why.GlobalMean + why.UserBias + why.ItemBias + why.FactorPart).ShouldBe(why.Unclipped, 1e-9);
            why.Unclipped.ShouldBe(FactorScore.Unclipped(saved.Model, user, 5, Answer.Known), 1e-6);
            why.Method.ShouldBe(ContributionMethod.RowSolveApproximation);
            why.Contributions.Count.ShouldBe(3);
            (why.Contributions.Sum(one => one.Value) + why.OtherContributions + why.Residual).ShouldBe(why.FactorPart, 1e-9);
            taste += why.FactorPart * why.FactorPart;
            left += why.Residual * why.Residual;
        }

        left.ShouldBeLessThan(0.3 * taste);
        explainer.Explain("nobody", "5", 3).Unclipped.ShouldBe(FactorScore.Unclipped(saved.Model, -1, 5, Answer.ColdUser), 1e-6);
        explainer.Explain("nobody", "nothing", 3).Unclipped.ShouldBe(saved.Model.GlobalMean);
    }

    [Fact]
    public void Steps_by_gradients_alone_are_longer_where_nobody_says_how_long()
    {
        NeuralOptions sgd = NeuralOptions.For(NeuralForm.Perceptron) with { Optimizer = OptimizerKind.Sgd };

        ((NeuralOptions)sgd.Suited(_ => false)).LearningRate.ShouldBe(0.1f);
        sgd.Suited(name => name == "learning-rate").ShouldBe(sgd);
    }

    [Theory]
    [InlineData("64-32", new[] { 64, 32 })]
    [InlineData("2048,256", new[] { 2048, 256 })]
    [InlineData("8", new[] { 8 })]
    public void Widths_are_read(string text, int[] expected)
    {
        NeuralShape.TryReadLayers(text, out int[] widths).ShouldBeTrue();
        widths.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("64-")]
    [InlineData("64-0")]
    [InlineData("64 32")]
    [InlineData("9000")]
    [InlineData("1-1-1-1-1-1-1-1-1")]
    public void What_is_no_list_of_widths_is_refused(string text)
    {
        NeuralShape.TryReadLayers(text, out _).ShouldBeFalse();
        (NeuralOptions.For(NeuralForm.Perceptron) with { Layers = text }).Errors(1).ShouldHaveSingleItem()
            .ShouldBe($"--layers: expected up to 8 widths of 1 to 8,192, joined by dashes, found \"{text}\"; give widths such as 64-32");
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => [.. values.ToArray().Select(value => (double)value)];
}
