using DistRec.Models.FoldIn;

namespace DistRec.Models.Tests.FoldIn;

public sealed class UserFoldInTests
{
    private const int Users = 120;
    private const int Items = 60;

    // The last user and the last item have no ratings.
    private static readonly RatingMatrix Ratings =
        RatingLists.Draw(Users - 1, Items - 1, 0.5, (user, item) => Math.Clamp(Math.Round(2 * RatingLists.Planted(2)(user, item)) / 2, 0.5, 5)).ToMatrix(Users, Items);

    private static readonly Dictionary<string, SavedModel> Models = FoldInModels.Kinds.ToDictionary(kind => kind, kind => FoldInModels.Train(kind, Ratings));

    public static TheoryData<string> Kinds => [.. FoldInModels.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_training_users_own_ratings_give_nearly_the_trained_users_predictions(string kind)
    {
        SavedModel saved = Models[kind];
        UserFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        double apart = 0, personal = 0;
        for (int user = 0; user < Users - 1; user++)
        {
            FoldedUser folded = foldIn.Fit(Ratings.RowColumns(user), Ratings.RowValues(user));
            for (int item = 0; item < Items - 1; item++)
            {
                double trained = predictor.Predict(user, item).Value;
                apart += Math.Pow(predictor.Predict(folded, item).Value - trained, 2);
                personal += Math.Pow(predictor.Predict(-1, item).Value - trained, 2);
            }
        }

        // Beside what makes the user's predictions differ from anybody's.
        Math.Sqrt(apart / personal).ShouldBeLessThan(kind is ModelKinds.Baseline or ModelKinds.Als or ModelKinds.ImplicitAls or ModelKinds.Nmf ? 0.02 : 0.2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_folded_user_gets_exactly_n_new_items_among_those_allowed(string kind)
    {
        SavedModel saved = Models[kind];
        FoldedUser user = new UserFoldIn(saved).Fit([7, 3, 50, 59], [5, 1, 4, 3]);
        Recommender recommender = new(saved);

        Recommendations ten = recommender.Recommend(user, "me", 10, deny: ["4"]);
        ten.UserId.ShouldBe("me");
        ten.RankedBy.ShouldBe(RankedBy.Prediction);
        ten.Items.Count.ShouldBe(10);
        ten.Items.Select(item => item.Item).Intersect([7, 3, 50, 59, 4]).ShouldBeEmpty();
        ten.Items.Select(item => item.Score).ShouldBeInOrder(SortDirection.Descending);
        ten.Items.ShouldAllBe(item => item.Prediction == new Predictor(saved).Predict(user, item.Item).Value);
        recommender.Recommend(user, "me", 100).Items.Count.ShouldBe(Items - 4);
        recommender.Recommend(user, "me", 100, includeSeen: true).Items.Count.ShouldBe(Items);
        recommender.Recommend(user, "me", 100, allow: ["3", "9"]).Items.Select(item => item.ItemId).ShouldBe(["9"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Extreme_ratings_give_predictions_within_the_scale(string kind)
    {
        SavedModel saved = Models[kind];
        UserFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);
        (int[], float[])[] extremes = [([0], [1e9f]), ([0, 1, 2], [foldIn.MinRating, 1e9f, 1e9f]), ([.. Enumerable.Range(0, 59)], [.. Enumerable.Range(0, 59).Select(t => t % 2 == 0 ? 1e9f : foldIn.MinRating)])];
        foreach ((int[] items, float[] ratings) in extremes)
        {
            FoldedUser user = foldIn.Fit(items, ratings);
            for (int item = -1; item < Items; item++)
            {
                predictor.Predict(user, item).Value.ShouldBeInRange(saved.Model.Scale.Minimum, saved.Model.Scale.Maximum);
            }

            new Recommender(saved).Recommend(user, "me", 5, includeSeen: true).Items.ShouldAllBe(item => double.IsFinite(item.Score));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_order_of_the_ratings_does_not_matter(string kind)
    {
        UserFoldIn foldIn = new(Models[kind]);
        FoldedUser one = foldIn.Fit([7, 3, 50], [5, 1, 4]);
        FoldedUser other = foldIn.Fit([50, 7, 3], [4, 5, 1]);
        other.Bias.ShouldBe(one.Bias);
        other.Factors.ToArray().ShouldBe(one.Factors.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_item_without_training_ratings_is_seen_and_changes_nothing_else(string kind)
    {
        UserFoldIn foldIn = new(Models[kind]);
        FoldedUser without = foldIn.Fit([7, 3], [5, 1]);
        FoldedUser with = foldIn.Fit([7, 3, 59], [5, 1, 2]);
        with.Bias.ShouldBe(without.Bias);
        with.Factors.ToArray().ShouldBe(without.Factors.ToArray());
        with.Items.ToArray().ShouldBe([3, 7, 59]);
        Should.Throw<InputException>(() => foldIn.Fit([59], [5])).Message.ShouldStartWith("fold-in: expected at least one rating of an item that the model was trained on, found none among 1");
        Should.Throw<InputException>(() => foldIn.Fit([], [])).Message.ShouldContain("found none among 0");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_known_user_is_extended_and_overridden_by_new_ratings(string kind)
    {
        UserFoldIn foldIn = new(Models[kind]);
        int[] known = Ratings.RowColumns(5).ToArray();
        int fresh = Enumerable.Range(0, 58).First(item => !known.Contains(item));
        FoldedUser again = foldIn.Refit(5, [fresh, known[2]], [4.5f, 0.5f]);

        float[] merged = [.. Ratings.RowValues(5).ToArray().Select((value, t) => t == 2 ? 0.5f : value), 4.5f];
        FoldedUser whole = foldIn.Fit([.. known, fresh], merged);
        again.Bias.ShouldBe(whole.Bias);
        again.Factors.ToArray().ShouldBe(whole.Factors.ToArray());
        again.Items.ToArray().ShouldBe(known.Append(fresh).Order());
    }

    [Fact]
    public void Parts_of_a_folded_users_explanation_add_up_and_leave_nothing_unexplained_for_als()
    {
        SavedModel saved = Models[ModelKinds.Als];
        FoldedUser user = new UserFoldIn(saved).Fit([7, 3, 50, 59], [5, 1, 4, 3]);
        Explanation why = new Explainer(saved).Explain(user, "20", 10);

        why.Prediction.ShouldBe(new Predictor(saved).Predict(user, 20));
        why.Contributions.Select(one => one.Item).Order().ShouldBe([3, 7, 50]);
        (why.GlobalMean + why.UserBias + why.ItemBias + why.FactorPart).ShouldBe(why.Unclipped, 1e-9);
        Math.Abs(why.FactorPart).ShouldBeGreaterThan(1e-3);
        why.Residual.ShouldBe(0, 1e-5);
    }

    [Fact]
    public void Ratings_that_a_model_cannot_take_are_refused()
    {
        UserFoldIn interactions = new(Models[ModelKinds.ImplicitAls]);
        Should.Throw<InputException>(() => interactions.Fit([1], [-1])).Message.ShouldBe("fold-in: item \"1\": expected a rating from 0 to 1,000,000,000 for als-implicit, found -1; correct it");
        UserFoldIn mf = new(Models[ModelKinds.Mf]);
        mf.Fit([1], [-1]).Items.Length.ShouldBe(1);
        foreach (float wrong in (float[])[float.NaN, float.PositiveInfinity, float.MaxValue, -2e9f])
        {
            Should.Throw<InputException>(() => mf.Fit([1], [wrong])).Message.ShouldContain("a rating from -1,000,000,000 to 1,000,000,000 for mf");
        }

        Should.Throw<InputException>(() => mf.Fit([4, 1, 4], [1, 2, 3])).Message.ShouldBe("fold-in: expected each item once, found item \"4\" twice; keep one of its ratings");
        Should.Throw<ArgumentException>(() => mf.Fit([4, 1], [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => mf.Fit([Items], [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => mf.Fit([-1], [1]));
        SavedModel bare = FoldInModels.Save(Models[ModelKinds.Mf].Model, null);
        Should.Throw<InputException>(() => new UserFoldIn(bare).Refit(0, [1], [1])).Message.ShouldContain("a model saved without them");
    }

    [Theory]
    [InlineData(FmLink.Logistic)]
    [InlineData(FmLink.Probit)]
    public void Probabilities_of_a_folded_user_follow_the_answers(FmLink link)
    {
        SavedModel saved = FoldInModels.Save(MachineWith(link), Ratings, new KeyValuePair<string, object?>("positiveFrom", 4));
        Predictor predictor = new(saved);
        int[] items = [.. Enumerable.Range(0, 20)];
        float[] likes = [.. items.Select(item => item % 2 == 0 ? 5f : 1f)];
        FoldedUser fan = new UserFoldIn(saved).Fit(items, likes);
        FoldedUser opposite = new UserFoldIn(saved).Fit(items, [.. likes.Select(rating => 6 - rating)]);

        double right = items.Average(item => (predictor.Predict(fan, item).Value - predictor.Predict(opposite, item).Value) * (item % 2 == 0 ? 1 : -1));
        right.ShouldBeGreaterThan(0.02);
        items.ShouldAllBe(item => predictor.Predict(fan, item).Value >= 0 && predictor.Predict(fan, item).Value <= 1);
    }

    // A threshold below 0 was taken for none, so that on a scale around 0 nearly every like counted as a no.
    [Fact]
    public void Likes_count_from_a_threshold_below_zero_too()
    {
        FactorModel model = MachineWith(FmLink.Logistic);
        int[] items = [.. Enumerable.Range(0, 20)];
        FoldedUser Fit(int threshold, float like, float dislike) =>
            new UserFoldIn(FoldInModels.Save(model, Ratings, new KeyValuePair<string, object?>("positiveFrom", threshold)))
                .Fit(items, [.. items.Select(item => item % 2 == 0 ? like : dislike)]);

        FoldedUser found = Fit(-2, -1, -5), expected = Fit(4, 5, 1);
        found.Bias.ShouldBe(expected.Bias);
        found.Factors.Span.SequenceEqual(expected.Factors.Span).ShouldBeTrue();
    }

    [Fact]
    public void A_folded_users_order_of_items_puts_the_given_ones_first()
    {
        SavedModel saved = FoldInModels.Save(MachineWith(FmLink.Preference), Ratings);
        int[] given = [3, 8, 13, 21, 34];
        FoldedUser user = new UserFoldIn(saved).Fit(given, [1, 1, 1, 1, 1]);
        FoldedUser other = new UserFoldIn(saved).Fit([4, 9, 14, 22, 35], [1, 1, 1, 1, 1]);
        Predictor predictor = new(saved);
        double Lead(FoldedUser who) => given.Average(item => predictor.Predict(who, item).Value) - Enumerable.Range(0, 55).Average(item => predictor.Predict(who, item).Value);

        Lead(user).ShouldBeGreaterThan(Lead(other));
    }

    [Fact]
    public void An_item_without_training_ratings_counts_where_features_describe_it()
    {
        SavedModel saved = FoldInModels.Save(MachineWith(FmLink.Identity), Ratings);
        FoldedUser user = new UserFoldIn(saved).Fit([59], [5]);
        user.Fitted.Columns.ShouldBe([59]);
        Prediction prediction = new Predictor(saved).Predict(user, 59);
        prediction.Answer.ShouldBe(Answer.ColdItem);
        FactorModel model = saved.Model;
        double expected = model.Units.RatingOf(user.Bias + model.ItemBiases[59] + FactorScore.Product(user.Factors.Span, model.ItemFactors!.Row(59)));
        new Recommender(saved).Recommend(user, "me", 1, allow: ["59"], includeSeen: true).Items[0].Score.ShouldBe(expected, 1e-5);
    }

    private static FactorModel MachineWith(FmLink link) => FoldInModels.MachineOf(Models[ModelKinds.Fm].Model, link);

    [Fact]
    public void Confidences_that_are_given_are_at_least_1()
    {
        SavedModel saved = FoldInModels.Save(Models[ModelKinds.ImplicitAls].Model, Ratings, new KeyValuePair<string, object?>("confidenceGiven", true));
        UserFoldIn foldIn = new(saved);
        foldIn.MinRating.ShouldBe(1);
        Should.Throw<InputException>(() => foldIn.Fit([1], [0.5f])).Message.ShouldContain("a rating from 1 to 1,000,000,000 for als-implicit");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_model_saved_without_ratings_folds_in_as_well(string kind)
    {
        SavedModel saved = Models[kind];
        SavedModel bare = new(saved.Model, saved.Users, saved.Items, [], null, saved.Description);
        FoldedUser user = new UserFoldIn(bare).Fit([7, 3, 50], [5, 1, 4]);
        new Predictor(bare).Predict(user, 20).Answer.ShouldBe(Answer.Known);
        new Recommender(bare).Recommend(user, "me", 5).Items.Select(item => item.Item).Intersect([7, 3, 50]).ShouldBeEmpty();
    }
}
