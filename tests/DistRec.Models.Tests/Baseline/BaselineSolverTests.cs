using DistRec.Models.Baseline;

namespace DistRec.Models.Tests.Baseline;

public sealed class BaselineSolverTests
{
    private const int Users = 30;
    private const int Items = 20;
    private const float Mean = 3;

    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.3);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);
    private static readonly BaselineSolver Solver = new(new BaselineOptions { UserRegularization = 4, ItemRegularization = 2.5f });

    [Fact]
    public void Both_half_steps_are_those_of_the_definition()
    {
        FactorSide items = FactorSide.Random(Items, 0);
        (FactorSide users, RowLoss[] losses) = Solve(Side.User, ByUser, items.Whole);
        double[] expected = NaiveBaseline.SolveUsers(Ratings, Mean, items.BiasesAsDouble, Users, 4);
        RatingLists.Distance(users.BiasesAsDouble, expected).ShouldBeLessThan(1e-6);

        // Σ e² and λ b² of each row
        for (int user = 0; user < Users; user++)
        {
            losses[user].SquaredError.ShouldBe(
                Ratings.Where(rating => rating.User == user).Sum(rating => Math.Pow(rating.Value - Mean - expected[user] - items.Biases[rating.Item], 2)), 1e-5);
            losses[user].Penalty.ShouldBe(4 * expected[user] * expected[user], 1e-6);
        }

        (FactorSide solvedItems, _) = Solve(Side.Item, ByUser.TransposeColumns(0, Items), users.Whole);
        RatingLists.Distance(solvedItems.BiasesAsDouble, NaiveBaseline.SolveItems(Ratings, Mean, users.BiasesAsDouble, Items, 2.5)).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void A_half_step_never_raises_the_loss()
    {
        List<double> losses = [];
        PlainTraining.Alternate("baseline", Solver, ByUser, 12, losses.Add);

        losses.Zip(losses.Skip(1)).ShouldAllBe(step => step.Second <= step.First * (1 + 1e-9));
    }

    [Fact]
    public void Any_partitioning_of_the_other_side_gives_the_same_bits()
    {
        FactorSide items = FactorSide.Random(Items, 0);
        (FactorSide expected, RowLoss[] losses) = Solve(Side.User, ByUser, items.Whole);
        foreach (int[] starts in (int[][])[[0, 7, 7, Items], [0, 0, 1, Items, Items], [.. Enumerable.Range(0, Items + 1)]])
        {
            (FactorSide found, RowLoss[] foundLosses) = Solve(Side.User, ByUser, items.Cut(starts));
            found.Biases.ShouldBe(expected.Biases);
            foundLosses.ShouldBe(losses);
        }
    }

    [Fact]
    public void A_row_without_ratings_has_no_bias_even_without_damping()
    {
        RatingMatrix ratings = new List<Rating> { new(1, 0, 5) }.ToMatrix(2, 1);
        FactorSide target = FactorSide.Random(2, 0);
        RowLoss[] losses = new RowLoss[2];
        new BaselineSolver(new BaselineOptions { UserRegularization = 0, ItemRegularization = 0 })
            .SolveRows(new RowRound(Side.User, ratings, FactorSide.Zeros(1, 0).Whole, new RatingUnits(3, 1)), 0, 2, target.Factors, target.Biases, losses);

        target.Biases.ShouldBe([0, 2]);
        losses[0].ShouldBe(default);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_rating_that_is_not_finite_ends_in_an_error_that_names_the_row(float value)
    {
        RatingMatrix ratings = new List<Rating> { new(0, 0, 3), new(1, 0, value) }.ToMatrix(2, 1);

        Should.Throw<NumericalException>(() => Solve(Side.User, ratings, FactorSide.Zeros(1, 0).Whole)).Message.ShouldContain("row 1: its bias is not finite");
    }

    private static (FactorSide Side, RowLoss[] Losses) Solve(Side side, RatingMatrix ratings, PartitionedFactors other)
    {
        FactorSide target = FactorSide.Zeros(ratings.RowCount, 0);
        RowLoss[] losses = new RowLoss[ratings.RowCount];
        Solver.SolveRows(new RowRound(side, ratings, other, new RatingUnits(Mean, 1)), 0, ratings.RowCount, target.Factors, target.Biases, losses).ShouldBe(0);
        return (target, losses);
    }
}
