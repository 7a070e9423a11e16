namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmAdaptationTests
{
    private static readonly FmStep Step = new(FmLoss.Squared, 0.01f, 0, 0, 0);

    [Theory]
    [InlineData(0, FmLoss.Squared)]
    [InlineData(1, FmLoss.Squared)]
    [InlineData(17, FmLoss.Squared)]
    [InlineData(5, FmLoss.Logistic)]
    public void Parameters_and_regularization_move_as_their_definitions_say(int rank, FmLoss loss)
    {
        FmStep step = Step with { Loss = loss };
        FmCase one = Case(rank, 0.1f, isBinary: loss == FmLoss.Logistic);
        NaiveFm definition = one.Definition();
        double[] regularization = [.. Enumerable.Repeat(0.1, FmCase.Groups * (1 + rank))];
        for (int row = 0; row < one.Rows.Count; row++)
        {
            List<(int Feature, double Value)> features = one.RowOf(row);
            double slope = SlopeOf(definition.Predict(features), one.Rows.Targets[row]);
            double[] gradient = definition.Gradient(features);
            definition.Values[0] -= step.Rate * slope;
            foreach (int index in definition.Touched(features.Select(feature => feature.Feature)))
            {
                definition.Values[index] -= step.Rate * ((slope * gradient[index]) + (regularization[GroupSlot(index, rank)] * definition.Values[index]));
            }

            // λ −= γ ∂loss/∂λ by differences, where the loss is that of a held-out row after one more decay.
            int heldOut = (row + 3) % one.HeldOut.Count;
            double[] moved = [.. regularization];
            for (int slot = 0; slot < moved.Length; slot++)
            {
                const double Small = 1e-4;
                double value = regularization[slot];
                regularization[slot] = value + Small;
                double above = LossAhead(heldOut);
                regularization[slot] = value - Small;
                double below = LossAhead(heldOut);
                regularization[slot] = value;
                moved[slot] = Math.Max(0, value - (step.Rate * (above - below) / (2 * Small)));
            }

            regularization = moved;
        }

        FmKernel.RunRows(one.Shape, step, one.Rows, 0, one.Rows.Count, one.Parameters, new FmHeldOut(one.HeldOut, FmCase.GroupOf, 3));

        RatingLists.Distance(one.Definition().Values, definition.Values).ShouldBeLessThan(1e-5);
        double[] found = [.. Enumerable.Range(0, FmCase.Groups).SelectMany(group => RegularizationOf(one, group))];
        found.Zip(regularization).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
        found.ShouldContain(value => Math.Abs(value - 0.1) > 1e-5);
        one.PaddingIsZero().ShouldBeTrue();

        double SlopeOf(double score, double target) => loss == FmLoss.Squared ? score - target : (1 / (1 + Math.Exp(-score))) - target;

        double LossAhead(int row)
        {
            NaiveFm ahead = new(FmCase.Features, rank, 2);
            for (int index = 0; index < ahead.Values.Length; index++)
            {
                ahead.Values[index] = definition.Values[index] * (index == 0 ? 1 : 1 - (step.Rate * regularization[GroupSlot(index, rank)]));
            }

            double score = ahead.Predict(FmCase.RowOf(one.HeldOut, row)), target = one.HeldOut.Targets[row];
            return loss == FmLoss.Squared ? Math.Pow(score - target, 2) / 2 : Math.Log(1 + Math.Exp(score)) - (target * score);
        }
    }

    [Fact]
    public void Regularization_never_falls_below_zero()
    {
        // It begins so close to zero that the first held-out rows push it there.
        FmCase one = Case(2, 0.0001f, isBinary: false);
        FmHeldOut heldOut = new(one.HeldOut, FmCase.GroupOf);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            FmKernel.RunRows(one.Shape, Step, one.Rows, 0, one.Rows.Count, one.Parameters, heldOut);
        }

        double[] found = [.. Enumerable.Range(0, FmCase.Groups).SelectMany(group => RegularizationOf(one, group))];
        found.ShouldAllBe(value => value >= 0);
        found.ShouldContain(0);
    }

    [Fact]
    public void It_needs_its_learner_order_two_and_a_group_for_every_feature()
    {
        FmCase one = Case(2, 0.1f, isBinary: false);
        FmHeldOut heldOut = new(one.HeldOut, FmCase.GroupOf);
        Should.Throw<ArgumentException>(() => FmKernel.RunRows(one.Shape, Step, one.Rows, 0, 1, one.Parameters));
        Should.Throw<ArgumentException>(() =>
            FmKernel.RunRows(one.Shape with { Learner = FmLearner.Sgd }, Step, one.Rows, 0, 1, one.Parameters, heldOut));
        Should.Throw<ArgumentException>(() =>
            FmKernel.RunRows(one.Shape, Step, one.Rows, 0, 1, one.Parameters, heldOut with { GroupOf = FmCase.GroupOf[1..] }));
    }

    private static FmCase Case(int rank, float regularization, bool isBinary)
    {
        FmCase one = new(new FmShape(rank, 2, FmLearner.AdaptiveSgd, 0), 0.2, isBinary: isBinary);
        for (int group = 0; group < FmCase.Groups; group++)
        {
            int row = FmCase.Features + 1 + group;
            one.Parameters.Weights[row] = regularization;
            one.Parameters.Factors.Row(row)[..rank].Fill(regularization);
        }

        return one;
    }

    // λ_w of a group, then λ of its factors.
    private static double[] RegularizationOf(FmCase one, int group)
    {
        int row = FmCase.Features + 1 + group;
        return [one.Parameters.Weights[row], .. one.Parameters.Factors.Row(row)[..one.Shape.Rank].ToArray().Select(value => (double)value)];
    }

    private static int GroupSlot(int index, int rank) => index <= FmCase.Features
        ? FmCase.GroupOf[index - 1] * (1 + rank)
        : (FmCase.GroupOf[(index - 1 - FmCase.Features) / rank] * (1 + rank)) + 1 + ((index - 1 - FmCase.Features) % rank);
}
