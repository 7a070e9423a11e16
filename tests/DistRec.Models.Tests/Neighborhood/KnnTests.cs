using DistRec.Models.FoldIn;
using DistRec.Models.Neighborhood;
using DistRec.Models.Tests.FoldIn;

namespace DistRec.Models.Tests.Neighborhood;

public sealed class KnnContractTests : ModelContract
{
    protected override bool HasRandomness => false;

    protected override Trained Train(RatingMatrix ratings, ulong seed) => Trained.Of(PlainTraining.Knn(new KnnOptions { Shrinkage = 10, ListLength = 60 }, ratings), ratings);
}

public sealed class KnnInterpolatedContractTests : ModelContract
{
    protected override bool HasRandomness => false;

    protected override Trained Train(RatingMatrix ratings, ulong seed) =>
        Trained.Of(PlainTraining.Knn(new KnnOptions { Form = NeighborForm.Interpolation, Shrinkage = 10, ListLength = 60, ProductShrinkage = 5 }, ratings), ratings);
}

public sealed class KnnTests
{
    private const int Users = 60;
    private const int Items = 40;

    private static readonly List<Rating> Ratings = RatingLists.Draw(Users, Items, 0.4, (user, item) => Math.Clamp(RatingLists.Planted(2)(user, item), 1, 5));
    private static readonly RatingMatrix Matrix = Ratings.ToMatrix(Users, Items);

    public static TheoryData<string> Kinds => [ModelKinds.Knn, ModelKinds.KnnInterpolated, ModelKinds.Neighborhood, ModelKinds.Integrated];

