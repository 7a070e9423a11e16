namespace DistRec.Models.Tests.FactorizationMachine;

public sealed class FmCollapseTests
{
    public static TheoryData<FmLearner, int, int> Shapes => new()
    {
        { FmLearner.Sgd, 2, 0 }, { FmLearner.Sgd, 2, 1 }, { FmLearner.Sgd, 2, 17 }, { FmLearner.Sgd, 3, 5 }, { FmLearner.Sgd, 4, 16 }, { FmLearner.Sgd, 5, 20 },
        { FmLearner.AdaGrad, 2, 17 }, { FmLearner.AdaGrad, 3, 4 }, { FmLearner.AdaptiveSgd, 2, 5 }, { FmLearner.Als, 2, 5 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_factor_model_answers_as_the_machine_does(FmLearner learner, int order, int rank)
    {
        FmMachine machine = Machine(new FmShape(rank, order, learner, 0), FmLink.Identity);
        FeatureData data = Data();
        FactorModel model = FmCollapse.ToModel(ModelKinds.Fm, machine, data, new RatingScale(1, 5));

        model.UserBiases.Length.ShouldBe(FmCase.Users);
        model.ItemBiases.Length.ShouldBe(FmCase.Items);
        for (int row = 0; row < data.Train.Count; row++)
        {
            double expected = machine.Predict(data.Train, row);
            FactorScore.Unclipped(model, data.Train.BlockRows[0][row], data.Train.BlockRows[1][row], Answer.Known).ShouldBe(expected, 2e-5 * (1 + Math.Abs(expected)));
        }
    }

    [Theory]
    [InlineData(FmLink.Logistic)]
    [InlineData(FmLink.Probit)]
    public void Classification_answers_with_probabilities(FmLink link)
    {
        FmMachine machine = Machine(new FmShape(4, 2, FmLearner.Sgd, 0), link);
        FeatureData data = Data();
        FactorModel model = FmCollapse.ToModel(ModelKinds.Fm, machine, data, new RatingScale(1, 5));

        model.Scale.ShouldBe(new RatingScale(0, 1));
        model.IsImplicit.ShouldBeFalse();
        for (int row = 0; row < data.Train.Count; row++)
        {
            float answer = FactorScore.Clip(model, FactorScore.Unclipped(model, data.Train.BlockRows[0][row], data.Train.BlockRows[1][row], Answer.Known));
            answer.ShouldBe((float)machine.Predict(data.Train, row), 1e-4f);
            answer.ShouldBeInRange(0, 1);
        }
    }

    [Fact]
    public void Rankings_are_preferences()
    {
        FactorModel model = FmCollapse.ToModel(
            ModelKinds.Fm, Machine(new FmShape(4, 2, FmLearner.Sgd, 0), FmLinks.Of(new FmOptions { Task = FmTask.Ranking })), Data(), new RatingScale(0, 1));
        model.IsImplicit.ShouldBeTrue();
    }

    [Fact]
    public void Users_and_items_without_ratings_are_answered_by_their_features()
    {
        FmMachine machine = Machine(new FmShape(4, 2, FmLearner.Sgd, 0), FmLink.Identity);
        FeatureData data = Data();
        FactorModel model = FmCollapse.ToModel(ModelKinds.Fm, machine, data, new RatingScale(-100, 100));

        // Nobody but user 0 rated, and nothing but item 0.
        RatingMatrix ratings = RatingLists.ToMatrix([new Oracles.Rating(0, 0, 3)], FmCase.Users, FmCase.Items);
        SavedModel saved = new(
            model, new IdMap(Enumerable.Range(0, FmCase.Users).Select(user => $"u{user}")), new IdMap(Enumerable.Range(0, FmCase.Items).Select(item => $"i{item}")),
            [], ratings, TestModels.Describe(ModelKinds.Fm));
        Predictor predictor = new(saved);
        for (int row = 0; row < data.Train.Count; row++)
        {
            Prediction found = predictor.Predict(data.Train.BlockRows[0][row], data.Train.BlockRows[1][row]);
            found.Value.ShouldBe((float)machine.Predict(data.Train, row), 1e-4f);
        }

        predictor.Predict(2, 0).Answer.ShouldBe(Answer.ColdUser);
        predictor.Predict(-1, -1).Value.ShouldBe(model.GlobalMean);
        Recommendations recommended = new Recommender(saved).Recommend("u3", FmCase.Items);
        recommended.RankedBy.ShouldBe(RankedBy.Prediction);
        recommended.Items.Select(one => one.Score).ShouldBe(recommended.Items.Select(one => one.Score).OrderDescending());
        Explanation explained = new Explainer(saved).Explain("u3", "i4", 0);
        explained.Unclipped.ShouldBe(predictor.Predict(3, 4).Value, 1e-4);
    }

    [Fact]
    public void Features_of_single_rows_belong_to_neither_side()
    {
        FmCase one = new(new FmShape(4, 2, FmLearner.Sgd, 0));
        FeatureRows rows = new([1, 0], [new("rows", RelationEntity.Row, FmCase.OneHot(0, 2, FmCase.Features))], [[0, 1]]);
        FactorModel model = FmCollapse.ToModel(
            ModelKinds.Fm, new FmMachine(one.Shape, FmLink.Identity, one.Parameters, FmCase.Space), new FeatureData(FmCase.Space, rows, null, null), new RatingScale(0, 1));
        model.UserBiases.ShouldBeEmpty();
        model.ItemBiases.ShouldBeEmpty();
        model.GlobalMean.ShouldBe(one.Parameters.Weights[FmCase.Features]);
    }

    // Every user with every item, in the user's present context.
    private static FeatureData Data()
    {
        FeatureRows some = new FmCase(new FmShape(1, 2, FmLearner.Sgd, 0)).Rows;
        int[] present = [.. Enumerable.Range(0, FmCase.Users).Select(user => user % FmCase.Contexts)];
        int[] users = [.. Enumerable.Range(0, FmCase.Users * FmCase.Items).Select(row => row / FmCase.Items)];
        int[] items = [.. Enumerable.Range(0, FmCase.Users * FmCase.Items).Select(row => row % FmCase.Items)];
        FeatureRows rows = new(new float[users.Length], some.Blocks, [users, items, [.. users.Select(user => present[user])]]);
        return new FeatureData(FmCase.Space, rows, null, null) { Present = [null, null, present] };
    }

    private static FmMachine Machine(FmShape shape, FmLink link) =>
        new(shape, link, FmCase.RandomParameters(shape, FmCase.Features, FmCase.Groups, 0.3, 5), FmCase.Space);
}
