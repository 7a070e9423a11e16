using DistRec.Data;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Protocols;
using DistRec.Models;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests;

public sealed class EvaluatorTests
{
    private const int Users = 300;
    private const int Items = 60;

    private readonly FactorModel _model = Model(seed: 5);
    private readonly RatingMatrix _training = Ratings(seed: 6, emptyEvery: 10, itemLimit: Items - 5);
    private readonly RatingMatrix _test = Ratings(seed: 7, emptyEvery: 7, itemLimit: Items);

    [Fact]
    public void Errors_are_those_of_a_plain_double_loop()
    {
        InteractionCounts counts = InteractionCounts.Of(_training);
        double squared = 0, absolute = 0;
        long coldUsers = 0, coldItems = 0;
        for (int user = 0; user < Users; user++)
        {
            for (int index = 0; index < _test.RowLength(user); index++)
            {
                int item = _test.RowColumns(user)[index];
                bool coldUser = counts.Users[user] == 0;
                bool coldItem = counts.Items[item] == 0;
                double prediction = _model.GlobalMean + (coldUser ? 0 : _model.UserBiases[user]) + (coldItem ? 0 : _model.ItemBiases[item]);
                for (int factor = 0; factor < _model.Rank && !coldUser && !coldItem; factor++)
                {
                    prediction += (double)_model.UserFactors!.Row(user)[factor] * _model.ItemFactors!.Row(item)[factor];
                }

                double error = _test.RowValues(user)[index] - Math.Clamp(prediction, 1, 5);
                squared += error * error;
                absolute += Math.Abs(error);
                coldUsers += coldUser ? 1 : 0;
                coldItems += coldItem ? 1 : 0;
            }
        }

        EvaluationResult result = Evaluator.Evaluate(_model, counts, _test);

        result.Count.ShouldBe(_test.Count);
        result.Rmse.ShouldBe(Math.Sqrt(squared / _test.Count), 1e-6);
        result.Mae.ShouldBe(absolute / _test.Count, 1e-6);
        result.ColdUsers.ShouldBe(coldUsers);
        result.ColdItems.ShouldBe(coldItems);
        coldUsers.ShouldBeGreaterThan(0);
        coldItems.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Answers_in_the_order_of_the_ratings_have_the_errors_of_the_evaluation(int threads)
    {
        InteractionCounts counts = InteractionCounts.Of(_training);

        UserSums errors = UserSums.Of(Evaluator.Predict(_model, counts, _test, threads), _test);

        errors.Count.ShouldBe(_test.Count);
        Math.Sqrt(errors.Mean).ShouldBe(Evaluator.Evaluate(_model, counts, _test).Rmse, 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(-1)]
    public void The_result_has_the_same_bits_for_any_number_of_threads(int threads)
    {
        InteractionCounts counts = InteractionCounts.Of(_training);
        EvaluationResult one = Evaluator.Evaluate(_model, counts, _test, new EvaluationOptions { Threads = 1 });
        for (int repeat = 0; repeat < 5; repeat++)
        {
            EvaluationResult many = Evaluator.Evaluate(_model, counts, _test, new EvaluationOptions { Threads = threads });
            BitConverter.DoubleToInt64Bits(many.Rmse).ShouldBe(BitConverter.DoubleToInt64Bits(one.Rmse));
            BitConverter.DoubleToInt64Bits(many.Mae).ShouldBe(BitConverter.DoubleToInt64Bits(one.Mae));
            many.Errors.ShouldBe(one.Errors);
            many.ByActivity.ShouldBe(one.ByActivity);
        }
    }

    [Fact]
    public void Bins_and_bars_account_for_every_rating()
    {
        EvaluationResult result = Evaluator.Evaluate(_model, InteractionCounts.Of(_training), _test);
        result.Errors.Sum(bar => bar.Count).ShouldBe(_test.Count);
        result.ByActivity.Sum(bin => bin.Count).ShouldBe(_test.Count);
        result.ByActivity.Sum(bin => bin.Users).ShouldBe(Enumerable.Range(0, Users).Count(user => _test.RowLength(user) > 0));
        Math.Sqrt(result.ByActivity.Sum(bin => bin.Rmse * bin.Rmse * bin.Count) / _test.Count).ShouldBe(result.Rmse, 1e-9);
        result.ByActivity[0].ShouldSatisfyAllConditions(bin => bin.From.ShouldBe(0), bin => bin.To.ShouldBe(0), bin => bin.Count.ShouldBe(result.ColdUsers));
    }

    [Fact]
    public void Errors_are_rating_minus_prediction()
    {
        var model = new FactorModel("baseline", 4, new RatingScale(1, 5), new float[1], new float[1], null, null);
        var test = new RatingMatrix(1, [0, 1], [0], [1]);
        EvaluationResult result = Evaluator.Evaluate(model, InteractionCounts.Of(test), test);
        result.Errors.Single(bar => bar.Count > 0).ShouldBe(new HistogramBar(-3, -2.5, 1), "the error is -3");
        result.Rmse.ShouldBe(3);
    }

    [Fact]
    public void Clipping_can_be_left_out()
    {
        var model = new FactorModel("baseline", 9, new RatingScale(1, 5), new float[1], new float[1], null, null);
        var test = new RatingMatrix(1, [0, 1], [0], [5]);
        InteractionCounts counts = InteractionCounts.Of(test);
        Evaluator.Evaluate(model, counts, test).Rmse.ShouldBe(0);
        Evaluator.Evaluate(model, counts, test, new EvaluationOptions { Clip = false }).Rmse.ShouldBe(4);
    }

    [Fact]
    public void A_diverged_model_is_refused_by_the_place_of_its_first_nan()
    {
        FactorModel model = Model(seed: 5);
        model.UserFactors!.Row(3)[2] = float.NaN;
        Should.Throw<NumericalException>(() => Evaluator.Evaluate(model, InteractionCounts.Of(_training), _test)).Message.ShouldStartWith("userFactors[3, 2]");
    }

    [Fact]
    public void No_ratings_and_ratings_of_another_shape_are_refused()
    {
        InteractionCounts counts = InteractionCounts.Of(_training);
        var none = new RatingMatrix(Items, new long[Users + 1], [], []);
        Should.Throw<InputException>(() => Evaluator.Evaluate(_model, counts, none)).Message.ShouldContain("expected at least one rating");
        var wide = new RatingMatrix(Items + 1, [0, 1], [0], [1]);
        Should.Throw<InputException>(() => Evaluator.Evaluate(_model, counts, wide)).Message.ShouldContain("expected [300, 60] as the model has, found [1, 61]");
    }

    private static FactorModel Model(ulong seed)
    {
        var random = new EntityRandom(seed, RandomPurpose.UserFactors, 0);
        FactorTable users = new(Users, 20);
        FactorTable items = new(Items, 20);
        foreach (FactorTable table in new[] { users, items })
        {
            for (int row = 0; row < table.Rows; row++)
            {
                for (int factor = 0; factor < 20; factor++)
                {
                    table.Row(row)[factor] = (float)(0.4 * random.NextGaussian());
                }
            }
        }

        float[] userBiases = [.. Enumerable.Range(0, Users).Select(_ => (float)(0.5 * random.NextGaussian()))];
        float[] itemBiases = [.. Enumerable.Range(0, Items).Select(_ => (float)(0.5 * random.NextGaussian()))];
        return new FactorModel("als", 3.6f, new RatingScale(1, 5), userBiases, itemBiases, users, items);
    }

    private static RatingMatrix Ratings(ulong seed, int emptyEvery, int itemLimit)
    {
        var starts = new List<long> { 0 };
        var columns = new List<int>();
        var values = new List<float>();
        for (int user = 0; user < Users; user++)
        {
            var random = new EntityRandom(seed, RandomPurpose.SyntheticRating, user);
            double share = random.NextDouble();
            for (int item = 0; item < itemLimit && user % emptyEvery != 0; item++)
            {
                if (random.NextDouble() < share)
                {
                    columns.Add(item);
                    values.Add(1 + random.NextInt(5));
                }
            }

            starts.Add(columns.Count);
        }

        return new RatingMatrix(Items, [.. starts], [.. columns], [.. values]);
    }
}
