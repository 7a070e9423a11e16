using DistRec.Models.Nmf;

namespace DistRec.Models.Tests.Nmf;

public sealed class NmfKernelTests
{
    private const int Users = 35;
    private const int Items = 28;

    private static readonly List<Rating> Ratings = RatingLists.Draw(Users, Items, 0.4, (user, item) => 1 + (user * 7 + item * 3) % 5);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);

    [Theory]
    [InlineData(1, 0f)]
    [InlineData(3, 0.5f)]
    [InlineData(6, 1f)]
    [InlineData(8, 0.3f)]
    public void Enough_sweeps_end_at_the_best_non_negative_solution_and_report_its_loss(int rank, float exponent)
    {
        NmfOptions options = new() { Rank = rank, Regularization = 0.5f, BiasRegularization = 0.2f, RegularizationExponent = exponent, Sweeps = 2000 };
        FactorSide items = NonNegative(Items, rank);
        (FactorSide users, RowLoss[] losses) = Solve(options, items, NonNegative(Users, rank));
        double[][] q = items.Factors.ToDouble();
        for (int user = 0; user < Users; user++)
        {
            Rating[] own = [.. Ratings.Where(rating => rating.User == user)];
            double scale = Math.Pow(own.Length, exponent);
            double[][] x = [.. own.Select(rating => q[rating.Item])];
            double[] y = [.. own.Select(rating => rating.Value - items.Biases[rating.Item])];
            (double[] expected, double bias) = NaiveNmf.Solve(x, y, rank, 0.5 * scale, 0.2 * scale);
            users.Biases[user].ShouldBe((float)bias, 5e-3f, $"user {user}");
            RatingLists.Distance(users.Factors.ToDouble()[user], expected, 1e-2).ShouldBeLessThan(2e-3, $"user {user}");
            (losses[user].SquaredError + losses[user].Penalty).ShouldBe(
                NaiveNmf.Loss(x, y, (users.Factors.ToDouble()[user], users.Biases[user]), 0.5 * scale, 0.2 * scale), 1e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_half_iteration_never_raises_the_loss_and_no_factor_is_ever_negative(int sweeps)
    {
        foreach (float regularization in (float[])[0, 0.1f, 5])
        {
            List<double> losses = [];
            NmfSolver solver = new(new NmfOptions { Rank = 12, Regularization = regularization, Sweeps = sweeps });
            FactorModel model = PlainTraining.Alternate("nmf", solver, ByUser, 15, losses.Add);

            double rounding = 1e-5 * Ratings.Sum(rating => rating.Value * rating.Value);
            losses.Zip(losses.Skip(1)).ShouldAllBe(step => step.Second <= step.First + rounding);
            losses[^1].ShouldBeLessThan(losses[0]);
            model.UserFactors!.Values.ToArray().ShouldAllBe(value => value >= 0);
            model.ItemFactors!.Values.ToArray().ShouldAllBe(value => value >= 0);
        }
    }

    [Fact]
    public void A_planted_non_negative_matrix_of_rank_three_is_recovered_from_half_of_its_elements()
    {
        FactorSide users = NonNegative(150, 3), items = NonNegative(100, 3);
        double Planted(int user, int item) => NaiveLeastSquares.Dot(users.Factors.ToDouble()[user], items.Factors.ToDouble()[item]);
        double[][] p = users.Factors.ToDouble(), q = items.Factors.ToDouble();
        List<Rating> training = RatingLists.Draw(150, 100, 0.5, (user, item) => NaiveLeastSquares.Dot(p[user], q[item]));
        NmfOptions options = new() { Rank = 3, Regularization = 1e-4f, BiasRegularization = 1e-4f, RegularizationExponent = 0, Sweeps = 8 };
        FactorModel model = PlainTraining.Alternate("nmf", new NmfSolver(options), training.ToMatrix(150, 100), 200);

        double[][] foundUsers = model.UserFactors!.ToDouble(), foundItems = model.ItemFactors!.ToDouble();
        List<Rating> everything = RatingLists.Draw(150, 100, 1, (user, item) => NaiveLeastSquares.Dot(p[user], q[item]));
        double rmse = Math.Sqrt(everything.Average(rating => 
            Math.Pow(rating.Value - model.Units.RatingOf(model.UserBiases[rating.User] + model.ItemBiases[rating.Item] + NaiveLeastSquares.Dot(foundUsers[rating.User], foundItems[rating.Item])), 2)));
        rmse.ShouldBeLessThan(0.02 * Math.Sqrt(everything.Average(rating => rating.Value * rating.Value)));
        Planted(0, 0).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void However_the_sides_are_cut_the_bits_are_the_same()
    {
        NmfOptions options = new() { Rank = 20 };
        FactorSide items = NonNegative(Items, 20), before = NonNegative(Users, 20);
        FactorSide whole = Solve(options, items, before).Side;
        FactorSide part = FactorSide.Zeros(17, 20);
        RowRound round = new(Side.User, ByUser.Rows(4, 21), items.Cut(0, 9, 10, Items), RatingUnits.None) { Previous = before.Copy(4, 21).Factors };
        new NmfSolver(options).CreateWorker().SolveRows(round, 0, 17, part.Factors, part.Biases, new RowLoss[17]);
        part.Bits.ShouldBe(whole.Copy(4, 21).Bits);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        FactorSide items = NonNegative(Items, 20), users = NonNegative(Users, 20), target = FactorSide.Zeros(Users, 20);
        RowRound round = new(Side.User, ByUser, items.Whole, RatingUnits.None) { Previous = users.Factors };
        IRowWorker worker = new NmfSolver(new NmfOptions { Rank = 20 }).CreateWorker();
        RowLoss[] losses = new RowLoss[Users];
        AllocatedBytes.Least(() => worker.SolveRows(round, 0, Users, target.Factors, target.Biases, losses)).ShouldBe(0);
    }

    private static FactorSide NonNegative(int rows, int rank)
    {
        FactorSide side = FactorSide.Random(rows, rank);
        foreach (ref float value in side.Factors.Values)
        {
            value = Math.Abs(value);
        }

        return side;
    }

    private static (FactorSide Side, RowLoss[] Losses) Solve(NmfOptions options, FactorSide items, FactorSide before)
    {
        FactorSide target = FactorSide.Zeros(Users, options.Rank);
        RowLoss[] losses = new RowLoss[Users];
        RowRound round = new(Side.User, ByUser, items.Whole, RatingUnits.None) { Previous = before.Factors };
        new NmfSolver(options).CreateWorker().SolveRows(round, 0, Users, target.Factors, target.Biases, losses).ShouldBe(0);
        return (target, losses);
    }
}
