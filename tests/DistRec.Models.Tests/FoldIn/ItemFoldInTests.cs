using DistRec.Models.Baseline;
using DistRec.Models.Feedback;
using DistRec.Models.FoldIn;
using DistRec.Models.ItemWeights;
using DistRec.Models.Neighborhood;

namespace DistRec.Models.Tests.FoldIn;

public sealed class ItemFoldInTests
{
    private const int Users = 120;
    private const int Items = 60;

    // The last user and the last item have no ratings.
    private static readonly RatingMatrix Ratings =
        RatingLists.Draw(Users - 1, Items - 1, 0.5, (user, item) => Math.Clamp(Math.Round(2 * RatingLists.Planted(2)(user, item)) / 2, 0.5, 5)).ToMatrix(Users, Items);

    private static readonly RatingMatrix ByItem = Ratings.TransposeColumns(0, Items);

    private static readonly Dictionary<string, SavedModel> Models = FoldInModels.Kinds.ToDictionary(kind => kind, kind => FoldInModels.Train(kind, Ratings));

    public static TheoryData<string> Kinds => [.. FoldInModels.Kinds];

    // Who has an item is told best by who has that very item.
    public static TheoryData<string> KindsWithoutEase => [.. FoldInModels.Kinds.Except([ModelKinds.Ease])];

    public static TheoryData<string> KindsOfTwoLikeSides => [.. FoldInModels.Kinds.Where(kind => FeedbackFactors.ShapeOf(kind, 1) is null && kind is not (ModelKinds.Knn or ModelKinds.KnnInterpolated or ModelKinds.TopPopular or ModelKinds.Mlp) && ModelCatalogue.Get(kind).Defaults is not ItemWeightOptions)];

    public static TheoryData<string> RowSolvers => [ModelKinds.Baseline, ModelKinds.Als, ModelKinds.ImplicitAls];

