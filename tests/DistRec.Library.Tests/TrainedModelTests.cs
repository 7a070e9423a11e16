using DistRec.Data;
using DistRec.Evaluation;
using DistRec.Models;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;
using DistRec.Models.Queries.Lists;

namespace DistRec.Library.Tests;

public sealed class TrainedModelTests
{
    private static readonly RatingData Ratings = SyntheticRatings.Generate(
        new SyntheticOptions { RatingCount = 6_000, UserCount = 200, ItemCount = 80, Rank = 2, Titles = true, Seed = 5, Threads = 1 }).Data;

    private static readonly TrainedModel Model = new Als { Rank = 4, Epochs = 4, Threads = 1 }.Fit(Ratings);

    [Fact]
    public void Ratings_of_memory_are_those_of_a_file()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("distrec-").FullName, "ratings.csv");
        File.WriteAllLines(path, Triples().Select(rating => $"{rating.User},{rating.Item},{rating.Rating}"));
        RatingData read = RatingData.Read(path), made = RatingData.Of(Triples());
        made.Fingerprint.ShouldBe(read.Fingerprint);
        new Als { Rank = 2, Epochs = 2 }.Fit(made).Sha256.ShouldBe(new Als { Rank = 2, Epochs = 2 }.Fit(read).Sha256);
        File.Delete(path);
    }

    [Fact]
    public void Ratings_of_memory_are_looked_at()
    {
        Should.Throw<InputException>(() => RatingData.Of([("u", "i", float.NaN)])).Message.ShouldContain("item \"i\" by user \"u\"");
        Should.Throw<InputException>(() => RatingData.Of([("u", "i", 1), ("u", "i", 2)])).Message.ShouldContain("each user to rate an item once");
        RatingData.Of([("u", "i", 1), ("u", "i", 2)], duplicates: DuplicatePolicy.Last).Ratings.Values[0].ShouldBe(2);
        Should.Throw<InputException>(() => RatingData.Of(Array.Empty<(string, string, float)>())).Message.ShouldContain("at least one rating");
        RatingData timed = RatingData.Of([("u", "i", 1, DateTimeOffset.UnixEpoch.AddSeconds(7)), ("u", "j", 2, DateTimeOffset.UnixEpoch)]);
        timed.Ratings.Timestamps.ShouldBe([7L, 0L]);
        (RatingData train, RatingData test) = timed.Split(new SplitOptions { Kind = SplitKind.LastOfUser });
        (train.Ratings.Count, test.Ratings.Columns[0]).ShouldBe((1, 0));
    }

    [Fact]
    public void Parts_are_disjoint_and_keep_ids()
    {
        (RatingData train, RatingData test) = Ratings.Split(0.25);
        test.Ratings.Count.ShouldBe(1_500);
        (train.Ratings.Count + test.Ratings.Count).ShouldBe(Ratings.Ratings.Count);
        train.Users.ShouldBeSameAs(Ratings.Users);
        train.Fingerprint.ShouldNotBe(test.Fingerprint);
        Should.Throw<InputException>(() => Ratings.Split(1)).Message.ShouldContain("test-ratio");
        Should.Throw<InputException>(() => Ratings.Split(0.0)).Message.ShouldContain("test-ratio");
    }

    [Fact]
    public void Ratings_with_other_ids_are_compared_by_their_ids()
    {
        // The same ratings in another order have other indices; users and items that are new are cold.
        RatingData turned = RatingData.Of(Triples().Reverse().Append(("new user", Ratings.Items[0], 3f)).Append((Ratings.Users[0], "new item", 3f)));
        turned.Users[0].ShouldNotBe(Ratings.Users[0]);
        var metrics = Model.Evaluate(turned);
        (metrics.Count, metrics.ColdUsers, metrics.ColdItems).ShouldBe((6_002, 1, 1));
        RatingData same = RatingData.Of(Triples().Reverse());
        Model.Evaluate(same).Rmse.ShouldBe(Model.Evaluate(Ratings).Rmse);
        Model.Evaluate(Ratings).Rmse.ShouldBe(
            Evaluator.Evaluate(Model.Saved.Model, InteractionCounts.Of(Ratings.Ratings), Ratings.Ratings).Rmse, 1e-7);
    }

    [Fact]
    public void A_new_user_is_told_by_ratings_and_sees_other_items()
    {
        (string, float)[] mine = [(Ratings.Items[3], 5), (Ratings.Items[7], 1)];
        var list = Model.Recommend(mine, 5);
        list.FoldIn!.Ratings.ShouldBe(2);
        list.Items.Select(item => item.Item).ShouldNotContain(Ratings.Items[3]);
        Model.Predict(mine, Ratings.Items[5]).Basis.ShouldBe("the user was folded in by 2 ratings");
        Should.Throw<InputException>(() => Model.Recommend([("nothing known", 5f)])).Message.ShouldContain("at least one item that the model knows");
        Should.Throw<InputException>(() => Model.Recommend([(Ratings.Items[0], float.NaN)])).Message.ShouldContain("ratings[0]");
    }

    [Fact]
    public void Strangers_get_an_answer_that_says_so()
    {
        Model.Predict("nobody", "nothing").Answer.ShouldBe(Answer.ColdBoth);
        Model.Recommend("nobody", 3).RankedBy.ShouldNotBe(RankedBy.Prediction);
        Model.Similar("nothing").Cold.ShouldBeTrue();
    }

    [Fact]
    public void Lists_can_be_filtered_and_answers_explained()
    {
        string user = Ratings.Users[2];
        string first = Model.Recommend(user, 1).Items[0].Item;
        Model.Recommend(user, new RecommendQuery { N = 1, Deny = [first] }).Items[0].Item.ShouldNotBe(first);
        var why = Model.Explain(user, first);
        why.Contributions.Count.ShouldBe(5);
        why.Prediction.ShouldBe(Model.Predict(user, first).Prediction);
        Model.Similar(first, 3).Items.Count.ShouldBe(3);
        Model.SimilarUsers(user, 3).Users.Count.ShouldBe(3);
    }

    [Fact]
    public void Rankings_are_those_of_the_command_line()
    {
        (RatingData train, RatingData test) = Ratings.Split(0.2);
        TrainedModel model = new Ease { Threads = 2 }.Fit(train);
        model.Rank(test).Figures["ndcg@10"].ShouldBe(
            DistRec.Evaluation.Ranking.RankingEvaluator.Evaluate(model.Saved.Model, train.Ratings, test.Ratings).Figures["ndcg@10"]);
    }

    [Fact]
    public void A_folder_that_is_no_model_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("distrec-").FullName;
        Should.Throw<InputException>(() => TrainedModel.Load(folder)).Message.ShouldContain(folder);
        File.WriteAllText(Path.Combine(folder, "letter.txt"), "dear");
        Should.Throw<InputException>(() => Model.Save(folder));
        File.Exists(Path.Combine(folder, "letter.txt")).ShouldBeTrue();
    }

    private static IEnumerable<(string User, string Item, float Rating)> Triples()
    {
        for (int user = 0; user < Ratings.Users.Count; user++)
        {
            for (int t = 0; t < Ratings.Ratings.RowLength(user); t++)
            {
                yield return (Ratings.Users[user], Ratings.Items[Ratings.Ratings.RowColumns(user)[t]], Ratings.Ratings.RowValues(user)[t]);
            }
        }
    }
}
