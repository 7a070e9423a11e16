namespace DistRec.Models.Tests;

/// <summary>What the root types refuse and sum.</summary>
public sealed class ShapeTests
{
    [Fact]
    public void Partitions_must_cover_their_ranges_with_one_rank()
    {
        FactorSide side = FactorSide.Zeros(5, 3);

        Should.Throw<ArgumentException>(() => new PartitionedFactors([0], [], []));
        Should.Throw<ArgumentException>(() => new PartitionedFactors([0, 5, 6], [side.Factors], [side.Biases]));
        Should.Throw<ArgumentException>(() => new PartitionedFactors([0, 4], [side.Factors], [side.Biases])).Message.ShouldContain("partition 0: expected 4 rows of rank 3");
        Should.Throw<ArgumentException>(() => new PartitionedFactors([0, 5, 7], [side.Factors, new FactorTable(2, 4)], [side.Biases, new float[2]]))
            .Message.ShouldContain("partition 1: expected 2 rows of rank 3");
    }

    [Fact]
    public void A_model_needs_factors_for_both_sides_or_none_and_a_row_for_every_bias()
    {
        FactorSide users = FactorSide.Zeros(4, 3), items = FactorSide.Zeros(5, 3);
        RatingScale scale = new(1, 5);

        new FactorModel("als", 3, scale, users.Biases, items.Biases, users.Factors, items.Factors).Rank.ShouldBe(3);
        new FactorModel("baseline", 3, scale, users.Biases, items.Biases, null, null).Rank.ShouldBe(0);
        Should.Throw<ArgumentException>(() => new FactorModel("als", 3, scale, users.Biases, items.Biases, users.Factors, null));
        Should.Throw<ArgumentException>(() => new FactorModel("als", 3, scale, users.Biases, items.Biases, items.Factors, users.Factors));
        Should.Throw<ArgumentException>(() => new FactorModel("als", 3, scale, users.Biases, items.Biases, users.Factors, new FactorTable(5, 4)));
    }

    [Fact]
    public void Error_sums_merge_to_the_errors_of_all_predictions()
    {
        ErrorSums sums = default(ErrorSums).Add(4, 2, 1).Merge(default(ErrorSums).Add(5, 3, 2));

        sums.Count.ShouldBe(3);
        sums.Rmse.ShouldBe(Math.Sqrt(3));
        sums.Mae.ShouldBe(5.0 / 3);
    }
}
