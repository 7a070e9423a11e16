using DistRec.Models.Bayesian;

namespace DistRec.Models.Tests.Bayesian;

public sealed class BpmfKernelTests
{
    private const int Users = 12;
    private const int Items = 28;
    private const float Mean = 3;

    private static readonly List<Rating> Ratings = RatingLists.Noise(Users, Items, 0.4);
    private static readonly RatingMatrix ByUser = Ratings.ToMatrix(Users, Items);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(40)]
    public void Rows_are_drawn_around_the_posterior_mean_of_the_definition(int rank)
    {
        BpmfOptions options = new() { Rank = rank, Precision = 1.7f, BurnIn = 0 };
        (FactorSide users, NormalPrior prior, double[][] q, _) = Draw(options, 1);
        for (int user = 0; user < Users; user++)
        {
            (double[] mean, _) = Posterior(user, prior, q, options);
            double[] found = [.. users.Factors.Row(user).Slice(BpmfTables.MeansOf(rank).First, rank).ToArray().Select(value => (double)value)];
            RatingLists.Distance(found, mean).ShouldBeLessThan(2e-4, $"user {user}");
        }
    }

    [Fact]
    public void Draws_of_many_epochs_have_the_covariance_of_the_posterior()
    {
        const int Rank = 3, Epochs = 4000;
        BpmfOptions options = new() { Rank = Rank, Precision = 1.7f, BurnIn = 0 };

        // The prior is drawn anew in every epoch: what is drawn of a row is compared around its own posterior, whitened.
        double[,] whitened = new double[Rank, Rank];
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            (FactorSide users, NormalPrior prior, double[][] q, _) = Draw(options, epoch, 0, 1);
            (double[] mean, double[,] covariance) = Posterior(0, prior, q, options);
            double[,] upper = NaiveCholesky.Factor(Invert(covariance))!;
            double[] error = [.. users.Factors.Row(0)[..Rank].ToArray().Select((value, j) => value - mean[j])];
            double[] z = [.. Enumerable.Range(0, Rank).Select(i => Enumerable.Range(i, Rank - i).Sum(j => upper[i, j] * error[j]))];
            for (int i = 0; i < Rank; i++)
            {
                for (int j = 0; j < Rank; j++)
                {
                    whitened[i, j] += z[i] * z[j] / Epochs;
                }
            }
        }

        for (int i = 0; i < Rank; i++)
        {
            for (int j = 0; j < Rank; j++)
            {
                whitened[i, j].ShouldBe(i == j ? 1 : 0, 5 * Math.Sqrt(2.0 / Epochs));
            }
        }
    }

    [Fact]
    public void However_rows_are_cut_their_draws_are_the_same()
    {
        BpmfOptions options = new() { Rank = 20, BurnIn = 0 };
        FactorSide whole = Draw(options, 3).Users;
        FactorSide part = Draw(options, 3, 4, 9).Users;
        part.Bits.ShouldBe(whole.Copy(4, 9).Bits);
    }

    [Fact]
    public void Another_epoch_and_another_seed_give_other_draws()
    {
        BpmfOptions options = new() { Rank = 4, BurnIn = 0 };
        Draw(options, 1).Users.Bits.ShouldNotBe(Draw(options, 2).Users.Bits);
        Draw(options, 1).Users.Bits.ShouldNotBe(Draw(options with { Seed = 7 }, 1).Users.Bits);
    }

    [Fact]
    public void Averages_begin_after_the_burn_in_and_are_those_of_all_draws_since()
    {
        BpmfOptions options = new() { Rank = 3, BurnIn = 2 };
        BpmfSolver solver = new(options);
        FactorSide users = FactorSide.Zeros(Users, solver.Rank);
        solver.Initialize(users.Factors, 0, Side.User);
        FactorSide items = ItemsOf(solver);
        double[] means = new double[3], squares = new double[3];
        for (int epoch = 1; epoch <= 6; epoch++)
        {
            FactorSide alone = Draw(options with { BurnIn = epoch }, epoch, 0, Users, users).Users;
            users = Draw(options, epoch, 0, Users, users, items).Users;
            for (int j = 0; j < 3 && epoch > 2; j++)
            {
                // Of this epoch alone, since its burn-in is not over.
                means[j] += alone.Factors.Row(5)[BpmfTables.MeansOf(3).First + j] / 4.0;
                squares[j] += Math.Pow(alone.Factors.Row(5)[j], 2) / 4;
            }
        }

        for (int j = 0; j < 3; j++)
        {
            ((double)users.Factors.Row(5)[BpmfTables.MeansOf(3).First + j]).ShouldBe(means[j], 1e-5);
            ((double)users.Factors.Row(5)[BpmfTables.SquaresOf(3).First + j]).ShouldBe(squares[j], 1e-5);
        }
    }

    [Fact]
    public void Reported_errors_are_those_at_the_posterior_means()
    {
        BpmfOptions options = new() { Rank = 5, BurnIn = 0 };
        (FactorSide users, _, double[][] q, RowLoss[] losses) = Draw(options, 1);
        for (int user = 0; user < Users; user++)
        {
            double[] mean = [.. users.Factors.Row(user).Slice(BpmfTables.MeansOf(5).First, 5).ToArray().Select(value => (double)value)];
            losses[user].SquaredError.ShouldBe(
                Ratings.Where(rating => rating.User == user).Sum(rating => Math.Pow(rating.Value - Mean - NaiveLeastSquares.Dot(mean, q[rating.Item]), 2)), 1e-3);
        }
    }

    [Fact]
    public void The_deviation_of_a_prediction_covers_noise_and_what_is_not_known_of_the_factors()
    {
        // A planted rank 2 with noise of 0.5: two of three ratings lie within one standard deviation, whatever the model is unsure of.
        Func<int, int, double> planted = RatingLists.Planted(2);
        List<Rating> all = RatingLists.Draw(80, 60, 0.5, (user, item) =>
            planted(user, item) + 0.5 * new EntityRandom(9, RandomPurpose.SyntheticRating, user, item).NextGaussian());
        List<Rating> held = [.. all.Where((_, index) => index % 5 == 0)];
        RatingMatrix train = all.Where((_, index) => index % 5 != 0).ToList().ToMatrix(80, 60);

        // The precision is that of targets: 1 over their noise's variance, 0.5² in ratings.
        float unit = RatingUnits.Of(RatingStatistics.Of(train)).Unit;
        BpmfSolver solver = new(new BpmfOptions { Rank = 4, Precision = 4 * unit * unit, BurnIn = 20 });
        FactorModel model = PlainTraining.Alternate("bpmf", solver, train, 120);
        double covered = held.Average(rating =>
        {
            double prediction = FactorScore.Unclipped(model, rating.User, rating.Item, Answer.Known);
            return Math.Abs(rating.Value - prediction) < model.Spread!.DeviationOf(model, rating.User, rating.Item) ? 1.0 : 0;
        });
        covered.ShouldBeInRange(0.6, 0.8);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_row()
    {
        BpmfSolver solver = new(new BpmfOptions { Rank = 20 });
        FactorSide users = FactorSide.Zeros(Users, solver.Rank);
        solver.Initialize(users.Factors, 0, Side.User);
        RowRound round = solver.RoundOf(Side.User, ByUser, ItemsOf(solver), users, new RatingUnits(Mean, 1), 1);
        IRowWorker worker = solver.CreateWorker();
        RowLoss[] losses = new RowLoss[Users];
        AllocatedBytes.Least(() => worker.SolveRows(round, 0, Users, users.Factors, users.Biases, losses)).ShouldBe(0);
    }

    private static FactorSide ItemsOf(BpmfSolver solver)
    {
        FactorSide items = FactorSide.Zeros(Items, solver.Rank);
        solver.Initialize(items.Factors, 0, Side.Item);
        return items;
    }

    private static (FactorSide Users, NormalPrior Prior, double[][] Items, RowLoss[] Losses) Draw(
        BpmfOptions options, int epoch, int from = 0, int to = Users, FactorSide? before = null, FactorSide? other = null)
    {
        BpmfSolver solver = new(options);
        FactorSide own = before ?? FactorSide.Zeros(Users, solver.Rank);
        if (before is null)
        {
            solver.Initialize(own.Factors, 0, Side.User);
        }

        FactorSide items = other ?? ItemsOf(solver);
        MomentSums moments = own.MomentsOf(options.Rank);
        RowRound round = new(Side.User, ByUser.Rows(from, to), items.Whole, new RatingUnits(Mean, 1))
        {
            Epoch = epoch,
            FirstRow = from,
            Previous = own.Copy(from, to).Factors,
            OwnMoments = moments,
        };
        FactorSide target = FactorSide.Zeros(to - from, solver.Rank);
        RowLoss[] losses = new RowLoss[to - from];
        solver.CreateWorker().SolveRows(round with { Shared = solver.Prepare(round) }, 0, to - from, target.Factors, target.Biases, losses);
        EntityRandom random = new(options.Seed, RandomPurpose.UserPrior, 0, epoch);
        NormalPrior prior = NormalWishart.After(moments, options.PriorStrength).Draw(ref random);
        double[][] q = [.. items.Factors.ToDouble().Select(row => row[..options.Rank])];
        return (target, prior, q, losses);
    }

    private static (double[] Mean, double[,] Covariance) Posterior(int user, NormalPrior prior, double[][] q, BpmfOptions options)
    {
        Rating[] own = [.. Ratings.Where(rating => rating.User == user)];
        return NaiveBpmf.Posterior(
            [.. own.Select(rating => q[rating.Item])], [.. own.Select(rating => (double)rating.Value - Mean)], prior.Mean, prior.Precision, options.Precision);
    }

    private static double[,] Invert(double[,] matrix)
    {
        int rank = matrix.GetLength(0);
        double[,] inverse = new double[rank, rank];
        for (int column = 0; column < rank; column++)
        {
            double[] unit = new double[rank];
            unit[column] = 1;
            double[] solved = NaiveCholesky.SolveSystem(matrix, unit);
            for (int row = 0; row < rank; row++)
            {
                inverse[row, column] = solved[row];
            }
        }

        return inverse;
    }
}
