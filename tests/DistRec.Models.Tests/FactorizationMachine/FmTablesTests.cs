namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmTablesTests
{
    private const int Features = 500;
    private const int Groups = 3;

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.AdaGrad)]
    [InlineData(FmLearner.AdaptiveSgd)]
    [InlineData(FmLearner.Mcmc)]
    public void Any_sharding_begins_from_the_same_bits(FmLearner learner)
    {
        FmOptions options = new() { Rank = 5, Learner = learner, KeptSamples = 2, Regularization = 0.2f, WeightRegularization = 0.3f };
        FmShape shape = FmShape.Of(options);
        (FactorTable whole, float[] weights) = Initial(shape, options, 0, shape.RowsFor(Features, Groups));
        for (int first = 0; first < weights.Length; first += 100)
        {
            int count = Math.Min(100, weights.Length - first);
            (FactorTable shard, float[] its) = Initial(shape, options, first, count);
            its.ShouldBe(weights[first..(first + count)]);
            shard.Values.ToArray().ShouldBe(whole.Values.Slice(first * whole.Stride, count * whole.Stride).ToArray());
        }
    }

    [Fact]
    public void Factors_are_drawn_at_the_scale_and_everything_else_is_as_told()
    {
        FmOptions options = new() { Rank = 20, Order = 3, InitialScale = 0.1f };
        FmShape shape = FmShape.Of(options);
        (FactorTable rows, float[] weights) = Initial(shape, options, 0, Features + 1);

        weights[..Features].ShouldAllBe(weight => weight == 0);
        weights[Features].ShouldBe(3.5f);
        rows.Row(Features).ToArray().ShouldAllBe(value => value == 0);
        foreach (int order in new[] { 2, 3 })
        {
            double[] draws = [.. Enumerable.Range(0, Features).SelectMany(row => rows.Row(row).Slice(shape.StartOf(order), 20).ToArray()).Select(value => (double)value)];
            draws.Average().ShouldBe(0, 0.005);
            Math.Sqrt(draws.Average(value => value * value)).ShouldBe(0.1, 0.003);
        }

        rows.Row(0)[..20].ToArray().ShouldNotBe(rows.Row(0).Slice(shape.StartOf(3), 20).ToArray());
        Enumerable.Range(0, Features).ShouldAllBe(row => rows.Row(row).Slice(20, 12).ToArray().All(value => value == 0));
    }

    [Fact]
    public void Groups_begin_with_the_regularization_of_the_settings()
    {
        FmOptions options = new() { Rank = 5, Learner = FmLearner.AdaptiveSgd, Regularization = 0.2f, WeightRegularization = 0.3f };
        FmShape shape = FmShape.Of(options);
        (FactorTable rows, float[] weights) = Initial(shape, options, 0, shape.RowsFor(Features, Groups));

        weights[(Features + 1)..].ShouldAllBe(weight => weight == 0.3f);
        rows.Row(Features + 2)[..5].ToArray().ShouldAllBe(value => value == 0.2f);
        rows.Row(Features + 2)[5..].ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void The_intercept_answers_best_alone()
    {
        FmTables.InterceptOf(new FmOptions(), 35, 10).ShouldBe(3.5f);
        FmOptions classes = new() { Task = FmTask.Classification };
        FmLink.Logistic.Apply(FmTables.InterceptOf(classes, 7, 10)).ShouldBe(8 / 12.0, 1e-6);
        FmLink.Probit.Apply(FmTables.InterceptOf(classes with { Learner = FmLearner.Mcmc }, 7, 10)).ShouldBe(8 / 12.0, 1e-6);
        float.IsFinite(FmTables.InterceptOf(classes, 10, 10)).ShouldBeTrue();
        FmTables.InterceptOf(new FmOptions { Task = FmTask.Ranking }, 10, 10).ShouldBe(0);
    }

    [Theory]
    [InlineData(-40, 0)]
    [InlineData(-3, 0.0013498980316300946)]
    [InlineData(-1, 0.15865525393145705)]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.6914624612740131)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(6, 0.9999999990134123)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Probit_is_the_normal_distribution(double score, double probability) =>
        FmLink.Probit.Apply(score).ShouldBe(probability, 1e-14);

    private static (FactorTable Rows, float[] Weights) Initial(FmShape shape, FmOptions options, int first, int count)
    {
        FactorTable rows = new(count, shape.Width);
        float[] weights = new float[count];
        FmTables.Initialize(shape, options, rows, weights, first, Features, 3.5f);
        return (rows, weights);
    }
}
