namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmKernelTests
{
    private static readonly FmStep Step = new(FmLoss.Squared, 0.01f, 0.08f, 0.03f, 0.1f);

    public static TheoryData<int, int> Shapes
    {
        get
        {
            TheoryData<int, int> shapes = [];
            foreach (int order in new[] { 2, 3, 4, 5 })
            {
                foreach (int rank in new[] { 1, 15, 16, 17, 40 })
                {
                    shapes.Add(order, rank);
                }
            }

            shapes.Add(2, 0);
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_score_is_the_sum_over_all_sets_of_features(int order, int rank)
    {
        FmCase one = new(new FmShape(rank, order, FmLearner.Sgd, 0));
        NaiveFm definition = one.Definition();
        for (int row = 0; row < one.Rows.Count; row++)
        {
            FmPredictor.Predict(one.Shape, one.Parameters, one.Rows, row).ShouldBe(definition.Predict(one.RowOf(row)), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_pass_is_the_definition_row_by_row(int order, int rank)
    {
        FmCase one = new(new FmShape(rank, order, FmLearner.Sgd, 0), 0.2 / Math.Sqrt(rank + 1));
        NaiveFm definition = one.Definition();
        double expected = 0;
        for (int row = 0; row < one.Rows.Count; row++)
        {
            double error = definition.Predict(one.RowOf(row)) - one.Rows.Targets[row];
            expected += error * error;
            Descend(definition, one.RowOf(row), error, (index, gradient) => Step.Rate * gradient);
        }

        double found = FmKernel.RunRows(one.Shape, Step, one.Rows, 0, 20, one.Parameters)
            + FmKernel.RunRows(one.Shape, Step, one.Rows, 20, one.Rows.Count, one.Parameters);

        found.ShouldBe(expected, 1e-5 * expected);
        RatingLists.Distance(one.Definition().Values, definition.Values).ShouldBeLessThan(1e-5);
        one.PaddingIsZero().ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(40)]
    public void A_pass_over_two_blocks_is_the_definition_whether_rows_have_two_features_or_not(int rank)
    {
        FmShape shape = new(rank, 2, FmLearner.Sgd, 0);
        FmParameters parameters = FmCase.RandomParameters(shape, 9, 0, 0.2 / Math.Sqrt(rank + 1), 3);
        NaiveFm definition = FmCase.DefinitionOf(shape, parameters);
        FeatureRows rows = TwoBlocks();
        double expected = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            List<(int Feature, double Value)> features = FmCase.RowOf(rows, row);
            double error = definition.Predict(features) - rows.Targets[row];
            expected += error * error;
            Descend(definition, features, error, (index, gradient) => Step.Rate * gradient);
        }

        double found = FmKernel.RunRows(shape, Step, rows, 0, 3, parameters) + FmKernel.RunRows(shape, Step, rows, 3, rows.Count, parameters);

        found.ShouldBe(expected, 1e-5 * expected);
        RatingLists.Distance(FmCase.DefinitionOf(shape, parameters).Values, definition.Values).ShouldBeLessThan(1e-5);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AdaGrad_divides_each_rate_by_the_root_of_the_squared_gradients(int order, int rank)
    {
        FmCase one = new(new FmShape(rank, order, FmLearner.AdaGrad, 0), 0.2 / Math.Sqrt(rank + 1));
        NaiveFm definition = one.Definition();
        double[] squares = new double[definition.Values.Length];
        for (int row = 0; row < one.Rows.Count; row++)
        {
            double error = definition.Predict(one.RowOf(row)) - one.Rows.Targets[row];
            Descend(definition, one.RowOf(row), error, (index, gradient) =>
            {
                squares[index] += gradient * gradient;
                return Step.Rate * gradient / Math.Sqrt(1e-8 + squares[index]);
            });
        }

        FmKernel.RunRows(one.Shape, Step, one.Rows, 0, one.Rows.Count, one.Parameters);

        RatingLists.Distance(one.Definition().Values, definition.Values).ShouldBeLessThan(1e-4);
        one.PaddingIsZero().ShouldBeTrue();
        one.Parameters.Factors.Row(FmCase.Features)[one.Shape.StateStart + one.Shape.FactorWidth].ShouldBe((float)squares[0], 1e-4f * (float)squares[0]);
    }

    [Theory]
    [InlineData(2, FmLoss.Squared)]
    [InlineData(3, FmLoss.Squared)]
    [InlineData(4, FmLoss.Squared)]
    [InlineData(5, FmLoss.Squared)]
    [InlineData(2, FmLoss.Logistic)]
    [InlineData(3, FmLoss.Logistic)]
    [InlineData(2, FmLoss.Hinge)]
    [InlineData(2, FmLoss.EpsilonInsensitive)]
    public void Every_parameter_moves_against_the_gradient_of_the_loss(int order, FmLoss loss)
    {
        FmStep step = new(loss, 1, 0, 0, 0.1f);
        for (int row = 0; row < 12; row++)
        {
            FmCase one = new(new FmShape(3, order, FmLearner.Sgd, 0), isBinary: loss is FmLoss.Logistic or FmLoss.Hinge);
            NaiveFm before = one.Definition();

            FmKernel.RunRows(one.Shape, step, one.Rows, row, row + 1, one.Parameters);

            double[] moved = one.Definition().Values;
            for (int index = 0; index < moved.Length; index++)
            {
                const double Small = 1e-5;
                double value = before.Values[index];
                before.Values[index] = value + Small;
                double above = LossOf();
                before.Values[index] = value - Small;
                double below = LossOf();
                before.Values[index] = value;
                (moved[index] - value).ShouldBe(-(above - below) / (2 * Small), 2e-5, $"value {index} of row {row}");
            }

            double LossOf()
            {
                double score = before.Predict(one.RowOf(row)), target = one.Rows.Targets[row];
                return loss switch
                {
                    FmLoss.Squared => Math.Pow(score - target, 2) / 2,
                    FmLoss.Logistic => Math.Log(1 + Math.Exp(score)) - (target * score),
                    FmLoss.Hinge => Math.Max(0, 1 - (((2 * target) - 1) * score)),
                    _ => Math.Max(0, Math.Abs(score - target) - 0.1),
                };
            }
        }
    }

    [Fact]
    public void Classification_reports_the_squared_distance_of_probabilities()
    {
        FmCase one = new(new FmShape(4, 2, FmLearner.Sgd, 0), isBinary: true);
        FmStep still = Step with { Loss = FmLoss.Logistic, Rate = 0 };
        double expected = Enumerable.Range(0, one.Rows.Count).Sum(row =>
            Math.Pow(FmPredictor.Predict(one.Shape, one.Parameters, one.Rows, row, FmLink.Logistic) - one.Rows.Targets[row], 2));

        FmKernel.RunRows(one.Shape, still, one.Rows, 0, one.Rows.Count, one.Parameters).ShouldBe(expected, 1e-4);
    }

    [Theory]
    [InlineData(FmLoss.Squared, 2)]
    [InlineData(FmLoss.Logistic, 2)]
    [InlineData(FmLoss.Hinge, 3)]
    [InlineData(FmLoss.EpsilonInsensitive, 4)]
    public void A_descent_that_diverges_says_so_by_its_sum(FmLoss loss, int order)
    {
        foreach (FmLearner learner in new[] { FmLearner.Sgd, FmLearner.AdaGrad })
        {
            FmCase one = new(new FmShape(4, order, learner, 0), scale: 1e20, isBinary: true);
            double.IsFinite(FmKernel.RunRows(one.Shape, Step with { Loss = loss }, one.Rows, 0, one.Rows.Count, one.Parameters)).ShouldBeFalse();
        }
    }

    [Fact]
    public void Scores_of_millions_stay_finite_under_a_logistic_loss()
    {
        FmCase one = new(new FmShape(4, 2, FmLearner.Sgd, 0), scale: 1000, isBinary: true);
        double sum = FmKernel.RunRows(one.Shape, Step with { Loss = FmLoss.Logistic }, one.Rows, 0, one.Rows.Count, one.Parameters);

        sum.ShouldBeInRange(0, one.Rows.Count);
        one.Definition().Values.ShouldAllBe(value => double.IsFinite(value));
    }

    [Fact]
    public void Only_features_of_the_visited_rows_are_touched()
    {
        FmCase one = new(new FmShape(5, 3, FmLearner.Sgd, 0));
        NaiveFm before = one.Definition();
        FmKernel.RunRows(one.Shape, Step, one.Rows, 3, 4, one.Parameters);
        double[] after = one.Definition().Values;

        int[] touched = [0, .. before.Touched(one.RowOf(3).Select(feature => feature.Feature))];
        Enumerable.Range(0, after.Length).Where(index => after[index] != before.Values[index]).Except(touched).ShouldBeEmpty();
    }

    [Fact]
    public void Rows_allocate_nothing()
    {
        FmCase one = new(new FmShape(20, 3, FmLearner.Sgd, 0), scale: 0.01, rows: 4000);
        FmStep still = Step with { Rate = 0 };
        long few = AllocatedBytes.Least(() => FmKernel.RunRows(one.Shape, still, one.Rows, 0, 100, one.Parameters));
        AllocatedBytes.Least(() => FmKernel.RunRows(one.Shape, still, one.Rows, 0, 4000, one.Parameters)).ShouldBe(few);
        AllocatedBytes.Least(() => FmPredictor.Predict(one.Shape, one.Parameters, one.Rows, 5)).ShouldBe(0);
    }

    [Fact]
    public void Tables_that_do_not_fit_are_refused()
    {
        FmCase one = new(new FmShape(4, 2, FmLearner.Sgd, 0));
        Should.Throw<ArgumentException>(() => FmKernel.RunRows(new FmShape(4, 3, FmLearner.Sgd, 0), Step, one.Rows, 0, 1, one.Parameters));
        Should.Throw<ArgumentException>(() => FmKernel.RunRows(one.Shape, Step, one.Rows, 0, one.Rows.Count + 1, one.Parameters));
        Should.Throw<ArgumentException>(() => FmKernel.RunRows(one.Shape, Step, one.Rows, 0, 1, one.Parameters with { Features = FmCase.Features - 1 }));
    }

    // θ −= move(∂loss + λθ) for w₀ and what the row touches, all gradients from the old values.
    // Most rows have one feature of each block; some have two of the first, some none of the second.
    private static FeatureRows TwoBlocks()
    {
        RatingMatrix users = FmCase.Matrix([[(0, 1f)], [(1, 1f)], [(2, 0.5f)], [(3, 1f), (4, 2f)]], 9);
        RatingMatrix items = FmCase.Matrix([[(5, 1f)], [(6, -1f)], [], [(7, 1f)], [(8, 1f)]], 9);
        int[] all = [.. Enumerable.Range(0, 61)];
        return new FeatureRows(
            [.. all.Select(row => 1f + (row % 5))],
            [new("user", RelationEntity.User, users), new("item", RelationEntity.Item, items)],
            [[.. all.Select(row => row * 7 % 4)], [.. all.Select(row => row * 3 % 5)]]);
    }

    private static void Descend(NaiveFm definition, List<(int Feature, double Value)> row, double slope, Func<int, double, double> move)
    {
        double[] gradient = definition.Gradient(row);
        definition.Values[0] -= move(0, slope);
        foreach (int index in definition.Touched(row.Select(feature => feature.Feature)))
        {
            double regularization = definition.IsFactor(index) ? Step.Regularization : Step.WeightRegularization;
            definition.Values[index] -= move(index, (slope * gradient[index]) + (regularization * definition.Values[index]));
        }
    }
}
