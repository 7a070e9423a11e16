using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation.Tests.Metrics;

public sealed class ClassificationResultTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Figures_are_those_worked_out_by_hand()
    {
        var result = ClassificationResult.Of([0.9, 0.6, 0.4, 0.2], [1, 0, 1, 0]);

        // Right: 0.9 and 0.2. Pairs of a 1 and a 0: 0.9 beats both, 0.4 beats 0.2 alone.
        result.Accuracy.ShouldBe(0.5);
        result.LogLoss.ShouldBe(-(Math.Log(0.9) + Math.Log(0.4) + Math.Log(0.4) + Math.Log(0.8)) / 4, Tolerance);
        result.Auc!.Value.ShouldBe(0.75, Tolerance);
        result.Rmse.ShouldBe(Math.Sqrt((0.01 + 0.36 + 0.36 + 0.04) / 4), Tolerance);
        (result.Count, result.Positives).ShouldBe((4, 2));
    }

    [Fact]
    public void Ties_count_half()
    {
        // Pairs: (0.5, 0.5) half, (0.5, 0.1) one, (0.5, 0.5) half, (0.5, 0.1) one: 3 of 4.
        ClassificationResult.Of([0.5, 0.5, 0.5, 0.1], [1, 1, 0, 0]).Auc!.Value.ShouldBe(0.75, Tolerance);
        ClassificationResult.Of([0.3, 0.3, 0.3], [1, 0, 0]).Auc!.Value.ShouldBe(0.5, Tolerance);
    }

    [Fact]
    public void A_half_counts_as_one()
    {
        ClassificationResult.Of([0.5], [1]).Accuracy.ShouldBe(1);
        ClassificationResult.Of([0.5], [0]).Accuracy.ShouldBe(0);
    }

    [Theory]
    [InlineData(1f, 3)]
    [InlineData(0f, 0)]
    public void One_class_alone_has_no_auc(float target, int positives)
    {
        var result = ClassificationResult.Of([0.9, 0.8, 0.7], [target, target, target]);

        result.Auc.ShouldBeNull();
        result.Positives.ShouldBe(positives);
        result.Accuracy.ShouldBe(target);
    }

    [Fact]
    public void Certain_mistakes_cost_much_but_not_everything()
    {
        var result = ClassificationResult.Of([0, 1], [1, 0]);

        // 1 − 10⁻¹⁵ is rounded to double before it is taken from 1.
        result.LogLoss.ShouldBe(-Math.Log(1e-15), 0.05);
        result.Auc.ShouldBe(0);
        ClassificationResult.Of([1, 0], [1, 0]).LogLoss.ShouldBe(0, 1e-14);
    }

    [Fact]
    public void Nothing_and_unequal_numbers_are_refused()
    {
        Should.Throw<ArgumentException>(() => ClassificationResult.Of([], []));
        Should.Throw<ArgumentException>(() => ClassificationResult.Of([0.5], [1, 0]));
    }
}
