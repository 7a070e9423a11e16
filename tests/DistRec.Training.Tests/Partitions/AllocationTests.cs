using DistRec.Training.Compute;
using DistRec.Models.Als;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Oracles;

namespace DistRec.Training.Tests.Partitions;

/// <summary>In steady state training allocates for a round, never for a rating or a row.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int RoundBytes = 16 * 1024;

    [Theory]
    [InlineData(20_000, 300)]
    [InlineData(80_000, 2400)]
    public async Task A_half_iteration_of_ALS_allocates_for_the_round_alone(long ratings, int users)
    {
        RatingMatrix train = Planted.Make(ratings, users, 150, 0).Train;
        using ComputePool pool = new(1);
        AlternatingPartition partition = new(Side.User, new AlsSolver(new AlsOptions { Rank = 16 }), new RatingBlock(train, null), 0, new RatingUnits(3.5f, 1), new RatingScale(0.5f, 5));
        FactorBlock items = FactorBlock.Zeros(train.ColumnCount, 16);
        InitialFactors.Draw(items.Factors, 0, 0.1f, 1, Numerics.Random.RandomPurpose.ItemFactors);
        PartitionedFactors other = new([0, train.ColumnCount], [items.Factors], [items.Biases]);
        for (int warmUp = 0; warmUp < 3; warmUp++)
        {
            await partition.SolveAsync(new RowSources(other), 1, pool, CancellationToken.None);
        }

        // The least of a few: whatever else this process does is counted as well.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await partition.SolveAsync(new RowSources(other), 1, pool, CancellationToken.None);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        least.ShouldBeLessThan(RoundBytes);
    }

    [Fact]
    public void A_visit_of_an_item_block_allocates_nothing()
    {
        TrainingData data = Planted.Make(40_000, 600, 150, 0);
        MfPartition partition = new(
            new MfOptions { Rank = 16 }, new RatingBlock(data.Train, null), [0, 75, 150], 0, new RatingUnits(3.5f, 1), new RatingScale(0.5f, 5));
        partition.Initialize();
        FactorBlock items = FactorBlock.Zeros(75, 16);
        AllocatedBytes.Least(() => partition.Visit(0, items, 0.01)).ShouldBe(0);
    }

    [Fact]
    public void A_worker_of_a_feedback_model_has_room_for_the_items_of_one_clock_and_not_for_all()
    {
        // 800 ratings, so that a clock of 50 meets 50 of the 20,000 items at most; a copy of all rows of 192 factors would take 15 MB.
        const int Items = 20_000, Users = 40, RatingsEach = 20;
        int[] columns = [.. Enumerable.Range(0, Users * RatingsEach).Select(index => (index / RatingsEach) + (index % RatingsEach * (Items / RatingsEach)))];
        RatingMatrix ratings = new(Items, [.. Enumerable.Range(0, Users + 1).Select(user => (long)user * RatingsEach)], columns, new float[columns.Length]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        FeedbackPartition partition = new(
            FeedbackOptions.For(FeedbackForm.Asymmetric), new RatingBlock(ratings, null), [0, Items / 2, Items], clocks: 16, firstUser: 0,
            new RatingUnits(3.5f, 1), new RatingScale(0.5f, 5));

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
        partition.RowsOf(0, 0).Count.ShouldBeInRange(1, 50);
    }
}

/// <summary>Runs alone: other tests would allocate beside it.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsRunAlone;
