using DistRec.Models.MatrixFactorization;

namespace DistRec.Models.Tests.FactorizationMachine;

/// <summary>The models that a factorization machine becomes by its features ([R10], section V).</summary>
public sealed class FmAsOtherModelsTests
{
    private const int Users = 9;
    private const int Items = 11;
    private const int Rank = 20;

    [Fact]
    public void Users_and_items_are_matrix_factorization()
    {
        List<Rating> ratings = RatingLists.Noise(Users, Items, 0.5);
        FeatureRows rows = new(
            [.. ratings.Select(rating => (float)rating.Value)],
            [new("user", RelationEntity.User, FmCase.OneHot(0, Users, Users + Items)), new("item", RelationEntity.Item, FmCase.OneHot(Users, Items, Users + Items))],
            [[.. ratings.Select(rating => rating.User)], [.. ratings.Select(rating => rating.Item)]]);
        FmShape shape = new(Rank, 2, FmLearner.Sgd, 0);
        FmParameters machine = FmCase.RandomParameters(shape, Users + Items, 0, 0.3, 3);
        const float Mean = 3;
        FactorSide users = SideOf(machine, 0, Users), items = SideOf(machine, Users, Items);
        MfBlocks blocks = new(ratings.ToMatrix(Users, Items), [0, Items]);
        MfStep step = new(new RatingUnits(Mean, 1), 0.02f, 0.02f, 0.07f, 0.03f);
        for (int epoch = 0; epoch < 5; epoch++)
        {
            double expected = MfKernel.RunBlock(blocks, 0, step, users.Factors, users.Biases, items.Factors, items.Biases);
            double found = 0;
            for (int row = 0; row < rows.Count; row++)
            {
                // There μ stays where it is.
                machine.Weights[Users + Items] = Mean;
                found += FmKernel.RunRows(shape, new FmStep(FmLoss.Squared, 0.02f, 0.07f, 0.03f, 0), rows, row, row + 1, machine);
            }

            found.ShouldBe(expected, 1e-5 * expected);
        }

        machine.Weights[Users + Items] = Mean;
        for (int row = 0; row < rows.Count; row++)
        {
            (int user, int item) = (rows.BlockRows[0][row], rows.BlockRows[1][row]);
            double expected = Mean + users.Biases[user] + items.Biases[item] + FactorScore.Product(users.Factors.Row(user), items.Factors.Row(item));
            FmPredictor.Predict(shape, machine, rows, row).ShouldBe(expected, 1e-4);
        }
    }

    [Fact]
    public void Implicit_items_beside_the_user_are_svd_plus_plus()
    {
        // v_u and y_j, and then v_i.
        const int FirstItem = Users + Items;
        const int Features = FirstItem + Items;
        RatingMatrix feedback = RatingLists.Noise(Users, Items, 0.4).ToMatrix(Users, Items);
        List<(int, float)>[] ofUsers =
        [
            .. Enumerable.Range(0, Users).Select(user =>
                feedback.RowColumns(user).ToArray().Select(item => (Users + item, 1 / MathF.Sqrt(feedback.RowLength(user)))).Prepend((user, 1f)).ToList()),
        ];
        FeatureRows rows = new(
            [0], [new("user", RelationEntity.User, FmCase.Matrix(ofUsers, Features)), new("item", RelationEntity.Item, FmCase.OneHot(FirstItem, Items, Features))], [[0], [0]]);
        FmShape shape = new(Rank, 2, FmLearner.Sgd, 0);
        FmParameters parameters = FmCase.RandomParameters(shape, Features, 0, 0.3, 4);
        FeatureSpace space = new([new FeatureGroup("user", 0, Users), new FeatureGroup("implicit-items", Users, Items), new FeatureGroup("item", FirstItem, Items)]);
        FactorModel model = FmCollapse.ToModel(
            ModelKinds.Fm, new FmMachine(shape, FmLink.Identity, parameters, space), new FeatureData(space, rows, null, null), new RatingScale(1, 5));

        for (int user = 0; user < Users; user++)
        {
            int[] implicitItems = feedback.RowColumns(user).ToArray();
            double share = 1 / Math.Sqrt(implicitItems.Length);
            double[] profile = [.. Vector(user).Select((p, f) => p + (share * implicitItems.Sum(j => Vector(Users + j)[f])))];
            RatingLists.Distance(model.UserFactors!.Row(user).ToArray().Select(p => (double)p), profile).ShouldBeLessThan(1e-6);

            // What svd++ lacks: w_j, and the interactions of the user and of the implicit items among themselves ([R10], equation 11).
            double extra = share * implicitItems.Sum(j => parameters.Weights[Users + j] + Product(Vector(user), Vector(Users + j))
                + (share * implicitItems.Where(other => other > j).Sum(other => Product(Vector(Users + j), Vector(Users + other)))));
            for (int item = 0; item < Items; item++)
            {
                double expected = parameters.Weights[Features] + parameters.Weights[user] + parameters.Weights[FirstItem + item] + extra
                    + Product(profile, Vector(FirstItem + item));
                FactorScore.Unclipped(model, user, item, Answer.Known).ShouldBe(expected, 1e-5);
            }
        }

        double[] Vector(int feature) => [.. parameters.Factors.Row(feature)[..Rank].ToArray().Select(value => (double)value)];
    }

