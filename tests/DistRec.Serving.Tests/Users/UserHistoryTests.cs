using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Users;

namespace DistRec.Serving.Tests.Users;

public sealed class UserHistoryTests
{
    [Fact]
    public void The_newest_rating_of_an_item_counts_in_whatever_order_they_are_told()
    {
        UserRating early = new("zoe", "i1", 2, 1), late = new("zoe", "i1", 5, 3), other = new("zoe", "i0", 4, 2);

        UserHistory.Empty("zoe").With([early, other]).With([late]).Ratings.ShouldBe([other, late]);
        UserHistory.Empty("zoe").With([late]).With([other, early]).Ratings.ShouldBe([other, late]);
    }

    [Fact]
    public void Of_two_ratings_of_one_event_the_one_that_stands_later_counts() =>
        UserHistory.Empty("zoe").With([new("zoe", "i1", 2, 1), new("zoe", "i1", 3, 1)]).Ratings.Single().Rating.ShouldBe(3);

    [Fact]
    public void A_new_user_is_fitted_by_the_solver_of_training_to_the_bit()
    {
        ServingModel model = SmallModels.Serving();
        FoldedUser expected = new UserFoldIn(model.Saved).Fit([3, 5], [4, 1]);

        FoldedUser found = UserHistory.Empty("zoe").With([new("zoe", "i5", 1, 2), new("zoe", "i3", 4, 1)]).AskerOf(model).Folded!;

        found.Bias.ShouldBe(expected.Bias);
        found.Factors.ToArray().ShouldBe(expected.Factors.ToArray());
    }

    [Fact]
    public void A_user_of_the_model_keeps_its_training_ratings_and_new_ones_take_the_place_of_old_ones()
    {
        ServingModel model = SmallModels.Serving();

        Asker asker = UserHistory.Empty("u0").With([new("u0", "i2", 5, 1), new("u0", "i3", 4, 2)]).AskerOf(model);

        asker.Note!.Ratings.ShouldBe(model.Saved.Ratings!.RowLength(0) + 1);
        FoldedUser expected = new UserFoldIn(model.Saved).Refit(0, [2, 3], [5, 4]);
        asker.Folded!.Factors.ToArray().ShouldBe(expected.Factors.ToArray());
    }

    [Fact]
    public void A_user_is_fitted_once_for_a_version_and_again_for_the_next()
    {
        UserHistory history = UserHistory.Empty("zoe").With([new("zoe", "i3", 4, 1)]);
        ServingModel first = SmallModels.Serving(1), second = SmallModels.Serving(2);

        Asker asker = history.AskerOf(first);
        history.AskerOf(first).ShouldBeSameAs(asker);
        history.AskerOf(second).Folded!.Factors.ToArray().ShouldNotBe(asker.Folded!.Factors.ToArray());
        history.AskerOf(first).ShouldBeSameAs(asker, "a request that began before the swap");
    }

    [Fact]
    public void Ratings_of_items_that_the_model_does_not_know_leave_the_user_as_it_was()
    {
        ServingModel model = SmallModels.Serving();

        Asker asker = UserHistory.Empty("u0").With([new("u0", "new film", 4, 1)]).AskerOf(model);
        asker.OtherItems.ShouldBe(["new film"], "it has been seen");
        (asker with { OtherItems = [] }).ShouldBe(Asker.Of(model, "u0"));
        UserHistory.Empty("zoe").With([new("zoe", "i29", 4, 1)]).AskerOf(model).Folded.ShouldBeNull("the last item has no training ratings");
    }

    [Fact]
    public void A_rating_that_a_model_has_no_form_for_does_not_count()
    {
        ServingModel model = SmallModels.Serving(kind: ModelKinds.ImplicitAls);

        Asker asker = UserHistory.Empty("zoe").With([new("zoe", "i3", 4, 1), new("zoe", "i5", -2, 2)]).AskerOf(model);

        asker.Note!.Ratings.ShouldBe(1);
    }
}
