namespace DistRec.Training.Tests.Protocol;

public sealed class ModelSpecTests
{
    public static TheoryData<string> Models { get; } = [.. ModelCatalogue.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_setting_of_every_model_comes_back_from_its_message(string name)
    {
        // Every setting gets a value that no other has and that is not its default; what makes the model another one stays.
        ModelDefinition model = ModelCatalogue.Get(name);
        int number = 7;
        ModelOptions options = ModelDefinition.Make(model.Defaults, setting => setting.Get(model.Defaults) switch
        {
            int when setting.Key != "degree" => number++,
            float => (float)number++,
            ulong => (ulong)number++,
            bool flag when setting.Key != "is-bpr" => !flag,
            Enum when setting.Key != "form" => setting.ValueOf(setting.Words.Count - 1),
            _ => null,
        });
        (options != model.Defaults || model.Settings.Count == 0).ShouldBeTrue();
        options.Kind.ShouldBe(name);
        ModelSpec message = ModelSpec.Of(options);
        ModelSpec.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(message)).ToOptions().ShouldBe(options);
        ModelSpec.Parser.ParseJson(Google.Protobuf.JsonFormatter.Default.Format(message)).ToOptions().ShouldBe(options);
    }

    [Fact]
    public void Settings_that_another_version_has_are_named()
    {
        ModelSpec message = ModelSpec.Of(ModelCatalogue.Get("baseline").Defaults);
        message.Settings[1].Name = "item-damping";
        Should.Throw<InvalidOperationException>(message.ToOptions).Message.ShouldBe(
            "model: expected the settings user-regularization, item-regularization of baseline, found user-regularization, item-damping; is the message from another version?");
    }
}
