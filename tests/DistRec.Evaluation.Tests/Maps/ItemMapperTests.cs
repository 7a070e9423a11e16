using DistRec.Data;
using DistRec.Evaluation.Maps;
using DistRec.Models.Persistence;
using DistRec.Oracles;

namespace DistRec.Evaluation.Tests.Maps;

public sealed class ItemMapperTests
{
    private static readonly ItemMapOptions Few = new() { Tsne = new TsneOptions { Perplexity = 5, Threads = 1 } };

    [Fact]
    public void Items_with_ratings_come_with_all_that_is_known_of_them_the_most_rated_first()
    {
        SavedModel saved = SampleModel.Create();

        ItemMap map = ItemMapper.Map(saved, Few);

        map.Items.Select(item => item.Item).ShouldBe(Enumerable.Range(1, 39).Reverse().Select(item => $"i{item}"));
        map.Items.Select(item => item.Ratings).ShouldBe(Enumerable.Range(1, 39).Reverse().Select(item => (int?)item));
        map.Items[0].ShouldBe(new MapPoint("i39", "Title 39", map.Items[0].X, map.Items[0].Y, 39, 5));
        map.Items.Single(item => item.Item == "i3").Title.ShouldBeNull();
        map.Items.ShouldAllBe(item => float.IsFinite(item.X) && float.IsFinite(item.Y));
        (map.ColdItems, map.FurtherItems, map.Perplexity, map.Method, map.Seed).ShouldBe((1, 0, 5, TsneMethod.Exact, 42UL));
        map.Notes.ShouldBe(["1 item has no training ratings and is left out"]);
        (map.ModelKind, map.DataName, map.ModelSha256).ShouldBe(("als", "made up", saved.Description.ModelSha256!));
    }

    [Fact]
    public void Items_are_near_whose_factors_point_the_same_way_however_long_they_are()
    {
        ItemMap map = ItemMapper.Map(SampleModel.Create(), Few);

        int[] directions = [.. map.Items.Select(item => int.Parse(item.Item[1..]) % 2)];
        double[][] points = [.. map.Items.Select(item => new double[] { item.X, item.Y })];
        NaiveTsne.Purity(directions, points, 8).ShouldBe(1);
    }

    [Fact]
    public void Of_more_items_than_asked_for_the_most_rated_are_taken_and_the_map_says_so()
    {
        ItemMap map = ItemMapper.Map(SampleModel.Create(), Few with { Items = 10 });

        map.Items.Select(item => item.Item).ShouldBe(Enumerable.Range(30, 10).Reverse().Select(item => $"i{item}"));
        map.FurtherItems.ShouldBe(29);
        map.Notes.ShouldBe([
            "10 of 39 items are shown, those with the most training ratings",
            "1 item has no training ratings and is left out",
            "a perplexity of 5 was clipped to 3, the most that 10 items allow",
        ]);
    }

    [Fact]
    public void A_model_without_its_ratings_is_mapped_by_its_factors_alone()
    {
        ItemMap map = ItemMapper.Map(SampleModel.Create(withRatings: false, withTitles: false), Few with { Items = 20 });

        map.Items.Select(item => item.Item).ShouldBe(Enumerable.Range(0, 20).Select(item => $"i{item}"));
        map.Items.ShouldAllBe(item => item.Ratings == null && item.MeanRating == null && item.Title == null);
        map.Notes[0].ShouldStartWith("20 of 40 items are shown, the first ones");
    }

    [Fact]
    public void Interactions_have_numbers_but_no_mean() =>
        ItemMapper.Map(SampleModel.Create(kind: "als-implicit"), Few).Items
            .ShouldAllBe(item => item.Ratings > 0 && item.MeanRating == null);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_model_of_few_items_has_a_map(int items) =>
        ItemMapper.Map(SampleModel.Create(items), Few).Items.Count.ShouldBe(items - 1);

    [Fact]
    public void A_model_without_factors_is_refused_with_advice() =>
        Should.Throw<InputException>(() => ItemMapper.Map(SampleModel.Create(rank: 0, kind: "baseline"))).Message
            .ShouldBe("item map: expected a model with item factors, found a model \"baseline\" without; train als or mf");

    [Fact]
    public void All_mistakes_in_settings_are_told_together()
    {
        ItemMapOptions wrong = new() { Items = 0, Tsne = new TsneOptions { Perplexity = 0, Iterations = -1 } };
        Should.Throw<InputException>(() => ItemMapper.Map(SampleModel.Create(), wrong))
            .Message.Split(Environment.NewLine).Select(line => line.Split(':')[0])
            .ShouldBe(["items", "perplexity", "iterations", "exaggerated iterations"]);
    }
}
