using System.Net;
using System.Text.Json;

namespace DistRec.Serving.Tests.Api;

public sealed class ModelApiTests : IAsyncLifetime
{
    private readonly TestServer _server = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-models-").FullName;

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_version_is_registered_activated_rolled_back_and_retired_and_all_of_it_is_noted()
    {
        JsonElement first = await RegisterAsync(1);
        first.GetProperty("version").GetInt32().ShouldBe(1);
        first.GetProperty("state").GetString().ShouldBe("active");
        first.GetProperty("users").GetInt32().ShouldBe(SmallModels.Users);
        (await RegisterAsync(1)).GetProperty("version").GetInt32().ShouldBe(1, "the same model again is the version that is there");
        (await RegisterAsync(2)).GetProperty("version").GetInt32().ShouldBe(2);
        (await ServedAsync()).ShouldBe(("films", 2));

        await _server.PostAsync("/v1/models/films/rollback", """{"reason":"worse"}""");
        (await ServedAsync()).ShouldBe(("films", 1));
        await _server.PostAsync("/v1/models/films/versions/1/retire", "{}", HttpStatusCode.Conflict);
        (await _server.PostAsync("/v1/models/films/versions/2/retire", "{}")).GetProperty("state").GetString().ShouldBe("retired");
        await _server.PostAsync("/v1/models/films/versions/2/activate", "{}", HttpStatusCode.Conflict);
        await _server.PostAsync("/v1/models/films/versions/7/activate", "{}", HttpStatusCode.NotFound);

        JsonElement[] history = [.. (await _server.GetAsync("/v1/models/films/history")).GetProperty("activations").EnumerateArray()];
        history.Select(change => $"{change.GetProperty("action").GetString()} {change.GetProperty("version").GetInt32()}").ShouldBe(
            ["retire 2", "rollBack 1", "activate 2", "register 2", "activate 1", "register 1"]);
        history[1].GetProperty("reason").GetString().ShouldBe("worse");
        JsonElement model = (await _server.GetAsync("/v1/models")).GetProperty("models").EnumerateArray().Single();
        model.GetProperty("active").GetInt32().ShouldBe(1);
        model.GetProperty("isDefault").GetBoolean().ShouldBeTrue();
        (await _server.GetAsync("/v1/models/films")).GetProperty("versions").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task What_is_no_model_is_refused_by_name_and_registers_nothing()
    {
        (await _server.PostAsync("/v1/models", $$"""{"name":"films","folder":"{{_folder}}/nothing"}""", HttpStatusCode.BadRequest)).GetRawText().ShouldContain("nothing");
        (await _server.PostAsync("/v1/models", $$"""{"name":"Films!","folder":"{{_folder}}"}""", HttpStatusCode.BadRequest)).GetRawText().ShouldContain("the model's name");
        (await _server.GetAsync("/v1/models")).GetProperty("models").GetArrayLength().ShouldBe(0);
    }

    private Task<JsonElement> RegisterAsync(ulong seed)
    {
        string folder = Path.Combine(_folder, $"{seed}");
        if (!ModelFolder.IsModel(folder))
        {
            ModelFolder.Save(folder, SmallModels.Saved(seed));
        }

        return _server.PostAsync("/v1/models", $$"""{"name":"films","folder":"{{folder}}","activate":true}""", HttpStatusCode.Created);
    }

    private async Task<(string?, int)> ServedAsync()
    {
        JsonElement served = (await _server.GetAsync("/v1/predict?user=u1&item=i1")).GetProperty("served");
        return (served.GetProperty("model").GetString(), served.GetProperty("version").GetInt32());
    }
}
