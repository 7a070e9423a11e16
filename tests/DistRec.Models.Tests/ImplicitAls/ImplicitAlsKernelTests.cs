using DistRec.Models.ImplicitAls;

namespace DistRec.Models.Tests.ImplicitAls;

public sealed class ImplicitAlsKernelTests
{
    private const int Users = 35;
    private const int Items = 28;

    private static readonly List<Rating> Ratings = RatingLists.Draw(Users, Items, 0.3, (user, item) => 1 + (user + item) % 5);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);
    private static readonly RatingMatrix ByItem = ByUser.TransposeColumns(0, Items);

    public static TheoryData<ImplicitMethod> Methods => [ImplicitMethod.Exact, ImplicitMethod.ConjugateGradient, ImplicitMethod.Blocks];

    [Theory]
    [InlineData(1, 0f, false)]
    [InlineData(2, 0.5f, false)]
    [InlineData(16, 0f, true)]
    [InlineData(17, 1f, false)]
    [InlineData(33, 0f, false)]
    [InlineData(64, 0.5f, true)]
    public void An_exact_half_iteration_is_that_of_the_definition_over_all_pairs(int rank, float exponent, bool given)
    {
        ImplicitAlsOptions options = new() { Rank = rank, Regularization = 0.7f, RegularizationExponent = exponent, Alpha = 1.5f, ConfidenceGiven = given };
        NaiveImplicitAls naive = Naive(options);
        FactorSide items = Side(Items, rank);
        (FactorSide users, RowLoss[] userLosses) = Solve(options, Models.Side.User, ByUser, items);
        ShouldAgree(users, naive.Solve(Ratings, rating => rating.User, rating => rating.Item, Users, items.Factors.ToDouble()), 1e-4);

        (FactorSide solved, RowLoss[] losses) = Solve(options, Models.Side.Item, ByItem, users);
        ShouldAgree(solved, naive.Solve(Ratings, rating => rating.Item, rating => rating.User, Items, users.Factors.ToDouble()), 1e-4);
        double expected = naive.Loss(Ratings, users.Factors.ToDouble(), solved.Factors.ToDouble());
        (losses.Sum(loss => loss.SquaredError + loss.Penalty) + userLosses.Sum(loss => loss.Penalty)).ShouldBe(expected, 1e-4 * expected);
    }

    [Theory]
    [InlineData(ImplicitMethod.ConjugateGradient)]
    [InlineData(ImplicitMethod.Blocks)]
    public void Repeated_improvements_of_a_half_iteration_end_at_the_exact_solution(ImplicitMethod method)
    {
        ImplicitAlsOptions options = new() { Rank = 40, Regularization = 2, Method = method, Steps = 5, BlockSize = 16 };
        FactorSide items = Side(Items, 40);
        FactorSide exact = Solve(options with { Method = ImplicitMethod.Exact }, Models.Side.User, ByUser, items).Side;
        FactorSide users = Side(Users, 40);
        for (int pass = 0; pass < 600; pass++)
        {
            users = Solve(options, Models.Side.User, ByUser, items, users).Side;
        }

        ShouldAgree(users, exact.Factors.ToDouble(), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Reported_losses_are_those_of_the_definition_whatever_the_method(ImplicitMethod method)
    {
        ImplicitAlsOptions options = new() { Rank = 20, Regularization = 2, Method = method, BlockSize = 16, RegularizationExponent = 0.5f };
        NaiveImplicitAls naive = Naive(options);
        FactorSide items = Side(Items, 20);
        (FactorSide users, RowLoss[] losses) = Solve(options, Models.Side.User, ByUser, items, Side(Users, 20));
        double itemPenalty = Ratings.CountBy(rating => rating.Item)
            .Sum(row => 2 * Math.Sqrt(row.Value) * items.Factors.ToDouble()[row.Key].Sum(value => value * value));
        double expected = naive.Loss(Ratings, users.Factors.ToDouble(), items.Factors.ToDouble());
        (losses.Sum(loss => loss.SquaredError + loss.Penalty) + itemPenalty).ShouldBe(expected, 1e-4 * expected);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_half_iteration_never_raises_the_loss(ImplicitMethod method)
    {
        foreach (float regularization in (float[])[0.1f, 1, 20])
        {
            ImplicitAlsOptions options = new() { Rank = 12, Regularization = regularization, Method = method, BlockSize = 5, Steps = 2 };
            List<double> losses = [];
            PlainTraining.Alternate("als-implicit", new ImplicitAlsSolver(options), ByUser, 12, losses.Add);

            losses.Zip(losses.Skip(1)).ShouldAllBe(step => step.Second <= step.First * (1 + 1e-5));
            losses[^1].ShouldBeLessThan(losses[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Counts_of_plays_up_to_a_hundred_thousand_never_raise_the_loss_either(ImplicitMethod method)
    {
        // Confidences from 1 to 1e8 in one row: more than float32 holds apart, so that sums of them no longer tell what is left of the loss.
        RatingMatrix plays = RatingLists.Draw(40, 30, 0.4, (user, item) => (int)Math.Pow(10, (user * 7 + item * 3) % 6)).ToMatrix(40, 30);
        ImplicitAlsOptions options = new() { Rank = 16, Regularization = 0.001f, Alpha = 1000, Method = method };
        List<double> losses = [];
        FactorModel model = PlainTraining.Alternate("als-implicit", new ImplicitAlsSolver(options), plays, 40, losses.Add);

        losses.Zip(losses.Skip(1)).ShouldAllBe(step => step.Second <= step.First * (1 + 1e-6));
        double penalty = 0.001 * (model.UserFactors!.ToDouble().Sum(row => row.Sum(value => value * value)) + model.ItemFactors!.ToDouble().Sum(row => row.Sum(value => value * value)));
        double error = Enumerable.Range(0, 40).Sum(user => Enumerable.Range(0, 30).Sum(item => ErrorOf(model, plays, 1000, user, item)));
        losses[^1].ShouldBe(error + penalty, 1e-3 * losses[^1]);
    }

    private static double ErrorOf(FactorModel model, RatingMatrix plays, double alpha, int user, int item)
    {
        int at = plays.RowColumns(user).BinarySearch(item);
        double confidence = 1 + (at < 0 ? 0 : alpha * plays.RowValues(user)[at]);
        double score = model.UserFactors!.ToDouble()[user].Zip(model.ItemFactors!.ToDouble()[item]).Sum(pair => pair.First * pair.Second);
        return confidence * Math.Pow((at < 0 ? 0 : 1) - score, 2);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_rating_of_zero_is_no_preference_and_counts_as_if_it_were_not_there(ImplicitMethod method)
    {
        List<Rating> zeros = [.. Ratings.Select(rating => rating with { Value = rating.Item % 4 == 0 ? 0 : rating.Value })];
        RatingMatrix with = zeros.ToMatrix(Users, Items), without = zeros.Where(rating => rating.Value > 0).ToList().ToMatrix(Users, Items);
        ImplicitAlsOptions options = new() { Rank = 8, Method = method };
        List<double> losses = [], expected = [];

        PlainTraining.Alternate("als-implicit", new ImplicitAlsSolver(options), with, 3, losses.Add);
        PlainTraining.Alternate("als-implicit", new ImplicitAlsSolver(options), without, 3, expected.Add);

        // Rows that zeros alone make no longer empty are solved to zero.
        losses.Zip(expected).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * pair.Second);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Planted_groups_of_users_and_items_are_recovered(ImplicitMethod method)
    {
        // Three groups; everyone took to two thirds of the own group's items.
        List<Rating> ratings = RatingLists.Draw(90, 60, 0.66, (_, _) => 1).Where(rating => rating.User % 3 == rating.Item % 3).ToList();
        ImplicitAlsOptions options = new() { Rank = 3, Regularization = 0.1f, Alpha = 5, Method = method, BlockSize = 2 };
        FactorModel model = PlainTraining.Alternate("als-implicit", new ImplicitAlsSolver(options), ratings.ToMatrix(90, 60), 20);
        for (int user = 0; user < 90; user++)
        {
            double[] scores = [.. Enumerable.Range(0, 60).Select(item => FactorScore.Unclipped(model, user, item, Answer.Known))];
            scores.Where((_, item) => item % 3 == user % 3).Min().ShouldBeGreaterThan(0.6);
            scores.Where((_, item) => item % 3 != user % 3).Max().ShouldBeLessThan(0.2);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void However_the_sides_are_cut_the_bits_are_the_same(ImplicitMethod method)
    {
        ImplicitAlsOptions options = new() { Rank = 20, Method = method, BlockSize = 16 };
        ImplicitAlsSolver solver = new(options);
        FactorSide items = Side(Items, 20);
        FactorSide before = Side(Users, 20);
        FactorSide whole = Solve(options, Models.Side.User, ByUser, items, before).Side;
        FactorSide cut = FactorSide.Zeros(Users, 20);
        foreach ((int from, int to) in ((int, int)[])[(0, 4), (4, 21), (21, Users)])
        {
            FactorSide part = FactorSide.Zeros(to - from, 20);
            RowRound round = solver.RoundOf(Models.Side.User, ByUser.Rows(from, to), items, before.Copy(from, to), RatingUnits.None, 1) with { Other = items.Cut(0, 9, 10, Items) };
            solver.CreateWorker().SolveRows(round, 0, to - from, part.Factors, part.Biases, new RowLoss[to - from]);
            part.Factors.Values.CopyTo(cut.Factors.Values[(from * cut.Factors.Stride)..]);
        }

        cut.Bits.ShouldBe(whole.Bits);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_row_without_interactions_gets_zeros(ImplicitMethod method)
    {
        RatingMatrix ratings = new List<Rating> { new(0, 2, 4), new(2, 0, 1) }.ToMatrix(3, 3);
        (FactorSide users, RowLoss[] losses) = Solve(new ImplicitAlsOptions { Rank = 6, Method = method }, Models.Side.User, ratings, Side(3, 6), Side(3, 6));
        users.Factors.Row(1).ContainsAnyExcept(0f).ShouldBeFalse();
        losses[1].ShouldBe(default);
        users.Factors.Row(0).ContainsAnyExcept(0f).ShouldBeTrue();
    }

    [Theory]
    [InlineData(ImplicitMethod.ConjugateGradient)]
    [InlineData(ImplicitMethod.Blocks)]
    public void Rows_of_more_interactions_than_are_copied_are_solved_as_well(ImplicitMethod method)
    {
        const int Rank = 100;
        int columns = GatheredRow.CapacityFor(Rank) + 300;
        RatingMatrix ratings = Enumerable.Range(0, columns).Select(item => new Rating(0, item, 1 + item % 3)).ToList().ToMatrix(1, columns);
        ImplicitAlsOptions options = new() { Rank = Rank };
        FactorSide items = Side(columns, Rank);
        FactorSide exact = Solve(options, Models.Side.User, ratings, items).Side;
        FactorSide found = Solve(options with { Method = method, Steps = 60 }, Models.Side.User, ratings, items, Side(1, Rank)).Side;
        ShouldAgree(found, exact.Factors.ToDouble(), 1e-3);
    }

    [Fact]
    public void Rows_with_a_singular_equation_get_the_smallest_ridge_and_are_counted()
    {
        // 28 items span less than 40 dimensions.
        ImplicitAlsSolver solver = new(new ImplicitAlsOptions { Rank = 40, Regularization = 0 });
        FactorSide users = FactorSide.Zeros(Users, 40);
        int singular = solver.CreateWorker().SolveRows(
            solver.RoundOf(Models.Side.User, ByUser, Side(Items, 40), users, RatingUnits.None, 1), 0, Users, users.Factors, users.Biases, new RowLoss[Users]);
        singular.ShouldBe(Users);
        users.Bits.ShouldAllBe(value => float.IsFinite(value));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Nothing_is_allocated_for_a_row(ImplicitMethod method)
    {
        ImplicitAlsSolver solver = new(new ImplicitAlsOptions { Rank = 20, Method = method, BlockSize = 16 });
        FactorSide users = Side(Users, 20);
        RowRound round = solver.RoundOf(Models.Side.User, ByUser, Side(Items, 20), users, RatingUnits.None, 1);
        IRowWorker worker = solver.CreateWorker();
        RowLoss[] losses = new RowLoss[Users];
        AllocatedBytes.Least(() => worker.SolveRows(round, 0, Users, users.Factors, users.Biases, losses)).ShouldBe(0);
    }

    private static NaiveImplicitAls Naive(ImplicitAlsOptions options) =>
        new(options.Rank, options.Regularization, options.RegularizationExponent, rating => options.ConfidenceGiven ? rating - 1 : options.Alpha * rating);

    private static FactorSide Side(int rows, int rank)
    {
        FactorSide side = FactorSide.Random(rows, rank);
        Array.Clear(side.Biases);
        return side;
    }

    private static (FactorSide Side, RowLoss[] Losses) Solve(
        ImplicitAlsOptions options, Side side, RatingMatrix ratings, FactorSide other, FactorSide? own = null)
    {
        ImplicitAlsSolver solver = new(options);
        FactorSide target = FactorSide.Zeros(ratings.RowCount, options.Rank);
        RowLoss[] losses = new RowLoss[ratings.RowCount];
        RowRound round = solver.RoundOf(side, ratings, other, own ?? target, RatingUnits.None, 1);
        solver.CreateWorker().SolveRows(round, 0, ratings.RowCount, target.Factors, target.Biases, losses).ShouldBe(0);
        return (target, losses);
    }

    private static void ShouldAgree(FactorSide found, double[][] expected, double tolerance)
    {
        for (int row = 0; row < expected.Length; row++)
        {
            RatingLists.Distance(found.Factors.ToDouble()[row], expected[row]).ShouldBeLessThan(tolerance, $"row {row}");
        }
    }
}
