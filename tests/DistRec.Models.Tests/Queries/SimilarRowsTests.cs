using DistRec.Models.FoldIn;

namespace DistRec.Models.Tests.Queries;

public sealed class SimilarRowsTests
{
    [Fact]
    public void Items_are_ordered_by_the_angle_between_their_factors_whatever_their_length()
    {
        SavedModel saved = Planar([(1, 0), (10, 1), (0, 1), (-5, 0), (0.001f, 0), (0, 0), (1, 1)]);
        IReadOnlyList<SimilarRow> found = new SimilarRows(saved, Side.Item).Find("0", 10);
        found.Select(item => item.Row).ShouldBe([4, 1, 6, 2, 5, 3]);
        found[0].Similarity.ShouldBe(1, 1e-6);
        found[2].Similarity.ShouldBe(Math.Sqrt(0.5), 1e-6);
        found[4].Similarity.ShouldBe(0);
        found[5].Similarity.ShouldBe(-1, 1e-6);
    }

    [Fact]
    public void No_more_than_asked_come_back() =>
        new SimilarRows(Planar([(1, 0), (1, 1), (1, 2)]), Side.Item).Find("0", 1).Select(item => item.Row).ShouldBe([1]);

    [Fact]
    public void A_model_without_factors_is_refused_with_advice() =>
        Should.Throw<InputException>(() => new SimilarRows(TestModels.Random(rank: 0, kind: "baseline"), Side.Item)).Message.ShouldBe("similar items: expected a model with item factors, found a model \"baseline\" without; train als or mf");

    [Fact]
    public void Items_without_ratings_are_neither_found_nor_asked_for()
    {
        var similar = new SimilarRows(TestModels.Random(), Side.Item);
        similar.Find("i0", 100).Select(item => item.Row).Order().ShouldBe(Enumerable.Range(1, 7));
        Should.Throw<InputException>(() => similar.Find("i8", 3)).Message.ShouldContain("expected an item with training ratings");
        Should.Throw<InputException>(() => similar.Find("other", 3)).Message.ShouldContain("found \"other\"");
        Should.Throw<InputException>(() => similar.Find("i0", 0)).Message.ShouldContain("expected at least 1");
    }

    [Fact]
    public void Users_are_compared_as_items_are()
    {
        SavedModel saved = TestModels.Random(users: 12);
        FactorModel model = saved.Model;
        SavedModel exchanged = new(
            new FactorModel("als", 0, model.Scale, model.ItemBiases, model.UserBiases, model.ItemFactors, model.UserFactors),
            saved.Items, saved.Users, [], saved.Ratings!.TransposeColumns(0, saved.Items.Count), TestModels.Describe("als"));
        SimilarRows users = new(saved, Side.User);

        users.Find("u3", 100).ShouldBe(new SimilarRows(exchanged, Side.Item).Find("u3", 100));
        users.Find("u3", 100).Count.ShouldBe(10);
        users.IsCold(11).ShouldBeTrue();
        Should.Throw<InputException>(() => users.Find("u11", 3)).Message.ShouldContain("similar users: expected a user with training ratings, found \"u11\"");
        Should.Throw<InputException>(() => users.Find("other", 3)).Message.ShouldContain("expected the id of a user of the model, found \"other\"; see users.ids");
    }

    [Fact]
    public void A_folded_user_is_compared_by_what_it_was_folded_to()
    {
        SavedModel saved = TestModels.Random(users: 12);
        FoldedUser user = new UserFoldIn(saved).Refit(3, [0, 1], [5, 1]);
        IReadOnlyList<SimilarRow> found = new SimilarRows(saved, Side.User).Find(user, 3, 100);

        found.Select(row => row.Row).Order().ShouldBe(Enumerable.Range(0, 11).Where(row => row != 3));
        FactorTable users = saved.Model.UserFactors!;
        foreach (SimilarRow row in found)
        {
            double product = FactorScore.Product(user.Factors.Span, users.Row(row.Row));
            row.Similarity.ShouldBe(product / LengthOf(user.Factors.Span) / LengthOf(users.Row(row.Row)), 1e-12);
        }

        new SimilarRows(saved, Side.User).Find(user, -1, 100).Count.ShouldBe(11);
    }

    private static double LengthOf(ReadOnlySpan<float> x) => Math.Sqrt(FactorScore.Product(x, x));

    private static SavedModel Planar((float X, float Y)[] points)
    {
        var items = new FactorTable(points.Length, 2);
        for (int item = 0; item < points.Length; item++)
        {
            items.Row(item)[0] = points[item].X;
            items.Row(item)[1] = points[item].Y;
        }

        var model = new FactorModel("als", 0, new RatingScale(1, 5), new float[1], new float[points.Length], new FactorTable(1, 2), items);
        return new SavedModel(model, IdMap.Numbered(1), IdMap.Numbered(points.Length), [], null, TestModels.Describe("als"));
    }
}
