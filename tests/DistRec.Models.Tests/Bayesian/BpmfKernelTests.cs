using DistRec.Models.Bayesian;

namespace DistRec.Models.Tests.Bayesian;

public sealed class BpmfKernelTests
{
    private const int Users = 12;
    private const int Items = 28;
    private const float Mean = 3;

    // Of rank 3, the bias's last.
    private static readonly int[] MeanColumns = [.. Enumerable.Range(BpmfTables.MeansOf(3).First, 3), BpmfTables.MeanBiasOf(3)];
    private static readonly int[] VarianceColumns = [.. Enumerable.Range(BpmfTables.VariancesOf(3).First, 3), BpmfTables.BiasVarianceOf(3)];

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
        Drawn drawn = Draw(options, 1);
        for (int user = 0; user < Users; user++)
        {
            (double[] mean, _) = Posterior(user, drawn, options);
            RatingLists.Distance(drawn.MeanOf(user), mean).ShouldBeLessThan(2e-4, $"user {user}");
            drawn.Users.Biases[user].ShouldBe((float)mean[rank], 1e-4f);
        }
    }

    [Fact]
    public void Draws_of_many_epochs_have_the_covariance_of_the_posterior()
    {
        const int Rank = 3, Width = Rank + 1, Epochs = 4000;
        BpmfOptions options = new() { Rank = Rank, Precision = 1.7f, BurnIn = 0 };

        // The prior is drawn anew in every epoch: what is drawn of a row is compared around its own posterior, whitened.
        double[,] whitened = new double[Width, Width];
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            Drawn drawn = Draw(options, epoch, 0, 1);
            (double[] mean, double[,] covariance) = Posterior(0, drawn, options);
            double[,] upper = NaiveCholesky.Factor(Invert(covariance))!;
            ReadOnlySpan<float> row = drawn.Users.Factors.Row(0);
            double[] error = [.. row[..Rank].ToArray().Append(row[BpmfTables.DrawnBiasOf(Rank)]).Select((value, j) => value - mean[j])];
            double[] z = [.. Enumerable.Range(0, Width).Select(i => Enumerable.Range(i, Width - i).Sum(j => upper[i, j] * error[j]))];
            for (int i = 0; i < Width; i++)
            {
                for (int j = 0; j < Width; j++)
                {
                    whitened[i, j] += z[i] * z[j] / Epochs;
                }
            }
        }

        for (int i = 0; i < Width; i++)
        {
            for (int j = 0; j < Width; j++)
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
        double[] means = new double[4], variances = new double[4];
        for (int epoch = 1; epoch <= 6; epoch++)
        {
            FactorSide alone = Draw(options with { BurnIn = epoch }, epoch, 0, Users, users).Users;
            users = Draw(options, epoch, 0, Users, users, items).Users;
            for (int j = 0; j < 4 && epoch > 2; j++)
            {
                // Of this epoch alone, since its burn-in is not over.
                means[j] += alone.Factors.Row(5)[MeanColumns[j]] / 4.0;
                variances[j] += alone.Factors.Row(5)[VarianceColumns[j]] / 4.0;
            }
        }

        for (int j = 0; j < 4; j++)
        {
            ((double)users.Factors.Row(5)[MeanColumns[j]]).ShouldBe(means[j], 1e-5);
            ((double)users.Factors.Row(5)[VarianceColumns[j]]).ShouldBe(variances[j], 1e-5);
        }

        users.Biases[5].ShouldBe(users.Factors.Row(5)[BpmfTables.MeanBiasOf(3)]);
    }

    [Fact]
    public void Reported_errors_are_those_at_the_posterior_means()
    {
        BpmfOptions options = new() { Rank = 5, BurnIn = 0 };
        Drawn drawn = Draw(options, 1);
        for (int user = 0; user < Users; user++)
        {
            double[] mean = [.. drawn.MeanOf(user), drawn.Users.Biases[user]];
            drawn.Losses[user].SquaredError.ShouldBe(
                Ratings.Where(rating => rating.User == user).Sum(rating =>
                    Math.Pow(rating.Value - Mean - drawn.ItemBiases[rating.Item] - NaiveLeastSquares.Dot(mean, drawn.Items[rating.Item]), 2)), 1e-3);
        }
    }

    [Fact]
    public void Averages_of_many_epochs_predict_what_draws_do_in_the_mean()
    {
        // Draws wander through all p·T and q·T⁻ᵀ: averages of them as they came were the worse, the longer a run was.
        RatingMatrix ratings = RatingLists.Draw(60, 50, 0.4, (user, item) =>
            RatingLists.Planted(2)(user, item) + 0.6 * new EntityRandom(9, RandomPurpose.SyntheticRating, user, item).NextGaussian()).ToMatrix(60, 50);
        BpmfSolver solver = new(new BpmfOptions { Rank = 8, BurnIn = 20 });
        double[,] sampled = new double[60, 50];
        const int Epochs = 800;
        (FactorSide users, FactorSide items) = PlainTraining.Alternate(solver, ratings, Epochs, (epoch, users, items) =>
        {
            for (int user = 0; user < 60 && epoch > 20; user++)
            {
                for (int item = 0; item < 50; item++)
                {
                    ReadOnlySpan<float> p = users.Factors.Row(user), q = items.Factors.Row(item);
                    double sum = p[BpmfTables.DrawnBiasOf(8)] + q[BpmfTables.DrawnBiasOf(8)];
                    for (int j = 0; j < 8; j++)
                    {
                        sum += (double)p[j] * q[j];
                    }

                    sampled[user, item] += sum / (Epochs - 20);
                }
            }
        });
        double apart = 0, all = 0;
        for (int user = 0; user < 60; user++)
        {
            for (int item = 0; item < 50; item++)
            {
                TableSection means = solver.Score;
                double found = FactorSum.Of(
                    users.Biases[user], items.Biases[item], users.Factors.Row(user).Slice(means.First, 8), items.Factors.Row(item).Slice(means.First, 8));
                apart += Math.Pow(found - sampled[user, item], 2);
                all += Math.Pow(sampled[user, item], 2);
            }
        }

        (apart / all).ShouldBeLessThan(0.03);
    }

    [Fact]
    public void A_user_of_whom_nothing_is_known_is_answered_as_users_are_in_the_mean()
    {
        // A row of zeros, which is what a new user has, told the mean of all ratings, whatever the item was.
        RatingMatrix ratings = RatingLists.Draw(60, 50, 0.4, RatingLists.Planted(2)).ToMatrix(60, 50);
        BpmfSolver solver = new(new BpmfOptions { Rank = 4, BurnIn = 5 });
        (FactorSide users, FactorSide items) = PlainTraining.Alternate(solver, ratings, 30);
        FactorModel model = solver.Options.ToModel(new FactorModel(
            ModelKinds.Bpmf, 3, new RatingScale(-100, 100), users.Biases, items.Biases, users.Factors, items.Factors) { Unit = 2 });
        TableSection means = solver.Score;
        for (int item = 0; item < 50; item++)
        {
            double mean = 0;
            for (int user = 0; user < 60; user++)
            {
                double rating = 3 + 2 * FactorSum.Of(
                    users.Biases[user], items.Biases[item], users.Factors.Row(user).Slice(means.First, 4), items.Factors.Row(item).Slice(means.First, 4));
                FactorScore.Unclipped(model, user, item, Answer.Known).ShouldBe((float)rating, 1e-4f);
                mean += rating / 60;
            }

            FactorScore.Unclipped(model, 0, item, Answer.ColdUser).ShouldBe((float)mean, 1e-4f);
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
        covered.ShouldBeInRange(0.62, 0.75);
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

    private static Drawn Draw(
        BpmfOptions options, int epoch, int from = 0, int to = Users, FactorSide? before = null, FactorSide? other = null)
    {
        BpmfSolver solver = new(options);
        FactorSide own = before ?? FactorSide.Zeros(Users, solver.Rank);
        if (before is null)
        {
            solver.Initialize(own.Factors, 0, Side.User);
        }

        FactorSide items = other ?? ItemsOf(solver);
        MomentSums moments = own.MomentsOf(solver.MomentRank);
        RowRound round = new(Side.User, ByUser.Rows(from, to), items.Whole, new RatingUnits(Mean, 1))
        {
            Epoch = epoch,
            FirstRow = from,
            Previous = own.Copy(from, to).Factors,
            OwnMoments = moments,
            OtherMoments = items.MomentsOf(solver.MomentRank),
        };
        FactorSide target = FactorSide.Zeros(to - from, solver.Rank);
        RowLoss[] losses = new RowLoss[to - from];
        solver.CreateWorker().SolveRows(round with { Shared = solver.Prepare(round) }, 0, to - from, target.Factors, target.Biases, losses);
        EntityRandom random = new(options.Seed, RandomPurpose.UserPrior, 0, epoch);
        NormalPrior prior = NormalWishart
            .After(moments, BpmfTables.DrawsOf(options.Rank), options.PriorStrength, options.PriorVariance).Draw(ref random);
        double[][] all = items.Factors.ToDouble();
        return new Drawn(
            target, prior, [.. all.Select(row => (double[])[.. row[..options.Rank], 1])], [.. all.Select(row => row[BpmfTables.DrawnBiasOf(options.Rank)])],
            losses, new DrawBasis(moments, options.Rank));
    }

    private static (double[] Mean, double[,] Covariance) Posterior(int user, Drawn drawn, BpmfOptions options)
    {
        Rating[] own = [.. Ratings.Where(rating => rating.User == user)];
        return NaiveBpmf.Posterior(
            [.. own.Select(rating => drawn.Items[rating.Item])],
            [.. own.Select(rating => rating.Value - Mean - drawn.ItemBiases[rating.Item])],
            drawn.Prior.Mean, drawn.Prior.Precision, options.Precision);
    }

    /// <summary>What an epoch drew of users, and what from.</summary>
    /// <param name="Items">(q_i, 1).</param>
    private sealed record Drawn(
        FactorSide Users, NormalPrior Prior, double[][] Items, double[] ItemBiases, RowLoss[] Losses, DrawBasis Basis)
    {
        // In the basis of draws: with pT for p, p = pT (T⁻ᵀ)ᵀ.
        public double[] MeanOf(int user)
        {
            int rank = Basis.Users.Rank;
            float[] turned = Users.Factors.Row(user).Slice(BpmfTables.MeansOf(rank).First, rank).ToArray();
            return [.. Enumerable.Range(0, rank).Select(i => Enumerable.Range(0, rank).Sum(j => (double)turned[j] * Basis.Items.Row(i)[j]))];
        }
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
