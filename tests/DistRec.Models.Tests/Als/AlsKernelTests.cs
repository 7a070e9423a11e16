using DistRec.Models.Als;

namespace DistRec.Models.Tests.Als;

public sealed class AlsKernelTests
{
    private const int Users = 35;
    private const int Items = 28;
    private const float Mean = 3;

    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.4);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);

    public static TheoryData<int, bool, float> Settings
    {
        get
        {
            TheoryData<int, bool, float> settings = [];
            foreach (int rank in (int[])[1, 2, 15, 16, 17, 33, 64, 100])
            {
                settings.Add(rank, true, 0.3f);
                settings.Add(rank, false, 0.3f);
            }

            settings.Add(8, true, 0);
            settings.Add(8, true, 1);
            settings.Add(8, false, 0);
            settings.Add(8, false, 1);
            return settings;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_half_iteration_is_that_of_the_definition_on_both_sides(int rank, bool biases, float exponent)
    {
        AlsOptions options = new() { Rank = rank, Regularization = 0.8f, BiasRegularization = 0.5f, RegularizationExponent = exponent, Biases = biases };
        NaiveAls naive = new(rank, 0.8f, 0.5, exponent, biases);
        FactorSide items = FactorSide.Random(Items, rank);
        if (!biases)
        {
            Array.Clear(items.Biases);
        }

        NaiveFactors model = new(Mean, FactorSide.Zeros(Users, rank).Factors.ToDouble(), new double[Users], items.Factors.ToDouble(), items.BiasesAsDouble);
        Solved users = Solved.Of(ByUser, items.Whole, options);
        NaiveFactors afterUsers = naive.SolveUsers(Ratings, model);
        ShouldAgree(users, afterUsers.UserFactors, afterUsers.UserBiases);

        Solved solvedItems = Solved.Of(ByUser.TransposeColumns(0, Items), users.Side.Whole, options);
        NaiveFactors exact = model with { UserFactors = users.Side.Factors.ToDouble(), UserBiases = users.Side.BiasesAsDouble };
        NaiveFactors afterItems = naive.SolveItems(Ratings, exact);
        ShouldAgree(solvedItems, afterItems.ItemFactors, afterItems.ItemBiases);

        // The losses the rows report are the parts of the loss that the definition sums over all ratings.
        double reported = solvedItems.Losses.Sum(loss => loss.SquaredError + loss.Penalty) + users.Losses.Sum(loss => loss.Penalty);
        reported.ShouldBe(naive.Loss(Ratings, afterItems), 1e-5 * Ratings.Sum(rating => rating.Value * rating.Value));
    }

    [Theory]
    [InlineData(true, 0f)]
    [InlineData(true, 0.3f)]
    [InlineData(true, 1f)]
    [InlineData(false, 0f)]
    [InlineData(false, 0.3f)]
    [InlineData(false, 1f)]
    public void A_half_iteration_never_raises_the_loss(bool biases, float exponent)
    {
        foreach ((float regularization, float biasRegularization) in ((float, float)[])[(0.05f, 0.01f), (0.5f, 1f), (3f, 2f)])
        {
            AlsOptions options = new()
            {
                Rank = 12,
                Regularization = regularization,
                BiasRegularization = biasRegularization,
                RegularizationExponent = exponent,
                Biases = biases,
            };
            List<double> losses = [];
            PlainTraining.Alternate("als", new AlsSolver(options), ByUser, 15, losses.Add);

            // Near the end the loss settles to the rounding of Σ y².
            double rounding = 1e-6 * Ratings.Sum(rating => rating.Value * rating.Value);
            losses.Count.ShouldBe(29);
            losses.Zip(losses.Skip(1)).ShouldAllBe(step => step.Second <= step.First + rounding);
            losses[^1].ShouldBeLessThan(losses[0]);
        }
    }

    [Fact]
    public void A_planted_matrix_of_rank_three_is_recovered_from_half_of_its_elements()
    {
        Func<int, int, double> planted = RatingLists.Planted(3, mean: 0, biasDeviation: 0);
        List<Rating> training = RatingLists.Draw(150, 100, 0.5, planted);
        List<Rating> everything = RatingLists.Draw(150, 100, 1, planted);
        AlsOptions options = new() { Rank = 3, Regularization = 1e-4f, BiasRegularization = 1e-4f, RegularizationExponent = 0, InitialScale = 1 };

        FactorModel model = PlainTraining.Alternate("als", new AlsSolver(options), training.ToMatrix(150, 100), 40);

        // The elements have a standard deviation of 1.
        Rmse(model, everything).ShouldBeLessThan(0.005);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(40)]
    public void Any_partitioning_of_the_other_side_and_any_cut_of_the_rows_give_the_same_bits(int rank)
    {
        AlsOptions options = new() { Rank = rank };
        FactorSide items = FactorSide.Random(Items, rank);
        Solved expected = Solved.Of(ByUser, items.Whole, options);
        PartitionedFactors[] partitionings =
        [
            items.Cut(0, 1, Items),
            items.Cut(0, 9, 9, 20, Items),
            items.Cut([.. Enumerable.Range(0, Items + 1)]),
            items.Cut(0, 0, Items, Items),
        ];
        foreach (PartitionedFactors partitioning in partitionings)
        {
            foreach (int[] cuts in (int[][])[[0, Users], [0, 1, 17, Users], [0, 0, 34, Users], [.. Enumerable.Range(0, Users + 1)]])
            {
                Solved found = Solved.Of(ByUser, partitioning, options, cuts);

                found.Side.Bits.ShouldBe(expected.Side.Bits);
                found.Losses.ShouldBe(expected.Losses);
            }
        }
    }

    [Fact]
    public void A_partition_of_the_rows_gives_the_bits_that_the_whole_side_gives()
    {
        AlsOptions options = new() { Rank = 10 };
        FactorSide items = FactorSide.Random(Items, 10);
        Solved whole = Solved.Of(ByUser, items.Whole, options);
        Solved part = Solved.Of(ByUser.Rows(11, 23), items.Whole, options);

        part.Side.Bits.ShouldBe(whole.Side.Copy(11, 23).Bits);
        part.Losses.ShouldBe(whole.Losses[11..23]);
    }

    [Fact]
    public void The_result_does_not_depend_on_what_the_tables_held_before()
    {
        AlsOptions options = new() { Rank = 10 };
        FactorSide items = FactorSide.Random(Items, 10);
        Solved expected = Solved.Of(ByUser, items.Whole, options);
        FactorSide target = FactorSide.Random(Users, 10, 1e6);
        RowLoss[] losses = new RowLoss[Users];
        AlsKernel.SolveRows(ByUser, items.Whole, options, new RatingUnits(Mean, 1), 0, Users, new NormalEquation(10), target.Factors, target.Biases, losses);

        target.Bits.ShouldBe(expected.Side.Bits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_without_ratings_gets_zeros(bool biases)
    {
        RatingMatrix ratings = new List<Rating> { new(1, 2, 4), new(3, 0, 1) }.ToMatrix(5, 3);
        FactorSide target = FactorSide.Random(5, 6);
        RowLoss[] losses = [.. Enumerable.Repeat(new RowLoss(1, 1), 5)];
        AlsKernel.SolveRows(
            ratings, FactorSide.Random(3, 6).Whole, new AlsOptions { Rank = 6, Biases = biases }, new RatingUnits(Mean, 1), 0, 5, new NormalEquation(6), target.Factors, target.Biases, losses);

        foreach (int cold in (int[])[0, 2, 4])
        {
            target.Factors.Row(cold).ContainsAnyExcept(0f).ShouldBeFalse();
            target.Biases[cold].ShouldBe(0);
            losses[cold].ShouldBe(default);
        }

        target.Factors.Row(1).ContainsAnyExcept(0f).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, 0.05)]
    [InlineData(false, 0.05)]
    [InlineData(true, 500)]
    [InlineData(false, 500)]
    public void Rows_with_fewer_ratings_than_factors_and_no_regularization_get_the_smallest_ridge_and_are_counted(bool biases, double size)
    {
        const int Rank = 40;
        AlsOptions options = new() { Rank = Rank, Regularization = 0, BiasRegularization = 0, Biases = biases };
        FactorSide items = FactorSide.Random(Items, Rank, size);
        Solved solved = Solved.Of(ByUser, items.Whole, options);

        // Every user has rated at most 28 items, fewer than there are factors.
        solved.Singular.ShouldBe(Users);
        solved.Side.Bits.ShouldAllBe(value => float.IsFinite(value));

        // With more factors than ratings, every rating can be met; a ridge of 1e-5 of the diagonal leaves little of the error.
        double before = Ratings.Sum(rating => Math.Pow(rating.Value - Mean - items.Biases[rating.Item], 2));
        solved.Losses.Sum(loss => loss.SquaredError).ShouldBeLessThan(1e-3 * before);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(1e25f)]
    public void Factors_that_are_not_finite_or_far_too_large_end_in_an_error_that_names_the_row(float value)
    {
        FactorSide items = FactorSide.Random(Items, 9);
        int item = ByUser.RowColumns(3)[0];
        items.Factors.Row(item)[4] = value;

        NumericalException error = Should.Throw<NumericalException>(() => Solved.Of(ByUser.Rows(3, 4), items.Whole, new AlsOptions { Rank = 9 }));
        error.Message.ShouldContain("row 0: its normal equation stays singular");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e38f)]
    public void Ratings_that_are_not_finite_or_far_too_large_end_in_an_error(float value)
    {
        RatingMatrix ratings = new List<Rating> { new(0, 0, 3), new(0, 1, value), new(0, 2, 4) }.ToMatrix(1, 3);

        Should.Throw<NumericalException>(() => Solved.Of(ratings, FactorSide.Random(3, 5, 100).Whole, new AlsOptions { Rank = 5 }));
    }

    [Fact]
    public void Factors_of_another_rank_are_refused()
    {
        AlsOptions options = new() { Rank = 17 };

        Should.Throw<ArgumentException>(() => Solved.Of(ByUser, FactorSide.Random(Items, 16).Whole, options))
            .Message.ShouldContain("expected factors for rank 17 on both sides, found strides of 32 and 16");
    }

    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        AlsOptions options = new() { Rank = 20 };
        PartitionedFactors items = FactorSide.Random(Items, 20).Whole;
        NormalEquation equation = new(20);
        FactorSide target = FactorSide.Zeros(Users, 20);
        RowLoss[] losses = new RowLoss[Users];

        AllocatedBytes.Least(Solve).ShouldBe(0);

        void Solve() => AlsKernel.SolveRows(ByUser, items, options, new RatingUnits(Mean, 1), 0, Users, equation, target.Factors, target.Biases, losses);
    }

    private static void ShouldAgree(Solved found, double[][] factors, double[] biases)
    {
        found.Singular.ShouldBe(0);
        for (int row = 0; row < factors.Length; row++)
        {
            RatingLists.Distance(found.Side.Factors.ToDouble()[row], factors[row]).ShouldBeLessThan(5e-5, $"factors of row {row}");
            ((double)found.Side.Biases[row]).ShouldBe(biases[row], 5e-5, $"bias of row {row}");
        }
    }

    private static double Rmse(FactorModel model, IEnumerable<Rating> ratings) =>
        Math.Sqrt(ratings.Average(rating => Math.Pow(
            rating.Value - model.Units.RatingOf(model.UserBiases[rating.User] + model.ItemBiases[rating.Item] + NaiveLeastSquares.Dot(
                [.. model.UserFactors!.Row(rating.User).ToArray().Select(value => (double)value)],
                [.. model.ItemFactors!.Row(rating.Item).ToArray().Select(value => (double)value)])), 2)));

    private sealed record Solved(FactorSide Side, RowLoss[] Losses, int Singular)
    {
        public static Solved Of(RatingMatrix ratings, PartitionedFactors other, AlsOptions options, int[]? cuts = null)
        {
            FactorSide side = FactorSide.Zeros(ratings.RowCount, options.Rank);
            RowLoss[] losses = new RowLoss[ratings.RowCount];
            NormalEquation equation = new(options.Rank);
            cuts ??= [0, ratings.RowCount];
            int singular = cuts.Zip(cuts.Skip(1)).Sum(cut =>
                AlsKernel.SolveRows(ratings, other, options, new RatingUnits(Mean, 1), cut.First, cut.Second, equation, side.Factors, side.Biases, losses));
            return new Solved(side, losses, singular);
        }
    }
}
