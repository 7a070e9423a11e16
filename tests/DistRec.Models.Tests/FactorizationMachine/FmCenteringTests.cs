namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmCenteringTests
{
    // Users and items are indicators, ages are of users, genres of items, and months of the rows.
    private static readonly FeatureSpace Space = new([new("user", 0, 4), new("age", 4, 2), new("item", 6, 3), new("genre", 9, 2), new("month", 11, 2)]);

    [Fact]
    public void Answers_for_training_rows_stay_as_they_are()
    {
        FeatureRows rows = Rows();
        FmMachine machine = Machine();
        double[] before = [.. Enumerable.Range(0, rows.Count).Select(row => machine.Predict(rows, row))];

        FmCentering.Center(machine, rows);

        for (int row = 0; row < rows.Count; row++)
        {
            machine.Predict(rows, row).ShouldBe(before[row], 1e-5);
        }
    }

    [Fact]
    public void What_nobody_knows_is_the_mean_of_what_training_met()
    {
        FeatureRows rows = Rows();
        FmMachine machine = Machine();

        FmCentering.Center(machine, rows);

        for (int factor = 0; factor < machine.Shape.Rank; factor++)
        {
            Enumerable.Range(0, 3).Sum(item => (double)machine.Parameters.Factors.Row(6 + item)[factor]).ShouldBe(0, 1e-5);
        }

        Enumerable.Range(0, 3).Sum(item => (double)machine.Parameters.Weights[6 + item]).ShouldBe(0, 1e-5);
    }

    [Fact]
    public void Where_rows_share_no_group_the_intercept_stays()
    {
        RelationBlock block = new("row", RelationEntity.Row, new RatingMatrix(Space.Count, [0, 2, 3], [0, 9, 10], [0.5f, 2, 1]));
        FeatureRows rows = new([1, 2], [block], [[0, 1]]);
        FmMachine machine = Machine();
        float[] before = [.. machine.Parameters.Weights];

        FmCentering.Center(machine, rows);

        machine.Parameters.Weights.ShouldBe(before);
    }

    private static FmMachine Machine()
    {
        FmShape shape = new(3, 2, FmLearner.Sgd, 0);
        return new FmMachine(shape, FmLink.Identity, FmCase.RandomParameters(shape, Space.Count, 5, 0.5, 3), Space);
    }

    private static FeatureRows Rows()
    {
        RelationBlock users = new("user", RelationEntity.User, new RatingMatrix(Space.Count, [0, 2, 4, 6, 8], [0, 4, 1, 5, 2, 4, 3, 5], [1, 1, 1, 1, 1, 1, 1, 1]));
        RelationBlock items = new("item", RelationEntity.Item, new RatingMatrix(Space.Count, [0, 3, 5, 6], [6, 9, 10, 7, 9, 8], [1, 0.5f, 0.5f, 1, 1, 1]));
        RelationBlock months = new("month", RelationEntity.Context, new RatingMatrix(Space.Count, [0, 1, 2], [11, 12], [1, 1]));
        return new FeatureRows(new float[7], [users, items, months], [[0, 0, 1, 1, 2, 3, 3], [0, 1, 1, 2, 0, 2, 1], [0, 1, 0, 1, 1, 0, 0]]);
    }
}
