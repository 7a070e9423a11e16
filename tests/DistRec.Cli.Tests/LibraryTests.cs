using System.Text.Json;
using DistRec.Data;
using DistRec.Models.Settings;

namespace DistRec.Cli.Tests;

/// <summary>The library beside <c>train</c>: the same ratings, seed and settings come to the same bits.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Estimators =>
        [.. typeof(Estimator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Estimator)) && !type.IsAbstract).Select(type => type.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Estimators))]
    public async Task A_fitted_model_is_the_one_that_train_saves(string name)
    {
        string path = _folder["ratings.csv"];
        RatingWriter.WriteCsv(
            SyntheticRatings.Generate(new SyntheticOptions { RatingCount = 3_000, UserCount = 100, ItemCount = 50, Rank = 2, Seed = 5, Threads = 1 }).Data, path);
        Estimator estimator = (Estimator)Activator.CreateInstance(typeof(Estimator).Assembly.GetType($"DistRec.{name}")!)!;
        int? epochs = ModelCatalogue.Get(estimator.Kind).Defaults.UsualEpochs > 1 ? 3 : null;
        JsonElement trained = await CommandLine.JsonAsync(
            ["train", "--data", path, "--model", estimator.Kind, "--threads", "2", "--quiet", "--out", _folder["model"], .. epochs is null ? Array.Empty<string>() : ["--epochs", "3"]]);

        (RatingData train, RatingData test) = RatingData.Read(path).Split(0.1);
        DistRec.TrainedModel fitted = (estimator with { Epochs = epochs, Threads = 2 }).Fit(train);

        fitted.Sha256.ShouldBe(trained.GetProperty("modelSha256").GetString());
        if (trained.GetProperty("testRmse").ValueKind == JsonValueKind.Number && name != nameof(PolySvm))
        {
            fitted.Evaluate(test).Rmse.ShouldBe(trained.GetProperty("testRmse").GetDouble(), 1e-6);
        }

        DistRec.TrainedModel loaded = DistRec.TrainedModel.Load(_folder["model"]);
        loaded.Sha256.ShouldBe(fitted.Sha256);
        foreach ((string setting, JsonElement value) in fitted.Saved.Description.Options)
        {
            loaded.Saved.Description.Options[setting].ToString().ShouldBe(value.ToString(), setting);
        }
    }
}
