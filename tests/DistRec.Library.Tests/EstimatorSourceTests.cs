using DistRec.Models.Settings;

namespace DistRec.Library.Tests;

public sealed class EstimatorSourceTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "src/DistRec.Library/Estimators");

    public static TheoryData<string> Models => [.. ModelCatalogue.All.Select(model => model.Name)];

    [Theory, MemberData(nameof(Models))]
    public void Every_model_has_an_estimator_with_all_its_settings(string name)
    {
        ModelDefinition model = ModelCatalogue.Get(name);
        string file = $"{EstimatorSource.NameOf(model)}.cs", made = Path.Combine(AppContext.BaseDirectory, "Estimators", file);
        Directory.CreateDirectory(Path.GetDirectoryName(made)!);
        File.WriteAllText(made, EstimatorSource.Of(model));
        string path = Path.Combine(Folder, file);
        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(EstimatorSource.Of(model), $"copy {made} to {path}");
    }

    [Fact]
    public void No_estimator_is_left_of_a_model_that_is_gone() =>
        Directory.EnumerateFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order()
            .ShouldBe(ModelCatalogue.All.Select(EstimatorSource.NameOf).Order());
}
