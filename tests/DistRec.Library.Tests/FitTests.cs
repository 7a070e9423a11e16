using System.Reflection;
using DistRec.Data;
using DistRec.Models;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Queries;
using DistRec.Models.Settings;

namespace DistRec.Library.Tests;

public sealed class FitTests
{
    // Planted ratings of 200 users: enough to learn from in a blink.
    private static readonly RatingData Ratings = SyntheticRatings.Generate(
        new SyntheticOptions { RatingCount = 6_000, UserCount = 200, ItemCount = 80, Rank = 2, Titles = true, Seed = 5, Threads = 1 }).Data;

    public static TheoryData<string> Estimators =>
        [.. typeof(Estimator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Estimator)) && !type.IsAbstract).Select(type => type.Name)];

    [Theory, MemberData(nameof(Estimators))]
    public void Every_estimator_fits_answers_and_comes_back_from_its_folder(string name)
    {
        Estimator estimator = (Estimator)Activator.CreateInstance(typeof(Estimator).Assembly.GetType($"DistRec.{name}")!)!;
        (RatingData train, RatingData test) = Ratings.Split(0.1);
        int? epochs = ModelCatalogue.Get(estimator.Kind).Defaults.UsualEpochs > 1 ? 2 : null;
        TrainedModel model = (estimator with { Epochs = epochs, Threads = 2 }).Fit(train);
        model.Kind.ShouldBe(estimator.Kind);
        if (name == nameof(PolySvm))
        {
            // Pairs of features of a user with those of an item are no tables of users and items.
            Should.Throw<InputException>(() => model.Predict("u", "i")).Message.ShouldContain("rows of features alone");
            Should.Throw<InputException>(() => model.Evaluate(test)).Message.ShouldContain("rows of features alone");
            return;
        }

        string user = Ratings.Users[0];
        var list = model.Recommend(user, 5);
        list.Items.Count.ShouldBe(5);
        list.Items.ShouldAllBe(item => float.IsFinite(item.Prediction) && item.Title != null);
        model.Predict(user, Ratings.Items[1]).Answer.ShouldBe(Answer.Known);
        if (model.Saved.Model.IsImplicit)
        {
            model.Rank(test).Figures["ndcg@10"].Value!.Value.ShouldBeGreaterThan(0);
            Should.Throw<InputException>(() => model.Evaluate(test)).Message.ShouldContain("Rank");
        }
        else
        {
            model.Evaluate(test).Rmse.ShouldBeInRange(0.1, 2);
        }

        string folder = Path.Combine(Directory.CreateTempSubdirectory("distrec-").FullName, "model");
        model.Save(folder);
        TrainedModel loaded = TrainedModel.Load(folder);
        loaded.Sha256.ShouldBe(model.Sha256);
        loaded.Recommend(user, 5).Items.ShouldBe(list.Items);
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    [Fact]
    public void The_bits_are_those_of_any_threads_and_partitions()
    {
        string[] models =
        [
            .. new[] { (1, 1), (2, 1), (1, 3), (2, 7) }.Select(how =>
                new Als { Rank = 4, Epochs = 3, Threads = how.Item1, Partitions = how.Item2 }.Fit(Ratings).Sha256),
        ];
        models.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void What_is_given_is_kept_also_where_it_is_the_default()
    {
        // Few ratings a user raise λ, unless somebody chose it.
        (RatingData few, _) = Ratings.Split(0.8);
        TrainedModel usual = new Als { Rank = 2, Epochs = 1 }.Fit(few);
        TrainedModel chosen = new Als { Rank = 2, Epochs = 1, Regularization = new DistRec.Models.Als.AlsOptions().Regularization }.Fit(few);
        usual.Saved.Description.Options["regularization"].GetSingle().ShouldBeGreaterThan(4);
        chosen.Saved.Description.Options["regularization"].GetSingle().ShouldBe(3);
        chosen.Sha256.ShouldNotBe(usual.Sha256);
    }

    [Fact]
    public void All_mistakes_are_told_together_by_the_names_of_properties()
    {
        string message = Should.Throw<InputException>(() => new Als { Rank = 0, Regularization = -1, Epochs = 0 }.Fit(Ratings)).Message;
        message.Split(Environment.NewLine).Length.ShouldBe(3);
        message.ShouldContain("Rank: expected");
        message.ShouldContain("Regularization: expected");
        message.ShouldContain("Epochs: expected at least 1, found 0");
        Should.Throw<InputException>(() => new AlsImplicit { Patience = 3 }.Fit(Ratings)).Message.ShouldStartWith("Patience: expected nothing, since");
        Should.Throw<InputException>(() => new AlsImplicit { ValidationRatio = 0.1 }.Fit(Ratings)).Message.ShouldStartWith("ValidationRatio: expected nothing, since");
        Should.Throw<InputException>(() => new Fm { Refit = false }.Fit(Ratings)).Message.ShouldStartWith("Refit: expected nothing, since");
        Should.Throw<InputException>(() => new Fm { PositiveFrom = 4 }.Fit(Ratings)).Message.ShouldStartWith("PositiveFrom: expected nothing, since");
    }

    [Fact]
    public void Epochs_are_told_and_training_stops_when_asked()
    {
        List<int> told = [];
        using CancellationTokenSource stop = new();
        Should.Throw<OperationCanceledException>(() => new Mf { Rank = 2, Epochs = 50, Patience = 0, Threads = 1 }.FitAsync(Ratings, new Told(epoch =>
        {
            told.Add(epoch.Epoch);
            if (epoch.Epoch == 3)
            {
                stop.Cancel();
            }
        }), stop.Token).GetAwaiter().GetResult());
        told.Take(3).ShouldBe([1, 2, 3]);
        told.Count.ShouldBeLessThan(50);
    }

    [Fact]
    public void Pairs_without_ratings_are_no_ratings()
    {
        RatingData pairs = Ratings with { HasRatings = false };
        Should.Throw<InputException>(() => new Als().Fit(pairs)).Message.ShouldContain("AlsImplicit");
        new TopPopular { Threads = 1 }.Fit(pairs).Recommend("nobody", 3).Items.Count.ShouldBe(3);
    }

    [Fact]
    public void Classes_are_told_from_ratings()
    {
        TrainedModel model = new Fm { Task = FmTask.Classification, PositiveFrom = 4, Rank = 2, Epochs = 3, Threads = 1 }.Fit(Ratings);
        model.Predict(Ratings.Users[0], Ratings.Items[0]).Meaning.ShouldBe("probability");
        Should.Throw<InputException>(() => model.Evaluate(Ratings)).Message.ShouldContain("probability");
    }

    [Fact]
    public void Estimators_are_records()
    {
        Als als = new() { Rank = 8 };
        (als with { Rank = 16 }).ShouldBe(new Als { Rank = 16 });
        typeof(Als).GetProperties(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.Name != "EqualityContract").ShouldAllBe(property => property.GetValue(new Als()) == null, "null is as suits the data");
    }

    private sealed class Told(Action<EpochFigures> tell) : IProgress<EpochFigures>
    {
        public void Report(EpochFigures value) => tell(value);
    }
}
