namespace DistRec.Models.Tests;

public sealed class PartitionErrorsTests
{
    private const int Users = 25;
    private const int Items = 18;

    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.4);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);
    private static readonly RatingScale Scale = new(1, 5);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(23)]
    public void Errors_are_those_of_the_clipped_prediction(int rank)
    {
        FactorSide users = FactorSide.Random(Users, rank, 0.6, 1), items = FactorSide.Random(Items, rank, 0.6, 2);
        NaiveFactors naive = new(3, users.Factors.ToDouble(), users.BiasesAsDouble, items.Factors.ToDouble(), items.BiasesAsDouble);
        (double rmse, double mae) = NaiveErrors.Of(Ratings, naive.Predict, 1, 5);

        ErrorSums found = Compute(users, items.Whole, 0, Users);

        found.Count.ShouldBe(Ratings.Count);
        found.Rmse.ShouldBe(rmse, 1e-5);
        found.Mae.ShouldBe(mae, 1e-5);
    }

    [Fact]
    public void Any_partitioning_and_any_cut_merge_to_the_same_bits()
    {
        FactorSide users = FactorSide.Random(Users, 9, 0.6, 1), items = FactorSide.Random(Items, 9, 0.6, 2);
        ErrorSums expected = Compute(users, items.Whole, 0, Users);
        foreach (PartitionedFactors partitioning in (PartitionedFactors[])[items.Cut(0, 3, 3, 17, Items), items.Cut([.. Enumerable.Range(0, Items + 1)])])
        {
            ErrorSums merged = Compute(users, partitioning, 20, Users)
                .Merge(Compute(users, partitioning, 0, 7))
                .Merge(Compute(users, partitioning, 7, 20))
                .Merge(default);
            merged.ShouldBe(expected);
        }
    }

    [Fact]
    public void Nothing_held_out_has_no_error()
    {
        ErrorSums none = Compute(FactorSide.Random(Users, 3), FactorSide.Random(Items, 3).Whole, 4, 4);

        none.Count.ShouldBe(0);
        none.Rmse.ShouldBe(0);
        none.Mae.ShouldBe(0);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e38f)]
    public void A_prediction_that_is_not_finite_is_an_error_though_clipping_would_hide_it(float value)
    {
        FactorSide users = FactorSide.Random(Users, 3), items = FactorSide.Random(Items, 3);
        items.Factors.Row(Ratings[0].Item)[1] = value;
        users.Factors.Row(Ratings[0].User)[1] = 10;

        Should.Throw<NumericalException>(() => Compute(users, items.Whole, 0, Users)).Message.ShouldContain("a prediction for held-out ratings is not finite");
    }

    private static ErrorSums Compute(FactorSide users, PartitionedFactors items, int from, int to) =>
        PartitionErrors.Compute(ByUser, users.Factors, users.Biases, items, new TableSection(0, users.Factors.Rank), new RatingUnits(3, 1), Scale, from, to);
}
