namespace DistRec.Models.Tests.Queries;

public sealed class SimilarItemsTests
{
    [Fact]
    public void Items_are_ordered_by_the_angle_between_their_factors_whatever_their_length()
    {
        SavedModel saved = Planar([(1, 0), (10, 1), (0, 1), (-5, 0), (0.001f, 0), (0, 0), (1, 1)]);
        IReadOnlyList<SimilarItem> found = new SimilarItems(saved).Find("0", 10);
        found.Select(item => item.Item).ShouldBe([4, 1, 6, 2, 5, 3]);
        found[0].Similarity.ShouldBe(1, 1e-6);
        found[2].Similarity.ShouldBe(Math.Sqrt(0.5), 1e-6);
        found[4].Similarity.ShouldBe(0);
        found[5].Similarity.ShouldBe(-1, 1e-6);
    }

    [Fact]
    public void No_more_than_asked_come_back() =>
        new SimilarItems(Planar([(1, 0), (1, 1), (1, 2)])).Find("0", 1).Select(item => item.Item).ShouldBe([1]);

    [Fact]
    public void A_model_without_factors_is_refused_with_advice() =>
        Should.Throw<InputException>(() => new SimilarItems(TestModels.Random(rank: 0, kind: "baseline"))).Message.ShouldBe("similar items: expected a model with item factors, found a model \"baseline\" without; train als or mf");

    [Fact]
    public void Items_without_ratings_are_neither_found_nor_asked_for()
    {
        var similar = new SimilarItems(TestModels.Random());
        similar.Find("i0", 100).Select(item => item.Item).Order().ShouldBe(Enumerable.Range(1, 7));
        Should.Throw<InputException>(() => similar.Find("i8", 3)).Message.ShouldContain("expected an item with training ratings");
        Should.Throw<InputException>(() => similar.Find("other", 3)).Message.ShouldContain("found \"other\"");
        Should.Throw<InputException>(() => similar.Find("i0", 0)).Message.ShouldContain("expected at least 1");
    }

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