    [Fact]
    public void Tags_of_users_and_items_rank_as_pairwise_interaction_tensor_factorization()
    {
        const int Tags = 7;
        const int FirstTag = Users + Items;
        (FmShape shape, FmParameters parameters, FeatureRows rows) = Triples(Tags, FmCase.OneHot(FirstTag, Tags, FirstTag + Tags));
        for (int row = 0; row < rows.Count; row++)
        {
            // ⟨u, t⟩ + ⟨i, t⟩ + b_t: what user and item have in common cancels.
            (int user, int item, int tag) = (rows.BlockRows[0][row], rows.BlockRows[1][row], rows.BlockRows[2][row]);
            int other = (tag + 3) % Tags;
            double expected = Score(user, item, tag) - Score(user, item, other);
            double found = FmPredictor.Predict(shape, parameters, rows, row) - FmPredictor.Predict(shape, parameters, WithContext(rows, row, other), row);
            found.ShouldBe(expected, 1e-5);
        }

        double Score(int user, int item, int tag) =>
            parameters.Weights[FirstTag + tag] + Product(parameters, user, FirstTag + tag) + Product(parameters, Users + item, FirstTag + tag);
    }

    [Fact]
    public void The_last_basket_ranks_items_as_a_factorized_markov_chain()
    {
        const int FirstLast = Users + Items;
        int[][] baskets = [[0, 4, 9], [2], [1, 3], [5, 6, 7, 8]];
        RatingMatrix lastItems = FmCase.Matrix([.. baskets.Select(basket => basket.Select(item => (FirstLast + item, 1f / basket.Length)).ToList())], FirstLast + Items);
        (FmShape shape, FmParameters parameters, FeatureRows rows) = Triples(baskets.Length, lastItems);
        for (int row = 0; row < rows.Count; row++)
        {
            // ⟨u, i⟩ + 1/|B| Σ_{l∈B} ⟨i, l⟩ + b_i
            (int user, int item, int[] basket) = (rows.BlockRows[0][row], rows.BlockRows[1][row], baskets[rows.BlockRows[2][row]]);
            int other = (item + 5) % Items;
            FeatureRows changed = new(rows.Targets, rows.Blocks, [rows.BlockRows[0], [.. rows.BlockRows[1].Select(_ => other)], rows.BlockRows[2]]);
            double found = FmPredictor.Predict(shape, parameters, rows, row) - FmPredictor.Predict(shape, parameters, changed, row);
            found.ShouldBe(Score(user, item, basket) - Score(user, other, basket), 1e-5);
        }

        double Score(int user, int item, int[] basket) => parameters.Weights[Users + item] + Product(parameters, user, Users + item)
            + basket.Average(last => Product(parameters, Users + item, FirstLast + last));
    }

    // Random rows of a user, an item and a context.
    private static (FmShape Shape, FmParameters Parameters, FeatureRows Rows) Triples(int contexts, RatingMatrix context)
    {
        int features = context.ColumnCount;
        int[] rows = [.. Enumerable.Range(0, 60)];
        FeatureRows triples = new(
            new float[rows.Length],
            [
                new("user", RelationEntity.User, FmCase.OneHot(0, Users, features)), new("item", RelationEntity.Item, FmCase.OneHot(Users, Items, features)),
                new("context", RelationEntity.Context, context),
            ],
            [[.. rows.Select(row => row % Users)], [.. rows.Select(row => row * 7 % Items)], [.. rows.Select(row => row * 5 % contexts)]]);
        FmShape shape = new(Rank, 2, FmLearner.Sgd, 0);
        return (shape, FmCase.RandomParameters(shape, features, 0, 0.3, 5), triples);
    }

    private static FeatureRows WithContext(FeatureRows rows, int row, int context) =>
        new(rows.Targets, rows.Blocks, [rows.BlockRows[0], rows.BlockRows[1], [.. rows.BlockRows[2].Select((one, index) => index == row ? context : one)]]);

    private static FactorSide SideOf(FmParameters parameters, int first, int count)
    {
        FactorSide side = new(new FactorTable(count, Rank), parameters.Weights[first..(first + count)]);
        for (int row = 0; row < count; row++)
        {
            parameters.Factors.Row(first + row)[..Rank].CopyTo(side.Factors.Row(row));
        }

        return side;
    }

    private static double Product(FmParameters parameters, int one, int other) =>
        FactorScore.Product(parameters.Factors.Row(one)[..Rank], parameters.Factors.Row(other)[..Rank]);

    private static double Product(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