    [Fact]
    public void Predictions_are_those_of_the_definition()
    {
        KnnOptions options = new() { Neighbors = 3, ListLength = 12, Shrinkage = 10 };
        FactorModel model = PlainTraining.Knn(options, Matrix);
        SavedModel saved = FoldInModels.Save(model, Matrix, new("neighbors", 3), new("listLength", 12), new("shrinkage", 10f));
        NaiveKnn naive = new(Ratings, (user, item) => model.Units.RatingOf((double)model.UserBiases[user] + model.ItemBiases[item]))
        {
            Damping = options.Damping, Neighbors = 3, Shrinkage = 10,
        };
        Predictor predictor = new(saved);
        for (int item = 0; item < Items; item++)
        {
            float[] list = model.Neighbors!.Lists.Row(item).ToArray();
            (int, double)[] own = [.. Enumerable.Range(0, 12).Where(place => list[place] >= 0).Select(place => ((int)list[place], (double)list[model.Neighbors.Shape.WeightsStart + place]))];
            for (int user = 0; user < Users; user++)
            {
                double expected = naive.Predict(user, item, own);
                predictor.Predict(user, item).Value.ShouldBe((float)Math.Clamp(expected, model.Scale.Minimum, model.Scale.Maximum), 1e-4f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Held_out_ratings_are_judged_by_the_answers_that_users_get(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        Predictor predictor = new(saved);
        List<Rating> heldOut = RatingLists.Noise(Users, Items, 0.2, seed: 4);
        ErrorSums errors = saved.Model.Errors(heldOut.ToMatrix(Users, Items), Matrix);

        double expected = Math.Sqrt(heldOut.Average(one => Math.Pow((float)one.Value - predictor.Predict(one.User, one.Item).Value, 2)));
        (saved.Model.Unit * errors.Rmse).ShouldBe(expected, 1e-5 * expected);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_comes_back_from_its_folder_with_the_same_answers_and_lists_change_its_hash(string kind)
    {
        using TemporaryFolder folder = new();
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        ModelFolder.Save(folder["model"], saved);

        SavedModel again = ModelFolder.Load(folder["model"]);
        again.Model.Neighbors!.Shape.ShouldBe(saved.Model.Neighbors!.Shape);
        again.Model.Neighbors.Lists.Values.ToArray().ShouldBe(saved.Model.Neighbors.Lists.Values.ToArray());
        new Predictor(again).Predict(7, 11).ShouldBe(new Predictor(saved).Predict(7, 11));
        string before = ModelHash.Compute(again.Model);
        again.Model.Neighbors.Lists.Row(3)[again.Model.Neighbors.Shape.WeightsStart] += 0.5f;
        ModelHash.Compute(again.Model).ShouldNotBe(before);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parts_of_an_explanation_add_up_to_the_answer(string kind)
    {
        SavedModel saved = FoldInModels.Train(kind, Matrix);
        Explanation why = new Explainer(saved).Explain("7", "11", 5);

        why.Method.ShouldBe(ContributionMethod.Neighbors);
        why.Contributions.Select(one => one.Item).Except(Matrix.RowColumns(7).ToArray()).ShouldBeEmpty();
        why.Contributions.Select(one => one.Item).ShouldBeUnique();
        (why.GlobalMean + why.UserBias + why.ItemBias + why.Contributions.Sum(one => one.Value) + why.OtherContributions + why.Residual).ShouldBe(why.Unclipped, 1e-5);
        if (kind != ModelKinds.Integrated)
        {
            why.Residual.ShouldBe(0, 1e-9);
        }

        why.Unclipped.ShouldBe(FactorScore.Unclipped(saved.Model, 7, 11, Answer.Known, RatedItems.Of(saved.Model, Matrix, 7)), 1e-5);
    }

    [Fact]
    public void An_item_that_was_folded_in_answers_as_the_item_that_training_would_have_made()
    {
        // Item 5 once among the others, and once taken in behind them.
        SavedModel whole = FoldInModels.Train(ModelKinds.Knn, Matrix);
        RatingMatrix byItem = Matrix.TransposeColumns(0, Items);
        FoldedItem folded = new ItemFoldIn(whole).Fit(byItem.RowColumns(5), byItem.RowValues(5));
        Predictor predictor = new(whole);

        folded.Neighbors.Span[0].ShouldBe(5);
        for (int user = 0; user < Users; user++)
        {
            // Who has rated it would be answered by that very rating.
            if (!Matrix.RowColumns(user).Contains(5))
            {
                predictor.Predict(user, folded).Value.ShouldBe(predictor.Predict(user, 5).Value, 0.05f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_item_that_was_folded_into_a_model_without_its_ratings_answers_by_the_rest(string kind)
    {
        SavedModel whole = FoldInModels.Train(kind, Matrix);
        KeyValuePair<string, object?>[] options = [.. whole.Description.Options.Select(option => new KeyValuePair<string, object?>(option.Key, option.Value))];
        SavedModel bare = FoldInModels.Save(whole.Model, null, options);

        FoldedItem folded = new ItemFoldIn(bare).Fit([1, 2, 3], [5, 4, 5]);
        folded.Neighbors.IsEmpty.ShouldBeTrue();
        new Predictor(bare).Predict(4, folded).Value.ShouldBeInRange(1, 5);
    }

    [Fact]
    public void Items_like_one_are_those_of_its_list()
    {
        SavedModel saved = FoldInModels.Train(ModelKinds.Knn, Matrix);
        SimilarRows similar = new(saved, Side.Item);
        float[] list = saved.Model.Neighbors!.Lists.Row(4).ToArray();

        similar.Find("4", 3).Select(other => (other.Row, (float)other.Similarity))
            .ShouldBe(Enumerable.Range(0, 3).Select(place => ((int)list[place], list[saved.Model.Neighbors.Shape.WeightsStart + place])));
        Should.Throw<InputException>(() => new SimilarRows(saved, Side.User)).Message.ShouldContain("a model with user factors");
    }

    [Fact]
    public void A_list_that_names_an_item_there_is_not_is_refused()
    {
        using TemporaryFolder folder = new();
        FactorModel model = FoldInModels.Train(ModelKinds.Knn, Matrix).Model;
        model.Neighbors!.Lists.Row(2)[1] = Items;
        ModelFolder.Save(folder["model"], FoldInModels.Save(model, Matrix, new("neighbors", 10), new("listLength", 40), new("shrinkage", 10f)));

        Should.Throw<InputException>(() => ModelFolder.Load(folder["model"])).Message.ShouldContain($"neighborItems[2, 1]: expected an item below {Items}, or -1, found {Items}");
    }
}
