namespace DistRec.Models.Tests.FactorizationMachine;

/// <summary>Machines find what was planted, on rows that training never saw.</summary>
public sealed class FmRecoveryTests
{
    private const int Users = 40;
    private const int Items = 30;
    private const int Genres = 5;
    private const int Features = Users + Items + Genres;

    private static readonly FeatureSpace Space = new([new("user", 0, Users), new("item", Users, Items), new("genre", Users + Items, Genres)]);

    [Theory]
    [InlineData(FmLearner.Sgd, 2)]
    [InlineData(FmLearner.AdaGrad, 2)]
    [InlineData(FmLearner.AdaptiveSgd, 2)]
    [InlineData(FmLearner.Sgd, 3)]
    [InlineData(FmLearner.AdaGrad, 3)]
    public void A_planted_machine_is_recovered_from_its_targets(FmLearner learner, int order)
    {
        FmParameters planted = Planted(order);
        FeatureRows train = Targets(Rows(8000, 0), score => score, planted, order), heldOut = Targets(Rows(500, 1), score => score, planted, order);
        FmOptions options = new()
        {
            Rank = 3, Order = order, Learner = learner, InitialScale = 0.2f, Regularization = 0.0005f, WeightRegularization = 0.0005f,
            LearningRate = learner == FmLearner.AdaGrad ? 0.1f : 0.03f,
        };
        (FmShape shape, FmParameters parameters) = Train(options, train, heldOut, 80);

        double deviation = Math.Sqrt(heldOut.Targets.Average(target => Math.Pow(target - heldOut.Targets.Average(), 2)));
        Rmse(shape, parameters, heldOut).ShouldBeLessThan(0.1 * deviation);
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.AdaGrad)]
    public void Planted_classes_are_told_apart(FmLearner learner)
    {
        FmParameters planted = Planted(2);
        Func<double, double> label = score => score > 0 ? 1 : 0;
        FeatureRows train = Targets(Rows(8000, 0), label, planted, 2), heldOut = Targets(Rows(500, 1), label, planted, 2);
        FmOptions options = new() { Task = FmTask.Classification, Rank = 3, Learner = learner, InitialScale = 0.2f, Regularization = 0.001f, LearningRate = 0.05f };
        (FmShape shape, FmParameters parameters) = Train(options, train, heldOut, 50);

        Enumerable.Range(0, heldOut.Count)
            .Average(row => FmPredictor.Predict(shape, parameters, heldOut, row, FmLink.Logistic) > 0.5 == heldOut.Targets[row] > 0 ? 1.0 : 0.0)
            .ShouldBeGreaterThan(0.93);
    }

    [Theory]
    [InlineData(FmLearner.Sgd)]
    [InlineData(FmLearner.AdaGrad)]
    public void Planted_preferences_rank_what_was_not_seen(FmLearner learner)
    {
        // Weights alone say how much all like an item, of which nothing was planted.
        double popularity = AreaUnderCurve(learner, 0), machine = AreaUnderCurve(learner, 3);
        popularity.ShouldBeLessThan(0.55);
        machine.ShouldBeGreaterThan(0.65);
    }

    private static double AreaUnderCurve(FmLearner learner, int rank)
    {
        // Of each user the better half of items was observed, of that every fourth hidden from training.
        FmParameters planted = Planted(2);
        Array.Clear(planted.Weights);
        FmShape plantedShape = new(3, 2, FmLearner.Sgd, 0);
        FeatureRows grid = Grid();
        List<(int User, int Item)> seen = [], hidden = [], never = [];
        for (int user = 0; user < Users; user++)
        {
            int[] best = [.. Enumerable.Range(0, Items).OrderByDescending(item => FmPredictor.Predict(plantedShape, planted, grid, (user * Items) + item))];
            int[] liked = [.. best[..(Items / 2)].Order()];
            seen.AddRange(liked.Where((_, index) => index % 4 != 0).Select(item => (user, item)));
            hidden.AddRange(liked.Where((_, index) => index % 4 == 0).Select(item => (user, item)));
            never.AddRange(best[(Items / 2)..].Select(item => (user, item)));
        }

        FeatureRows observed = new(new float[seen.Count], grid.Blocks, [[.. seen.Select(pair => pair.User)], [.. seen.Select(pair => pair.Item)]]);
        int[] runs = [.. Enumerable.Range(0, Users + 1).Select(user => seen.Count(pair => pair.User < user))];
        FmOptions options = new() { Task = FmTask.Ranking, Rank = rank, Learner = learner, InitialScale = 0.1f, Regularization = 0.02f, LearningRate = 0.05f };
        FmShape shape = FmShape.Of(options);
        FmParameters parameters = Initial(options);
        for (int epoch = 0; epoch < 100; epoch++)
        {
            FmPairs pairs = FmPairs.Draw(1, observed.BlockRows[1], Items, runs, 42, epoch);
            FmKernel.RunPairs(shape, FmStep.Of(options, options.LearningRate), observed, 0, observed.Count, parameters, pairs);
        }

        double Score((int User, int Item) pair) => FmPredictor.Predict(shape, parameters, grid, (pair.User * Items) + pair.Item);
        return Enumerable.Range(0, Users).Average(user => hidden.Where(pair => pair.User == user)
            .Average(liked => never.Where(pair => pair.User == user).Average(other => Score(liked) > Score(other) ? 1.0 : 0.0)));
    }

    private static (FmShape Shape, FmParameters Parameters) Train(FmOptions options, FeatureRows train, FeatureRows heldOut, int epochs)
    {
        FmShape shape = FmShape.Of(options);
        FmParameters parameters = Initial(options);
        int[] groupOf = [.. Space.Groups.SelectMany((group, index) => Enumerable.Repeat(index, group.Count))];
        double rate = options.LearningRate;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            FmStep step = FmStep.Of(options, rate);
            double sum = options.Learner == FmLearner.AdaptiveSgd
                ? FmKernel.RunRows(shape, step, train, 0, train.Count, parameters, new FmHeldOut(heldOut, groupOf))
                : FmKernel.RunRows(shape, step, train, 0, train.Count, parameters);
            double.IsFinite(sum).ShouldBeTrue();
            rate *= 0.97;
        }

        return (shape, parameters);
    }

    private static FmParameters Initial(FmOptions options)
    {
        FmShape shape = FmShape.Of(options);
        int rows = shape.RowsFor(Features, Space.Groups.Count);
        FmParameters parameters = new(new FactorTable(rows, shape.Width), new float[rows], Features);
        FmTables.Initialize(shape, options, parameters.Factors, parameters.Weights, 0, Features, 0);
        return parameters;
    }

    private static FmParameters Planted(int order) => FmCase.RandomParameters(new FmShape(3, order, FmLearner.Sgd, 0), Features, 0, 0.6, 8);

    private static double Rmse(FmShape shape, FmParameters parameters, FeatureRows rows) => Math.Sqrt(Enumerable.Range(0, rows.Count)
        .Average(row => Math.Pow(FmPredictor.Predict(shape, parameters, rows, row) - rows.Targets[row], 2)));

    private static FeatureRows Targets(FeatureRows rows, Func<double, double> target, FmParameters planted, int order) => new(
        [.. Enumerable.Range(0, rows.Count).Select(row => (float)target(FmPredictor.Predict(new FmShape(3, order, FmLearner.Sgd, 0), planted, rows, row)))],
        rows.Blocks, rows.BlockRows);

    private static FeatureRows Rows(int count, int part)
    {
        EntityRandom random = new(9, RandomPurpose.SyntheticRating, part);
        int[] users = new int[count], items = new int[count];
        for (int row = 0; row < count; row++)
        {
            (users[row], items[row]) = (random.NextInt(Users), random.NextInt(Items));
        }

        return new FeatureRows(new float[count], Grid().Blocks, [users, items]);
    }

    // Every user with every item, which has two genres.
    private static FeatureRows Grid()
    {
        List<(int, float)>[] items = [.. Enumerable.Range(0, Items).Select(item =>
            new List<(int, float)> { (Users + item, 1), (Users + Items + (item % 2), 0.5f), (Users + Items + 2 + (item % 3), 0.5f) })];
        RelationBlock[] blocks =
            [new("user", RelationEntity.User, FmCase.OneHot(0, Users, Features)), new("item", RelationEntity.Item, FmCase.Matrix(items, Features))];
        int[] rows = [.. Enumerable.Range(0, Users * Items)];
        return new FeatureRows(new float[rows.Length], blocks, [[.. rows.Select(row => row / Items)], [.. rows.Select(row => row % Items)]]);
    }
}
