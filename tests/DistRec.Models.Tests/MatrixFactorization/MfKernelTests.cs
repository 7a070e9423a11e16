using DistRec.Models.MatrixFactorization;

namespace DistRec.Models.Tests.MatrixFactorization;

public sealed class MfKernelTests
{
    private const int Users = 21;
    private const int Items = 17;

    private static readonly MfStep Step = new(new RatingUnits(3, 1), 0.02f, 0.015f, 0.08f, 0.03f);
    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.4);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);

    // One to nine vectors of 16, full and not, and ranks that do not fit the registers.
    public static TheoryData<int> Ranks =>
        [.. Enumerable.Range(1, 9).SelectMany(vectors => (int[])[(16 * vectors) - 15, (16 * vectors) - 3, 16 * vectors]), 200, 300];

    [Theory]
    [MemberData(nameof(Ranks))]
    public void A_block_is_the_update_of_the_definition_in_visiting_order(int rank)
    {
        int[] starts = [0, 5, 6, 12, Items];
        FactorSide users = FactorSide.Random(Users, rank, 0.3 / Math.Sqrt(rank), 1);
        FactorSide items = FactorSide.Random(Items, rank, 0.3 / Math.Sqrt(rank), 2);
        NaiveFactors naive = new(Step.Units.Mean, users.Factors.ToDouble(), users.BiasesAsDouble, items.Factors.ToDouble(), items.BiasesAsDouble);
        NaiveMf definition = new(Step.Rate, Step.BiasRate, Step.Regularization, Step.BiasRegularization);
        MfBlocks blocks = new(ByUser, starts);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int block = 0; block < blocks.Count; block++)
            {
                FactorSide lent = items.Copy(starts[block], starts[block + 1]);
                double found = MfKernel.RunBlock(blocks, block, Step, users.Factors, users.Biases, lent.Factors, lent.Biases);
                lent.Factors.Values.CopyTo(items.Factors.Values[(starts[block] * items.Factors.Stride)..]);
                lent.Biases.CopyTo(items.Biases, starts[block]);

                // Row by row, each row's items of the block in ascending order.
                double expected = definition.Visit(Ratings.Where(rating => rating.Item >= starts[block] && rating.Item < starts[block + 1]), naive);
                found.ShouldBe(expected, 1e-5 * expected);
            }
        }

        RatingLists.Distance(users.Factors.ToDouble().SelectMany(row => row), naive.UserFactors.SelectMany(row => row)).ShouldBeLessThan(1e-5);
        RatingLists.Distance(items.Factors.ToDouble().SelectMany(row => row), naive.ItemFactors.SelectMany(row => row)).ShouldBeLessThan(1e-5);
        RatingLists.Distance(users.BiasesAsDouble, naive.UserBiases).ShouldBeLessThan(1e-5);
        RatingLists.Distance(items.BiasesAsDouble, naive.ItemBiases).ShouldBeLessThan(1e-5);
        PaddingOf(users).ShouldAllBe(value => value == 0);
        PaddingOf(items).ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Both_sides_move_from_the_old_values()
    {
        FactorSide user = FactorSide.Zeros(1, 2), item = FactorSide.Zeros(1, 2);
        ((float[])[1, 2]).CopyTo(user.Factors.Row(0));
        ((float[])[4, -1]).CopyTo(item.Factors.Row(0));
        user.Biases[0] = 0.5f;
        item.Biases[0] = -0.25f;
        RatingMatrix rating = new List<Rating> { new(0, 0, 6.25) }.ToMatrix(1, 1);

        // e = 6.25 − 3 − 0.5 + 0.25 − (4 − 2) = 1
        double squaredError = MfKernel.RunBlock(
            new MfBlocks(rating, [0, 1]), 0, new MfStep(new RatingUnits(3, 1), 0.5f, 0.25f, 0.5f, 1), user.Factors, user.Biases, item.Factors, item.Biases);

        squaredError.ShouldBe(1);
        user.Factors.Row(0).ToArray().ShouldBe([1 + 0.5f * (4 - 0.5f), 2 + 0.5f * (-1 - 1)]);
        item.Factors.Row(0).ToArray().ShouldBe([4 + 0.5f * (1 - 2), -1 + 0.5f * (2 + 0.5f)]);
        user.Biases[0].ShouldBe(0.5f + 0.25f * (1 - 0.5f));
        item.Biases[0].ShouldBe(-0.25f + 0.25f * (1 + 0.25f));
    }

    [Fact]
    public void Without_a_rate_for_biases_they_stay_where_they_are()
    {
        FactorSide users = FactorSide.Random(Users, 5, 0.1, 1), items = FactorSide.Random(Items, 5, 0.1, 2);
        float[] userBiases = [.. users.Biases], itemBiases = [.. items.Biases];
        MfKernel.RunBlock(
            new MfBlocks(ByUser, [0, Items]), 0, Step with { BiasRate = 0 }, users.Factors, users.Biases, items.Factors, items.Biases);

        users.Biases.ShouldBe(userBiases);
        items.Biases.ShouldBe(itemBiases);
    }

    [Fact]
    public void User_partitions_one_after_the_other_give_the_bits_of_the_whole()
    {
        FactorSide users = FactorSide.Random(Users, 20, 0.1, 1), items = FactorSide.Random(Items, 20, 0.1, 2);
        FactorSide whole = users.Copy(), wholeItems = items.Copy();
        MfKernel.RunBlock(new MfBlocks(ByUser, [0, Items]), 0, Step, whole.Factors, whole.Biases, wholeItems.Factors, wholeItems.Biases);

        int[] cuts = [0, 4, 4, 15, Users];
        List<FactorSide> parts = [];
        foreach ((int from, int to) in cuts.Zip(cuts.Skip(1)))
        {
            FactorSide part = users.Copy(from, to);
            MfKernel.RunBlock(new MfBlocks(ByUser.Rows(from, to), [0, Items]), 0, Step, part.Factors, part.Biases, items.Factors, items.Biases);
            part.Bits.ShouldBe(whole.Copy(from, to).Bits);
        }

        items.Bits.ShouldBe(wholeItems.Bits);
    }

    [Fact]
    public void A_block_without_ratings_changes_nothing()
    {
        RatingMatrix ratings = new List<Rating> { new(0, 0, 3) }.ToMatrix(2, 3);
        FactorSide users = FactorSide.Random(2, 5), items = FactorSide.Random(2, 5);
        float[] before = [.. users.Bits, .. items.Bits];

        MfKernel.RunBlock(new MfBlocks(ratings, [0, 1, 3]), 1, Step, users.Factors, users.Biases, items.Factors, items.Biases).ShouldBe(0);
        ((float[])[.. users.Bits, .. items.Bits]).ShouldBe(before);
    }

    [Theory]
    [InlineData(float.NaN, 0.02f)]
    [InlineData(3e38f, 0.02f)]
    [InlineData(3f, 1e20f)]
    public void A_descent_that_diverges_returns_a_sum_that_is_not_finite(float rating, float rate)
    {
        List<Rating> ratings = [.. Ratings, new Rating(Users, 0, rating), new Rating(Users, 1, rating)];
        FactorSide users = FactorSide.Random(Users + 1, 5), items = FactorSide.Random(Items, 5);

        double sum = MfKernel.RunBlock(
            new MfBlocks(ratings.ToMatrix(Users + 1, Items), [0, Items]), 0, Step with { Rate = rate }, users.Factors, users.Biases, items.Factors, items.Biases);

        double.IsFinite(sum).ShouldBeFalse();
    }

    [Fact]
    public void A_planted_matrix_of_rank_three_is_recovered_from_half_of_its_elements()
    {
        Func<int, int, double> planted = RatingLists.Planted(3);
        List<Rating> training = RatingLists.Draw(150, 100, 0.5, planted);
        List<Rating> everything = RatingLists.Draw(150, 100, 1, planted);
        MfOptions options = new()
        {
            Rank = 3,
            LearningRate = 0.05f,
            LearningRateDecay = 0.99f,
            Regularization = 1e-4f,
            BiasRegularization = 1e-4f,
            InitialScale = 0.5f,
        };

        FactorModel model = PlainTraining.Descend(options, training.ToMatrix(150, 100), 200);

        double rmse = Math.Sqrt(everything.Average(rating => Math.Pow(rating.Value - model.Units.RatingOf(new NaiveFactors(
            0,
            [[.. model.UserFactors!.Row(rating.User).ToArray().Select(value => (double)value)]],
            [model.UserBiases[rating.User]],
            [[.. model.ItemFactors!.Row(rating.Item).ToArray().Select(value => (double)value)]],
            [model.ItemBiases[rating.Item]]).Predict(0, 0)), 2)));

        // The interactions have a standard deviation of 1.
        rmse.ShouldBeLessThan(0.02);
    }

    [Fact]
    public void Tables_that_do_not_fit_the_block_are_refused()
    {
        MfBlocks blocks = new(ByUser, [0, 10, Items]);
        FactorSide users = FactorSide.Random(Users, 5), items = FactorSide.Random(10, 5);
        FactorSide[][] wrong =
        [
            [FactorSide.Random(Users - 1, 5), items],
            [users, FactorSide.Random(9, 5)],
            [users, FactorSide.Random(10, 6)],
            [FactorSide.Random(Users, 0), FactorSide.Random(10, 0)],
        ];
        foreach (FactorSide[] pair in wrong)
        {
            Should.Throw<ArgumentException>(() =>
                MfKernel.RunBlock(blocks, 0, Step, pair[0].Factors, pair[0].Biases, pair[1].Factors, pair[1].Biases))
                .Message.ShouldContain("expected factors of one rank and biases for 21 users and 10 items");
        }

        Should.Throw<ArgumentException>(() => MfKernel.RunBlock(blocks, 0, Step, users.Factors, new float[3], items.Factors, items.Biases));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public void Nothing_is_allocated_for_a_block(int rank)
    {
        MfBlocks blocks = new(ByUser, [0, Items]);
        FactorSide users = FactorSide.Random(Users, rank, 0.1), items = FactorSide.Random(Items, rank, 0.1);

        AllocatedBytes.Least(Run).ShouldBe(0);

        void Run() => MfKernel.RunBlock(blocks, 0, Step, users.Factors, users.Biases, items.Factors, items.Biases);
    }

    private static IEnumerable<float> PaddingOf(FactorSide side)
    {
        for (int row = 0; row < side.Factors.Rows; row++)
        {
            for (int j = side.Factors.Rank; j < side.Factors.Stride; j++)
            {
                yield return side.Factors.Values[(row * side.Factors.Stride) + j];
            }
        }
    }
}