    // Training ends with the half-step of items.
    [Theory]
    [MemberData(nameof(RowSolvers))]
    public void Folding_an_item_in_by_its_training_ratings_has_the_bits_of_its_trained_row(string kind)
    {
        SavedModel saved = Models[kind];
        ItemFoldIn foldIn = new(saved);
        for (int item = 0; item < Items - 1; item++)
        {
            FoldedItem folded = foldIn.Fit(ByItem.RowColumns(item), ByItem.RowValues(item));
            folded.Bias.ShouldBe(saved.Model.ItemBiases[item]);
            folded.Factors.ToArray().ShouldBe(saved.Model.ItemFactors!.Row(item).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(KindsOfTwoLikeSides))]
    public void An_item_is_to_a_model_what_a_user_is_to_the_model_with_both_sides_exchanged(string kind)
    {
        SavedModel saved = Models[kind];
        FactorModel model = saved.Model;
        FactorModel exchanged = new(kind, model.GlobalMean, model.Scale, model.ItemBiases, model.UserBiases, model.ItemFactors, model.UserFactors)
        {
            Unit = model.Unit,
            Spread = model.Spread is { } spread ? new FactorSpread(spread.ItemVariances, spread.UserVariances, spread.NoiseVariance) : null,
        };
        float itemRegularization = ((BaselineOptions)ModelCatalogue.Get(ModelKinds.Baseline).Read(saved.Description.Options, 0)).ItemRegularization;
        SavedModel other = FoldInModels.Save(
            exchanged, ByItem,
            [.. saved.Description.Options.Select(option => new KeyValuePair<string, object?>(option.Key, option.Key == "userRegularization" ? itemRegularization : option.Value))]);
        FoldedItem item = new ItemFoldIn(saved).Fit([7, 3, 90], [5, 1, 4]);
        FoldedUser user = new UserFoldIn(other).Fit([7, 3, 90], [5, 1, 4]);
        item.Bias.ShouldBe(user.Bias);
        item.Factors.ToArray().ShouldBe(user.Factors.ToArray());
        (item.Variances?.ToArray() ?? []).ShouldBe(user.Variances?.ToArray() ?? []);
    }

    [Theory]
    [MemberData(nameof(KindsWithoutEase))]
    public void A_training_items_own_ratings_give_nearly_the_trained_items_predictions(string kind)
    {
        SavedModel saved = Models[kind];
        ItemFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        double apart = 0, own = 0;
        for (int item = 0; item < Items - 1; item++)
        {
            FoldedItem folded = foldIn.Fit(ByItem.RowColumns(item), ByItem.RowValues(item));
            for (int user = 0; user < Users - 1; user++)
            {
                if (saved.Model.Neighbors is not null && ByItem.RowColumns(item).Contains(user))
                {
                    // A new item is rated by nobody whom the model knows: nothing is more like this one than itself.
                    continue;
                }

                double trained = predictor.Predict(user, item).Value;
                apart += Math.Pow(predictor.Predict(user, folded).Value - trained, 2);
                own += Math.Pow(predictor.Predict(user, -1).Value - trained, 2);
            }
        }

        // Beside what makes the item's predictions differ from any item's.
        Math.Sqrt(apart / own).ShouldBeLessThan(kind is ModelKinds.Baseline or ModelKinds.Als or ModelKinds.ImplicitAls or ModelKinds.Nmf ? 0.02 : 0.25);
    }

    [Theory]
    [InlineData(ModelKinds.SvdPlusPlus)]
    [InlineData(ModelKinds.AsymmetricSvd)]
    [InlineData(ModelKinds.Nsvd)]
    public void An_item_of_a_feedback_model_descends_as_the_formula_says(string kind)
    {
        SavedModel saved = Models[kind];
        FactorModel model = saved.Model;
        var options = (FeedbackOptions)ModelCatalogue.Get(model.Kind).Read(saved.Description.Options, model.Rank);
        int[] users = [2, 5, 40, 77];
        float[] ratings = [5, 4, 1, 4.5f];
        double bias = 0;
        double[] q = new double[model.Rank];
        double rate = options.LearningRate, biasRate = options.BiasLearningRate;
        for (int epoch = 0; epoch < 30; epoch++, rate *= options.LearningRateDecay, biasRate *= options.LearningRateDecay)
        {
            for (int t = 0; t < users.Length; t++)
            {
                float[] p = model.UserFactors!.Row(users[t]).ToArray();
                double error = ((ratings[t] - model.GlobalMean) / model.Unit) - model.UserBiases[users[t]] - bias - q.Zip(p, (a, b) => a * b).Sum();
                bias += biasRate * (error - (options.BiasRegularization * bias));
                for (int f = 0; f < q.Length; f++)
                {
                    q[f] += rate * ((error * p[f]) - (options.Regularization * q[f]));
                }
            }
        }

        FoldedItem folded = new ItemFoldIn(saved).Fit(users, ratings);
        folded.Bias.ShouldBe((float)bias, 1e-4f);
        RatingLists.Distance(folded.Factors.ToArray().Select(factor => (double)factor), q).ShouldBeLessThan(1e-4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_user_who_was_folded_in_counts_as_one_that_was_trained(string kind)
    {
        // The last trained user, once as a row of the model and once beside a model that does not have it.
        SavedModel saved = Models[kind];
        FactorModel model = saved.Model;
        const int Kept = Users - 2;
        FactorModel without = new(
            kind, model.GlobalMean, model.Scale, model.UserBiases[..Kept], model.ItemBiases, model.UserFactors is null ? null : Copy(model.UserFactors, Kept), model.ItemFactors)
        {
            Unit = model.Unit,
            Feedback = model.Feedback,
            Layers = model.Layers,
            Spread = model.Spread is { } spread ? spread with { UserVariances = Copy(spread.UserVariances, Kept) } : null,
        };
        KeyValuePair<string, object?>[] options = [.. saved.Description.Options.Select(option => new KeyValuePair<string, object?>(option.Key, option.Value))];
        FoldedUser last = new(
            [], new RatingMatrix(Items, [0, 0], [], []), new RowFit(model.UserBiases[Kept], model.UserFactors?.Row(Kept).ToArray() ?? []));
        FoldedItem known = new ItemFoldIn(FoldInModels.Save(model, null, options)).Fit([7, Kept, 3], [5, 1, 4]);
        FoldedItem beside = new ItemFoldIn(FoldInModels.Save(without, null, options)).Fit([3, 7], [4, 5], (last, 1f));
        beside.Fitted.Columns.ShouldBe([3, 7, Kept]);
        beside.Users.ToArray().ShouldBe([3, 7]);

        // With als-implicit also in the sums over all users: the one that neither has is zero.
        beside.Bias.ShouldBe(known.Bias);
        beside.Factors.ToArray().ShouldBe(known.Factors.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_order_of_the_ratings_does_not_matter_and_users_without_training_ratings_change_nothing(string kind)
    {
        ItemFoldIn foldIn = new(Models[kind]);
        FoldedItem one = foldIn.Fit([7, 3, 50], [5, 1, 4]);
        FoldedItem other = foldIn.Fit([50, Users - 1, 7, 3], [4, 2, 5, 1]);
        other.Bias.ShouldBe(one.Bias);
        other.Factors.ToArray().ShouldBe(one.Factors.ToArray());
        other.Users.ToArray().ShouldBe([3, 7, 50, Users - 1]);
        other.Fitted.Columns.ShouldBe([3, 7, 50]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_score_of_any_user_is_the_sum_of_the_rows(string kind)
    {
        SavedModel saved = Models[kind];
        FactorModel model = saved.Model;
        FoldedItem item = new ItemFoldIn(saved).Fit([7, 3, 50], [5, 1, 4]);
        FoldedUser user = new UserFoldIn(saved).Fit([7, 3], [5, 1]);
        Predictor predictor = new(saved);

        float Clipped(float sum) => model.Scale.Clip((float)model.Units.RatingOf(sum));
        float Sum(float userBias, float itemBias, ReadOnlySpan<float> userFactors, ReadOnlySpan<float> itemFactors) =>
            model.Layers?.Score(userBias, userFactors, itemBias, itemFactors) ?? FactorSum.Of(userBias, itemBias, userFactors, itemFactors);
        float OfNeighbors(RatedItems? rated) => rated is null ? 0 : NeighborKernel.Score(model.Neighbors!.Shape, item.Neighbors.Span, rated, model.Neighbors);

        Prediction known = predictor.Predict(9, item);
        known.Answer.ShouldBe(Answer.Known);
        known.Value.ShouldBe(Clipped(Sum(
            model.UserBiases[9], item.Bias, model.Rank == 0 ? [] : model.UserFactors!.Row(9), item.Factors.Span) + OfNeighbors(RatedItems.Of(model, Ratings, 9))));
        predictor.Predict(user, item).Value.ShouldBe(Clipped(Sum(user.Bias, item.Bias, user.Factors.Span, item.Factors.Span)
            + OfNeighbors(RatedItems.Of(model, user.Fitted.Columns, user.Fitted.Values, user.Bias))));
        predictor.Predict(-1, item).ShouldBe(new Prediction(Clipped(Sum(0, item.Bias, [], model.Layers is null ? [] : item.Factors.Span)), Answer.ColdUser));
        predictor.Predict(Users - 1, item).Answer.ShouldBe(Answer.ColdUser);
        (known.Deviation is not null).ShouldBe(kind == ModelKinds.Bpmf);
        if (known.Deviation is { } deviation)
        {
            // Few ratings leave more open than many.
            deviation.ShouldBeGreaterThan(predictor.Predict(9, new ItemFoldIn(saved).Fit(ByItem.RowColumns(0), ByItem.RowValues(0))).Deviation!.Value);
        }
    }

    [Fact]
    public void Ratings_that_a_model_cannot_take_are_refused()
    {
        ItemFoldIn interactions = new(Models[ModelKinds.ImplicitAls]);
        Should.Throw<InputException>(() => interactions.Fit([1], [-1])).Message.ShouldBe("item fold-in: user \"1\": expected a rating from 0 to 1,000,000,000 for als-implicit, found -1; correct it");
        ItemFoldIn mf = new(Models[ModelKinds.Mf]);
        Should.Throw<InputException>(() => mf.Fit([4, 1, 4], [1, 2, 3])).Message.ShouldBe("item fold-in: expected each user once, found user \"4\" twice; keep one of its ratings");
        Should.Throw<InputException>(() => mf.Fit([Users - 1], [5])).Message.ShouldStartWith("item fold-in: expected at least one rating by a user whom the model was trained on, found none among 1");
        Should.Throw<InputException>(() => mf.Fit([], [])).Message.ShouldContain("found none among 0");
        Should.Throw<ArgumentException>(() => mf.Fit([4, 1], [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => mf.Fit([Users], [1]));
        FoldedUser user = new UserFoldIn(Models[ModelKinds.Baseline]).Fit([1], [5]);
        Should.Throw<ArgumentException>(() => mf.Fit([], [], (user, 1f))).Message.ShouldContain("found one of rank 0");
        Should.Throw<InputException>(() => interactions.Fit([1], [1], (user, -1f))).Message.ShouldContain("a user who was folded in: expected a rating from 0");
    }

    [Fact]
    public void Probabilities_of_a_folded_item_follow_the_answers_and_an_order_of_items_is_refused()
    {
        SavedModel saved = FoldInModels.Save(FoldInModels.MachineOf(Models[ModelKinds.Fm].Model, FmLink.Logistic), Ratings, new KeyValuePair<string, object?>("positiveFrom", 4));
        Predictor predictor = new(saved);
        int[] users = [.. Enumerable.Range(0, 40)];
        float[] likes = [.. users.Select(user => user % 2 == 0 ? 5f : 1f)];
        FoldedItem item = new ItemFoldIn(saved).Fit(users, likes);
        FoldedItem opposite = new ItemFoldIn(saved).Fit(users, [.. likes.Select(rating => 6 - rating)]);

        users.Average(user => ((double)predictor.Predict(user, item).Value - predictor.Predict(user, opposite).Value) * (user % 2 == 0 ? 1 : -1)).ShouldBeGreaterThan(0.02);
        users.ShouldAllBe(user => predictor.Predict(user, item).Value >= 0 && predictor.Predict(user, item).Value <= 1);
        Should.Throw<InputException>(() => new ItemFoldIn(FoldInModels.Save(FoldInModels.MachineOf(Models[ModelKinds.Fm].Model, FmLink.Preference), Ratings)))
            .Message.ShouldContain("found fm that orders items");
    }

    private static FactorTable Copy(FactorTable table, int rows)
    {
        FactorTable copy = new(rows, table.Rank);
        table.Values[..(rows * table.Stride)].CopyTo(copy.Values);
        return copy;
    }
}
