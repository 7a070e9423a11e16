using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.FoldIn;

/// <summary>Users and items that features alone tell of.</summary>
public sealed class FeatureFoldInTests : IDisposable
{
    private static readonly string[] WithoutIds = ["gender", "age", "genre", "year", "time"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int, int> Shapes => new() { { 5, 2 }, { 17, 2 }, { 0, 2 }, { 4, 3 } };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Without_ids_among_the_features_the_row_of_an_items_texts_has_the_bits_of_its_own_row(int rank, int order)
    {
        SavedModel saved = DescribedFilms.Saved(rank, order, blocks: WithoutIds);
        FeatureFoldIn foldIn = new(saved);

        for (int item = 0; item < DescribedFilms.Items; item++)
        {
            FoldedItem row = foldIn.DescribeItem(DescribedFilms.TextsOfItem(item), DescribedFilms.TitleOf(item)).Row!;
            row.Bias.ShouldBe(saved.Model.ItemBiases[item]);
            row.Factors.ToArray().ShouldBe(saved.Model.ItemFactors is { } factors ? factors.Row(item).ToArray() : []);
        }

        for (int user = 0; user < DescribedFilms.Users; user++)
        {
            FoldedUser row = foldIn.DescribeUser(DescribedFilms.TextsOfUser(user)).Row!;
            row.Bias.ShouldBe(saved.Model.UserBiases[user]);
            row.Factors.ToArray().ShouldBe(saved.Model.UserFactors is { } factors ? factors.Row(user).ToArray() : []);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_described_pair_is_answered_as_the_machine_answers_for_its_features(int rank, int order)
    {
        FeatureData data = DescribedFilms.Encode(null, DescribedFilms.Blocks);
        FmMachine machine = DescribedFilms.Machine(data, rank, order);
        SavedModel saved = DescribedFilms.Save(machine, data);
        FeatureFoldIn foldIn = new(saved);
        Predictor predictor = new(saved);

        foreach ((int user, int item) in new[] { (0, 3), (5, 4), (9, 14), (2, 0) })
        {
            string year = DescribedFilms.TitleOf(item)[^5..^1];
            string[] genres = [.. DescribedFilms.TextsOfItem(item)["genre"]];
            (string, string, float)[] named =
            [
                ("gender", user % 2 == 0 ? "F" : "M", 1), ("age", AgeClassOf(16 + (user * 4)), 1),
                ("time", data.Space.Groups.Single(group => group.Name == "time").Names![^1], 1),
                .. genres.Select(genre => ("genre", genre, 1f / genres.Length)), ("year", year, 1),
            ];

            Prediction found = predictor.Predict(
                foldIn.DescribeUser(DescribedFilms.TextsOfUser(user)).Row!,
                foldIn.DescribeItem(DescribedFilms.TextsOfItem(item), DescribedFilms.TitleOf(item)).Row!);

            found.Value.ShouldBe((float)machine.Predict(RowOf(data.Space, named), 0), 2e-5f);
            found.Answer.ShouldBe(Answer.ColdBoth);
        }
    }

    [Fact]
    public void What_training_never_met_is_left_out_and_nothing_known_is_no_row()
    {
        FeatureFoldIn foldIn = new(DescribedFilms.Saved());
        Dictionary<string, IReadOnlyList<string>> more = new(DescribedFilms.TextsOfItem(1)) { ["studio"] = ["Fox"] };

        (FoldedItem? row, EncodedEntity features) = foldIn.DescribeItem(more, "Film (1986)");

        row!.Factors.ToArray().ShouldBe(foldIn.DescribeItem(DescribedFilms.TextsOfItem(1), "Film (1986)").Row!.Factors.ToArray());
        features.Used.ShouldBe(["genre=Comedy", "title"]);
        features.Unknown.ShouldBe(["studio=Fox"]);
        foldIn.DescribeItem(new Dictionary<string, IReadOnlyList<string>> { ["genre"] = ["Noir"] }, "Film (2026)").Row.ShouldBeNull();
        foldIn.DescribeUser(new Dictionary<string, IReadOnlyList<string>>()).Row.ShouldBeNull();
    }

    [Theory]
    [InlineData(FmLink.Identity)]
    [InlineData(FmLink.Probit)]
    [InlineData(FmLink.Preference)]
    public void A_described_user_gets_a_list_and_a_described_item_is_in_lists_and_like_others(FmLink link)
    {
        SavedModel saved = DescribedFilms.Saved(link: link);
        FeatureFoldIn foldIn = new(saved);
        FoldedUser user = foldIn.DescribeUser(DescribedFilms.TextsOfUser(3)).Row!;
        NewItem item = new(100, "new", foldIn.DescribeItem(DescribedFilms.TextsOfItem(4), null).Row!);
        NewItems items = new([item]);
        SimilarRows similar = new(saved, Side.Item);
        RecommendedList list = new ListMaker(saved, () => similar).Make(user, new RecommendQuery { N = 50 }, items);

        list.RankedBy.ShouldBe(RankedBy.Prediction);
        list.Items.Count.ShouldBe(DescribedFilms.Items + 1);
        ListedItem listed = list.Items.Single(one => one.ItemId == "new");
        listed.FoldedInBy.ShouldBe(0);
        listed.Prediction.ShouldBe(new Predictor(saved).Predict(user, item.Row).Value);
        new Predictor(saved).Predict(0, item.Row).Answer.ShouldBe(Answer.ColdItem);
        new Predictor(saved).Predict(user, 0).Answer.ShouldBe(Answer.ColdUser);
        similar.Find("new", 20, items).Count.ShouldBe(DescribedFilms.Items);
        Explanation why = new Explainer(saved).Explain(user, "new", 5, items);
        why.Method.ShouldBe(ContributionMethod.None);
        why.Residual.ShouldBe(why.FactorPart);
        why.Unclipped.ShouldBe(why.GlobalMean + why.UserBias + why.ItemBias + why.FactorPart);
    }

    [Theory]
    [InlineData(5, FmLink.Identity)]
    [InlineData(5, FmLink.Logistic)]
    [InlineData(0, FmLink.Identity)]
    public void Ratings_lead_from_the_row_of_the_features_to_what_they_say(int rank, FmLink link)
    {
        SavedModel saved = DescribedFilms.Saved(rank, link: link);
        ItemFoldIn foldIn = new(saved);
        FoldedItem start = new FeatureFoldIn(saved).DescribeItem(DescribedFilms.TextsOfItem(4), "Film (1986)").Row!;
        int[] users = [6, 1, 4, 0];
        Predictor predictor = new(saved);
        float high = link == FmLink.Identity ? 9 : 1, low = link == FmLink.Identity ? -9 : 0;

        FoldedItem liked = foldIn.FitFrom(start, users, [high, high, high, high]);
        FoldedItem disliked = foldIn.FitFrom(start, users, [low, low, low, low]);
        foreach (int user in users)
        {
            float before = predictor.Predict(user, start).Value;
            predictor.Predict(user, liked).Value.ShouldBeGreaterThan(before);
            predictor.Predict(user, disliked).Value.ShouldBeLessThan(before);
        }

        liked.Users.ToArray().ShouldBe([0, 1, 4, 6]);
        liked.Fitted.Count.ShouldBe(4);
        predictor.Predict(0, liked).Answer.ShouldBe(Answer.Known);
        FoldedItem other = foldIn.FitFrom(start, [0, 1, 4, 6], [high, high, high, high]);
        other.Bias.ShouldBe(liked.Bias, "the order of ratings is none of the fit's");
        other.Factors.ToArray().ShouldBe(liked.Factors.ToArray());
    }

    [Fact]
    public void Ratings_that_are_what_the_features_say_leave_the_row_where_items_are_nothing_but_their_features()
    {
        SavedModel saved = DescribedFilms.Saved(blocks: ["user", "gender", "genre"]);
        FoldedItem start = new FeatureFoldIn(saved).DescribeItem(DescribedFilms.TextsOfItem(4), null).Row!;
        float[] ratings = [.. Enumerable.Range(0, 4).Select(user => new Predictor(saved).Predict(user, start).Value)];

        FoldedItem found = new ItemFoldIn(saved).FitFrom(start, [0, 1, 2, 3], ratings);

        found.Bias.ShouldBe(start.Bias, 1e-4f);
        found.Factors.ToArray().ShouldBe(start.Factors.ToArray(), 1e-4);
    }

    [Fact]
    public void A_model_that_was_saved_and_loaded_describes_with_the_same_bits()
    {
        SavedModel saved = DescribedFilms.Saved();
        ModelFolder.Save(_folder["m"], saved);
        FeatureFoldIn loaded = new(ModelFolder.Load(_folder["m"])), before = new(saved);

        loaded.DescribeItem(DescribedFilms.TextsOfItem(4), "Film (1986)").Row!.Factors.ToArray()
            .ShouldBe(before.DescribeItem(DescribedFilms.TextsOfItem(4), "Film (1986)").Row!.Factors.ToArray());
        Dictionary<string, IReadOnlyList<string>> user = DescribedFilms.TextsOfUser(4);
        loaded.DescribeUser(user).Row!.Bias.ShouldBe(before.DescribeUser(user).Row!.Bias);
    }

    [Fact]
    public void A_model_without_attributes_of_a_side_says_which_has_them()
    {
        FeatureFoldIn als = new(TestModels.Random());
        Should.Throw<InputException>(() => als.DescribeUser(DescribedFilms.TextsOfUser(0))).Message.ShouldBe(
            "attributes: expected a model that was trained on attributes of users, found als, which is trained on ratings alone; "
            + "train fm with features such as user,item,gender,age, or leave the attributes out");
        FeatureFoldIn ofItems = new(DescribedFilms.Saved(blocks: ["user", "item", "genre"]));
        ofItems.DescribesItems.ShouldBeTrue();
        Should.Throw<InputException>(() => ofItems.DescribeUser(DescribedFilms.TextsOfUser(0))).Message
            .ShouldContain("found fm of the features user, item, genre; ");
        FeatureData data = DescribedFilms.Encode(10, "user", "gender", "item", "genre");
        FeatureFoldIn hashed = new(DescribedFilms.Save(DescribedFilms.Machine(data), data));
        hashed.DescribesItems.ShouldBeFalse();
        Should.Throw<InputException>(() => hashed.DescribeItem(DescribedFilms.TextsOfItem(0), null)).Message
            .ShouldContain("found fm whose features are hashed, or saved by an earlier release");
    }

    private static string AgeClassOf(int age) =>
        age >= 56 ? "56" : age >= 50 ? "50" : age >= 45 ? "45" : age >= 35 ? "35" : age >= 25 ? "25" : age >= 18 ? "18" : "1";

    private static FeatureRows RowOf(FeatureSpace space, (string Group, string Name, float Value)[] named)
    {
        List<(int Feature, float Value)> row = [];
        foreach ((string name, string text, float value) in named)
        {
            FeatureGroup group = space.Groups.Single(group => group.Name == name);
            row.Add((group.First + group.Names!.ToList().IndexOf(text), value));
        }

        row.Sort();
        RatingMatrix table = new(space.Count, [0, row.Count], [.. row.Select(one => one.Feature)], [.. row.Select(one => one.Value)]);
        return new FeatureRows([0], [new RelationBlock("row", RelationEntity.Row, table)], [[0]]);
    }
}
