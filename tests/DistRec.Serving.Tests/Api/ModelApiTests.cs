using System.Formats.Tar;
using System.Net;
using System.Text;
using System.Text.Json;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Registry;

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
        JsonElement[] versions = [.. (await _server.GetAsync("/v1/models/films")).GetProperty("versions").EnumerateArray()];
        versions.Length.ShouldBe(2);
        foreach (JsonElement version in versions)
        {
            // The retired one, too, which is not loaded.
            (version.GetProperty("users").GetInt32(), version.GetProperty("items").GetInt32(), version.GetProperty("rank").GetInt32()).ShouldBe(
                (SmallModels.Users, SmallModels.Items, 4));
            (version.GetProperty("ratings").GetInt64(), version.GetProperty("ratingScale").GetProperty("maximum").GetSingle()).ShouldBe((290, 5));
        }
    }

    [Fact]
    public async Task What_is_no_model_is_refused_by_name_and_registers_nothing()
    {
        (await _server.PostAsync("/v1/models", $$"""{"name":"films","folder":"{{_folder}}/nothing"}""", HttpStatusCode.BadRequest)).GetRawText().ShouldContain("nothing");
        (await _server.PostAsync("/v1/models", $$"""{"name":"Films!","folder":"{{_folder}}"}""", HttpStatusCode.BadRequest)).GetRawText().ShouldContain("the model's name");
        (await _server.GetAsync("/v1/models")).GetProperty("models").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_model_that_is_sent_is_the_version_that_its_folder_would_be()
    {
        string folder = Save(1);
        using RecommendationClient client = new(_server.Client.BaseAddress!);

        ModelVersionAnswer sent = await client.UploadModelAsync("films", folder, activate: true);

        (sent.Version, sent.State, sent.ModelSha256).ShouldBe((1, ModelState.Active, ModelFolder.Load(folder).Description.ModelSha256));
        (await ServedAsync()).ShouldBe(("films", 1));
        (await RegisterAsync(1)).GetProperty("version").GetInt32().ShouldBe(1, "the same model again is the version that is there");
        (await client.UploadModelAsync("films", Save(2), activate: false)).State.ShouldBe(ModelState.Registered);
        (await ServedAsync()).ShouldBe(("films", 1));
        Directory.EnumerateFileSystemEntries(Path.Combine(_server.Folder, "uploads")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_sent_and_is_no_model_is_refused_by_name_and_leaves_nothing()
    {
        string folder = Save(1);
        await File.WriteAllBytesAsync(Path.Combine(folder, ModelFolder.DescriptionFile), "{}"u8.ToArray());

        await RefusedAsync(TarOf(("model.json", "{}")), "the model that was sent");
        await RefusedAsync(TarOf(("../model.json", "{}")), "found RegularFile \"../model.json\"");
        await RefusedAsync(TarOf(("a/b", "{}")), "plain files without folders");
        await RefusedAsync(TarOf(("a", "1"), ("a", "2")), "each once");
        await RefusedAsync(new byte[1024], "expected the files of a model, found none");
        await RefusedAsync("no archive at all, but some hundreds of bytes".PadRight(2000, '.').Select(letter => (byte)letter).ToArray(), "expected a tar archive");
        await RefusedAsync(TarOf(("model.json", new string(' ', 5000)))[..2000], "expected a tar archive");
        (await _server.GetAsync("/v1/models")).GetProperty("models").GetArrayLength().ShouldBe(0);
        Directory.EnumerateFileSystemEntries(Path.Combine(_server.Folder, "uploads")).ShouldBeEmpty();
        using RecommendationClient client = new(_server.Client.BaseAddress!);
        (await Should.ThrowAsync<InputException>(() => client.UploadModelAsync("films", folder, activate: true))).Message.ShouldContain(ModelFolder.DescriptionFile);
    }

    private async Task RefusedAsync(byte[] archive, string reason)
    {
        JsonElement problem = await TestServer.ReadAsync(
            _server.Client.PostAsync(new Uri("/v1/models/films/versions?activate=true", UriKind.Relative), new ByteArrayContent(archive)), HttpStatusCode.BadRequest);
        problem.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(reason);
    }

    private static byte[] TarOf(params (string Name, string Text)[] files)
    {
        using MemoryStream stream = new();
        using (TarWriter writer = new(stream, leaveOpen: true))
        {
            foreach ((string name, string text) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.ASCII.GetBytes(text)) });
            }
        }

        return stream.ToArray();
    }

    private Task<JsonElement> RegisterAsync(ulong seed) =>
        _server.PostAsync("/v1/models", $$"""{"name":"films","folder":"{{Save(seed)}}","activate":true}""", HttpStatusCode.Created);

    private string Save(ulong seed)
    {
        string folder = Path.Combine(_folder, $"{seed}");
        if (!ModelFolder.IsModel(folder))
        {
            ModelFolder.Save(folder, SmallModels.Saved(seed));
        }

        return folder;
    }

    private async Task<(string?, int)> ServedAsync()
    {
        JsonElement served = (await _server.GetAsync("/v1/predict?user=u1&item=i1")).GetProperty("served");
        return (served.GetProperty("model").GetString(), served.GetProperty("version").GetInt32());
    }
}
