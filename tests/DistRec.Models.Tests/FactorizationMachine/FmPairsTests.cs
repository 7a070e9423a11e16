namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmPairsTests
{
    private const int ItemBlock = 1;

    private static readonly FmStep Step = new(FmLoss.Logistic, 0.05f, 0.08f, 0.03f, 0);

    public static TheoryData<int, int> Shapes => new() { { 2, 0 }, { 2, 1 }, { 2, 17 }, { 3, 5 }, { 4, 16 }, { 5, 3 } };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_parameter_moves_against_the_gradient_of_the_pair(int order, int rank)
    {
        FmStep step = Step with { Rate = 1, Regularization = 0, WeightRegularization = 0 };
        for (int row = 0; row < 10; row++)
        {
            FmCase one = new(new FmShape(rank, order, FmLearner.Sgd, 0));
            FmPairs pairs = PairsOf(one);
            NaiveFm before = one.Definition();

            FmKernel.RunPairs(one.Shape, step, one.Rows, row, row + 1, one.Parameters, pairs).ShouldBe(LossOf(before, one, pairs, row), 1e-4);

            double[] moved = one.Definition().Values;
            for (int index = 0; index < moved.Length; index++)
            {
                const double Small = 1e-5;
                double value = before.Values[index];
                before.Values[index] = value + Small;
                double above = LossOf(before, one, pairs, row);
                before.Values[index] = value - Small;
                double below = LossOf(before, one, pairs, row);
                before.Values[index] = value;
                (moved[index] - value).ShouldBe(-(above - below) / (2 * Small), 2e-5, $"value {index} of row {row}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_pass_is_the_definition_pair_by_pair(int order, int rank)
    {
        foreach (FmLearner learner in new[] { FmLearner.Sgd, FmLearner.AdaGrad })
        {
            FmCase one = new(new FmShape(rank, order, learner, 0), 0.2);
            FmPairs pairs = PairsOf(one);
            NaiveFm definition = one.Definition();
            double[] squares = new double[definition.Values.Length];
            double expected = 0;
            for (int row = 0; row < one.Rows.Count; row++)
            {
                List<(int Feature, double Value)> mine = one.RowOf(row), its = FmCase.RowOf(one.Rows, row, ItemBlock, pairs.Negatives[row]);
                expected += LossOf(definition, one, pairs, row);
                double slope = -1 / (1 + Math.Exp(definition.Predict(mine) - definition.Predict(its)));
                double[] gradient = definition.Gradient(mine), other = definition.Gradient(its);
                foreach (int index in definition.Touched(mine.Concat(its).Select(feature => feature.Feature).Distinct()))
                {
                    if (!definition.IsFactor(index) && gradient[index] == other[index])
                    {
                        continue;
                    }

                    double regularization = definition.IsFactor(index) ? Step.Regularization : Step.WeightRegularization;
                    double full = (slope * (gradient[index] - other[index])) + (regularization * definition.Values[index]);
                    squares[index] += full * full;
                    definition.Values[index] -= Step.Rate * full / (learner == FmLearner.Sgd ? 1 : Math.Sqrt(1e-8 + squares[index]));
                }
            }

            FmKernel.RunPairs(one.Shape, Step, one.Rows, 0, one.Rows.Count, one.Parameters, pairs).ShouldBe(expected, 1e-4 * expected);
            RatingLists.Distance(one.Definition().Values, definition.Values).ShouldBeLessThan(1e-4);
            one.PaddingIsZero().ShouldBeTrue();
        }
    }

    [Fact]
    public void Rows_without_a_negative_move_nothing()
    {
        FmCase one = new(new FmShape(3, 2, FmLearner.Sgd, 0));
        double[] before = one.Definition().Values;
        FmPairs none = new(ItemBlock, [.. Enumerable.Repeat(-1, one.Rows.Count)]);

        FmKernel.RunPairs(one.Shape, Step, one.Rows, 0, one.Rows.Count, one.Parameters, none).ShouldBe(0);
        one.Definition().Values.ShouldBe(before);
    }

    [Fact]
    public void A_descent_that_diverges_says_so_by_its_sum()
    {
        FmCase one = new(new FmShape(3, 2, FmLearner.Sgd, 0), scale: 1e20);
        double.IsFinite(FmKernel.RunPairs(one.Shape, Step, one.Rows, 0, one.Rows.Count, one.Parameters, PairsOf(one))).ShouldBeFalse();
    }

    [Fact]
    public void Negatives_are_never_observed_in_the_run_and_uniform_over_the_rest()
    {
        int[] observed = [1, 4, 7, 0, 2];
        int[] runs = [0, 3, 5];
        Dictionary<int, int> drawn = [];
        const int Epochs = 7000;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            int[] negatives = FmPairs.Draw(ItemBlock, observed, 10, runs, 42, epoch).Negatives;
            negatives[..3].ShouldAllBe(negative => negative >= 0 && negative < 10 && negative != 1 && negative != 4 && negative != 7);
            negatives[3..].ShouldAllBe(negative => negative >= 0 && negative < 10 && negative != 0 && negative != 2);
            drawn[negatives[0]] = drawn.GetValueOrDefault(negatives[0]) + 1;
        }

        drawn.Count.ShouldBe(7);
        drawn.Values.ShouldAllBe(count => Math.Abs(count - 1000) < 150);
    }

    [Fact]
    public void Negatives_do_not_depend_on_how_rows_are_parted()
    {
        int[] whole = FmPairs.Draw(ItemBlock, [1, 4, 7, 0, 2], 10, [0, 3, 5], 42, 3).Negatives;
        int[] second = FmPairs.Draw(ItemBlock, [0, 2], 10, [0, 2], 42, 3, firstRow: 3).Negatives;

        second.ShouldBe(whole[3..]);
        FmPairs.Draw(ItemBlock, [1, 4, 7, 0, 2], 10, [0, 3, 5], 43, 3).Negatives.ShouldNotBe(whole);
    }

    [Fact]
    public void A_run_that_has_observed_everything_has_no_negatives() =>
        FmPairs.Draw(ItemBlock, [0, 1, 2], 3, [0, 3], 1, 0).Negatives.ShouldBe([-1, -1, -1]);

    [Fact]
    public void Runs_that_do_not_cover_the_rows_are_refused() =>
        Should.Throw<ArgumentException>(() => FmPairs.Draw(ItemBlock, [0, 1, 2], 9, [0, 2], 1, 0));

    private static FmPairs PairsOf(FmCase one) =>
        new(ItemBlock, [.. one.Rows.BlockRows[ItemBlock].Select((item, row) => (item + 1 + (row % (FmCase.Items - 1))) % FmCase.Items)]);

    private static double LossOf(NaiveFm definition, FmCase one, FmPairs pairs, int row)
    {
        double difference = definition.Predict(one.RowOf(row)) - definition.Predict(FmCase.RowOf(one.Rows, row, ItemBlock, pairs.Negatives[row]));
        return Math.Log(1 + Math.Exp(-difference));
    }
}
