using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.Feedback;
using DistRec.Models.ItemWeights;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;

namespace DistRec.Models.Tests;

/// <summary>Training as plain loops over the kernels, without partitions, threads or rounds.</summary>
internal static class PlainTraining
{
    /// <summary>Users are solved first, then items, as often as asked.</summary>
    public static FactorModel Alternate(string kind, IRowSolver solver, RatingMatrix ratings, int epochs, Action<double>? onLoss = null)
    {
        RatingStatistics statistics = RatingStatistics.Of(ratings);
        RatingUnits units = ModelKinds.IsImplicit(kind) ? RatingUnits.None : RatingUnits.Of(statistics);
        (FactorSide users, FactorSide items) = Alternate(solver, ratings, units, epochs, onLoss);
        if (ModelKinds.IsImplicit(kind))
        {
            return new FactorModel(kind, 0, new RatingScale(0, 1), users.Biases, items.Biases, users.Factors, items.Factors);
        }

        FactorModel model = Model(kind, units, statistics, users, items);
        return solver is BpmfSolver sampler ? BpmfTables.ToModel(model, sampler.Options) : model;
    }

    /// <summary>The tables as they are after so many epochs.</summary>
    public static (FactorSide Users, FactorSide Items) Alternate(
        IRowSolver solver, RatingMatrix ratings, int epochs, Action<int, FactorSide, FactorSide>? onEpoch = null) =>
        Alternate(solver, ratings, RatingUnits.Of(RatingStatistics.Of(ratings)), epochs, null, onEpoch);

    private static (FactorSide Users, FactorSide Items) Alternate(
        IRowSolver solver, RatingMatrix ratings, RatingUnits units, int epochs, Action<double>? onLoss, Action<int, FactorSide, FactorSide>? onEpoch = null)
    {
        RatingMatrix byItem = ratings.TransposeColumns(0, ratings.ColumnCount);
        FactorSide users = FactorSide.Zeros(ratings.RowCount, solver.Rank);
        FactorSide items = FactorSide.Zeros(ratings.ColumnCount, solver.Rank);
        solver.Initialize(users.Factors, 0, Side.User);
        solver.Initialize(items.Factors, 0, Side.Item);
        IRowWorker worker = solver.CreateWorker();
        RowLoss[] userLosses = new RowLoss[ratings.RowCount];
        RowLoss[] itemLosses = new RowLoss[ratings.ColumnCount];
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            Solve(Side.User, ratings, items, users, userLosses);
            if (epoch > 1)
            {
                onLoss?.Invoke(userLosses.Sum(loss => loss.SquaredError + loss.Penalty) + itemLosses.Sum(loss => loss.Penalty));
            }

            Solve(Side.Item, byItem, users, items, itemLosses);
            onLoss?.Invoke(itemLosses.Sum(loss => loss.SquaredError + loss.Penalty) + userLosses.Sum(loss => loss.Penalty));
            onEpoch?.Invoke(epoch, users, items);

            void Solve(Side side, RatingMatrix own, FactorSide other, FactorSide target, RowLoss[] losses)
            {
                RowRound round = solver.RoundOf(side, own, other, target, units, epoch);
                worker.SolveRows(round, 0, own.RowCount, target.Factors, target.Biases, losses);
            }
        }

        return (users, items);
    }

    /// <summary>What a solver is given in a round, with all that it asks for.</summary>
    public static RowRound RoundOf(this IRowSolver solver, Side side, RatingMatrix ratings, FactorSide other, FactorSide own, RatingUnits units, int epoch)
    {
        RowRound round = new(side, ratings, other.Whole, units)
        {
            Epoch = epoch,
            Previous = solver.Needs.HasFlag(RoundNeeds.OwnRows) ? own.Copy().Factors : null,
            OtherMoments = solver.Needs.HasFlag(RoundNeeds.OtherMoments) ? other.MomentsOf(solver.MomentRank) : null,
            OwnMoments = solver.Needs.HasFlag(RoundNeeds.OwnMoments) ? own.MomentsOf(solver.MomentRank) : null,
        };
        return round with { Shared = solver.Prepare(round) };
    }

    /// <summary>One block, visited row by row.</summary>
    public static FactorModel Descend(MfOptions options, RatingMatrix ratings, int epochs)
    {
        RatingStatistics statistics = RatingStatistics.Of(ratings);
        RatingUnits units = RatingUnits.Of(statistics);
        MfBlocks blocks = new(ratings, [0, ratings.ColumnCount]);
        FactorSide users = FactorSide.Zeros(ratings.RowCount, options.Rank);
        FactorSide items = FactorSide.Zeros(ratings.ColumnCount, options.Rank);
        InitialFactors.Draw(users.Factors, 0, options.InitialScale, options.Seed, RandomPurpose.UserFactors);
        InitialFactors.Draw(items.Factors, 0, options.InitialScale, options.Seed, RandomPurpose.ItemFactors);
        float rate = options.LearningRate;
        for (int epoch = 0; epoch < epochs; epoch++, rate *= options.LearningRateDecay)
        {
            MfStep step = new(units, rate, options.Biases ? rate : 0, options.Regularization, options.BiasRegularization);
            MfKernel.RunBlock(blocks, 0, step, users.Factors, users.Biases, items.Factors, items.Biases);
        }

        return Model("mf", units, statistics, users, items);
    }

    /// <summary>All users one after the other, as often as asked.</summary>
    public static FactorModel Descend(FeedbackOptions options, RatingMatrix ratings, int epochs)
    {
        RatingStatistics statistics = RatingStatistics.Of(ratings);
        RatingUnits units = RatingUnits.Of(statistics);
        FeedbackShape shape = FeedbackShape.Of(options);
        UserFeedback data = new(ratings);
        FactorSide users = FactorSide.Zeros(ratings.RowCount, shape.UserWidth);
        FactorSide items = FactorSide.Zeros(ratings.ColumnCount, shape.ItemWidth);
        InitialFactors.Draw(users.Factors, 0, options.InitialScale, options.Seed, RandomPurpose.UserFactors);
        FeedbackTables.DrawItems(options, items.Factors, 0);
        FindNeighbors(options.NeighborLists, ratings, units, items.Factors, shape.ListStart);
        double rate = options.FirstLearningRate;
        for (int epoch = 0; epoch < epochs; epoch++, rate *= options.LearningRateDecay)
        {
            FeedbackStep step = FeedbackStep.Of(options, units, rate);
            FeedbackKernel.RunUsers(shape, data, 0, ratings.RowCount, step, users.Factors, users.Biases, items.Factors, items.Biases);
        }

        FactorTable profiles = new(ratings.RowCount, shape.Rank);
        for (int user = 0; user < ratings.RowCount; user++)
        {
            FeedbackKernel.Describe(
                shape, ratings.RowColumns(user), ratings.RowValues(user), ratings.RowColumns(user), units, users.Biases[user],
                users.Factors.Row(user), items.Factors, items.Biases, profiles.Row(user));
        }

        return new FactorModel(
            FeedbackFactors.NameOf(options.Form), units.Mean, new RatingScale(statistics.Minimum, statistics.Maximum),
            users.Biases, items.Biases, shape.Rank == 0 ? null : profiles, shape.Rank == 0 ? null : FeedbackTables.PartOf(shape, [items.Factors], 0))
        {
            Unit = units.Unit,
            Feedback = FeedbackFactors.Of(shape, [items.Factors]),
            Neighbors = shape.Neighbors is { } lists ? NeighborTables.Of(lists, [items.Factors], shape.ListStart) : null,
        };
    }

    /// <summary>One worker that has all ratings, and takes each mini-batch's step at once.</summary>
    public static FactorModel Descend(NeuralOptions options, RatingMatrix ratings, int epochs)
    {
        RatingStatistics statistics = RatingStatistics.Of(ratings);
        RatingUnits units = RatingUnits.Of(statistics);
        NeuralShape shape = NeuralShape.Of(options);
        FactorSide users = FactorSide.Zeros(ratings.RowCount, shape.Width), items = FactorSide.Zeros(ratings.ColumnCount + shape.LayerRows, shape.Width);
        InitialFactors.Draw(users.Factors, 0, options.InitialScale, options.Seed, RandomPurpose.UserFactors, shape.Rank);
        NeuralTables.DrawItems(options, items.Factors, 0, ratings.ColumnCount);
        int[] userOf = [.. Enumerable.Range(0, ratings.RowCount).SelectMany(user => Enumerable.Repeat(user, ratings.RowLength(user)))];
        int batches = MiniBatches.CountFor(ratings.Count, options.BatchSize);
        MiniBatches dealt = new(ratings, 0, batches, options.Seed);
        NeuralBatch batch = new(shape);
        double[] userSums = new double[ratings.RowCount * shape.GradientWidth], itemSums = new double[items.Biases.Length * shape.GradientWidth];
        double rate = options.LearningRate;
        for (int epoch = 1; epoch <= epochs; epoch++, rate *= options.LearningRateDecay)
        {
            dealt.Deal(epoch);
            RowStep step = new(shape, options.Optimizer, rate);
            for (int number = 0; number < batches; number++)
            {
                NeuralPair[] pairs = [.. dealt.Of(number).ToArray().Select(at => new NeuralPair(userOf[at], ratings.Columns[at], units.TargetOf(ratings.Values[at])))];
                batch.Add(LayersOf(), pairs, (users.Factors, users.Biases), (items.Factors, items.Biases), userSums, itemSums);
                double[] weights = new double[shape.WeightRows * shape.Rank], biases = new double[(shape.LayerRows - shape.WeightRows) * shape.Rank];
                batch.CopyLayerSums(weights, biases);
                double[] ofLayers = [.. weights, .. biases];
                for (int row = 0; row < shape.LayerRows; row++)
                {
                    Span<double> sums = itemSums.AsSpan((ratings.ColumnCount + row) * shape.GradientWidth, shape.GradientWidth);
                    ofLayers.AsSpan(row * shape.Rank, shape.Rank).CopyTo(sums);
                    sums[^1] = pairs.Length;
                }

                Step(users, userSums, step, row => (options.Regularization, options.BiasRegularization));
                Step(items, itemSums, step, row => row < ratings.ColumnCount ? (options.Regularization, options.BiasRegularization)
                    : row < ratings.ColumnCount + shape.WeightRows ? (options.LayerRegularization, 0) : (0, 0));
            }
        }

        return NeuralTables.ToModel(options, new FactorModel(
            options.Kind, units.Mean, new RatingScale(statistics.Minimum, statistics.Maximum), users.Biases, items.Biases,
            new TableSection(0, shape.Rank).Of([users.Factors]), new TableSection(0, shape.Rank).Of([items.Factors])) { Unit = units.Unit });

        DenseLayers? LayersOf()
        {
            float[] numbers = [.. Enumerable.Range(ratings.ColumnCount, shape.LayerRows).SelectMany(row => items.Factors.Row(row)[..shape.Rank].ToArray())];
            return shape.Layers == 0 ? null : new DenseLayers(
                shape, numbers.AsSpan(0, shape.WeightCount), numbers.AsSpan(shape.WeightRows * shape.Rank, shape.BiasCount));
        }

        void Step(FactorSide side, double[] sums, RowStep step, Func<int, (float, float)> regularizationOf)
        {
            for (int row = 0; row < side.Biases.Length; row++)
            {
                Span<double> own = sums.AsSpan(row * shape.GradientWidth, shape.GradientWidth);
                if (own[^1] > 0)
                {
                    (float regularization, float ofBias) = regularizationOf(row);
                    step.Take(side.Factors.Row(row), ref side.Biases[row], own, regularization, ofBias);
                }

                own.Clear();
            }
        }
    }

    /// <summary>Lists of like items, and biases that are damped means.</summary>
    public static FactorModel Knn(KnnOptions options, RatingMatrix ratings)
    {
        RatingStatistics statistics = RatingStatistics.Of(ratings);
        RatingUnits units = RatingUnits.Of(statistics);
        NeighborShape shape = options.NeighborLists.Shape;
        FactorSide users = FactorSide.Zeros(ratings.RowCount, 0), items = FactorSide.Zeros(ratings.ColumnCount, shape.Width);
        float[] biases = FindNeighbors(options.NeighborLists, ratings, units, items.Factors, 0)!.Biases.Items;
        for (int user = 0; user < ratings.RowCount; user++)
        {
            users.Biases[user] = DampedBiases.OfRow(ratings.RowColumns(user), ratings.RowValues(user), biases, units, options.UserRegularization);
        }

        return new FactorModel(options.Kind, units.Mean, new RatingScale(statistics.Minimum, statistics.Maximum), users.Biases, biases, null, null)
        {
            Unit = units.Unit,
            Neighbors = NeighborTables.Of(shape, [items.Factors], 0),
        };
    }

    /// <summary>Lists of weights between items, and nothing else.</summary>
    public static FactorModel ItemWeights(ItemWeightOptions options, RatingMatrix ratings)
    {
        ListSettings settings = options.NeighborLists!;
        FactorTable lists = new(ratings.ColumnCount, settings.Shape.Width);
        settings.CreateSearch(ratings, RatingUnits.None).CreateFinder()
            .Find(ratings.TransposeColumns(0, ratings.ColumnCount), 0, ratings.ColumnCount, 0, lists, 0);
        return new FactorModel(
            options.Kind, 0, new RatingScale(float.MinValue, float.MaxValue), new float[ratings.RowCount], new float[ratings.ColumnCount], null, null)
        {
            Neighbors = new NeighborTables(settings.Shape, lists),
        };
    }

    private static NeighborSearch? FindNeighbors(NeighborSettings? settings, RatingMatrix ratings, RatingUnits units, FactorTable lists, int start)
    {
        if (settings is null)
        {
            return null;
        }

        NeighborSearch search = new(settings, ratings, units);
        search.Find(ratings.TransposeColumns(0, ratings.ColumnCount), 0, ratings.ColumnCount, 0, lists, start, search.CreateSums());
        return search;
    }

    /// <summary>Errors of a model on held-out ratings.</summary>
    /// <param name="model">The model.</param>
    /// <param name="heldOut">What to predict.</param>
    /// <param name="training">What lists of like items are looked through for; not asked of models without.</param>
    public static ErrorSums Errors(this FactorModel model, RatingMatrix heldOut, RatingMatrix? training = null)
    {
        FactorTable items = new(model.ItemBiases.Length, model.Rank + (model.Neighbors?.Shape.Width ?? 0));
        for (int item = 0; item < items.Rows; item++)
        {
            model.ItemFactors?.Row(item).CopyTo(items.Row(item));
            model.Neighbors?.Lists.Row(item).CopyTo(items.Row(item)[model.Rank..]);
        }

        PartitionedFactors side = new([0, items.Rows], [items], [model.ItemBiases]);
        return PartitionErrors.Compute(
            heldOut,
            model.UserFactors ?? new FactorTable(model.UserBiases.Length, 0),
            model.UserBiases,
            side,
            new TableSection(0, model.Rank),
            model.Units,
            model.Scale,
            0,
            heldOut.RowCount,
            model.Neighbors is null ? null : new HeldOutNeighbors(model.Neighbors.Shape, model.Rank, training!, model.Units, side),
            model.Layers);
    }

    private static FactorModel Model(string kind, RatingUnits units, RatingStatistics statistics, FactorSide users, FactorSide items) =>
        new(kind, units.Mean, new RatingScale(statistics.Minimum, statistics.Maximum), users.Biases, items.Biases, users.Factors, items.Factors)
        {
            Unit = units.Unit,
        };
}
