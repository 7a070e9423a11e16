using DistRec.Serving.Registry;
using DistRec.Training.Storage;

namespace DistRec.Serving.Tests.Registry;

public abstract class BlobRegistryContract(ITestDatabase databases) : ModelRegistryContract(databases)
{
    private readonly MemoryBlobStore _store = new();

    private protected override IModelFiles Files => Node("cache");

    private protected override IEnumerable<string> Kept => _store.ListAsync("").GetAwaiter().GetResult();

    [SkippableFact]
    public async Task Each_node_fetches_a_model_once_and_again_where_its_copy_is_damaged()
    {
        ModelVersion version = await RegisterAsync("films", 1);
        ModelRegistry other = await ModelRegistry.OpenAsync(await OpenDatabaseAsync(), Node("other cache"), Time);
        string folder = await other.FolderAsync(version);
        folder.ShouldBe(Path.Combine(Folder.Path, "other cache", "films", $"1-{version.Upload}"));
        string factors = Path.Combine(folder, "factors.safetensors");
        DateTime fetched = File.GetLastWriteTimeUtc(factors);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => other.LoadAsync(version))));
        File.GetLastWriteTimeUtc(factors).ShouldBe(fetched);

        await File.AppendAllTextAsync(factors, "x");
        (await other.LoadAsync(version)).Description.ModelSha256.ShouldBe(version.Sha256);
        File.GetLastWriteTimeUtc(factors).ShouldNotBe(fetched);
    }

    [SkippableFact]
    public async Task What_is_damaged_or_gone_in_the_store_is_named()
    {
        ModelVersion version = await RegisterAsync("films", 1);
        string name = $"models/films/{version.Upload}/factors.safetensors";
        _store.Damage(name, bytes => [1, .. bytes[1..]]);
        (await Should.ThrowAsync<ModelRegistryException>(() => Registry.LoadAsync(version))).Message.ShouldContain(name);

        await _store.DeletePrefixAsync("models");
        (await Should.ThrowAsync<ModelRegistryException>(() => Registry.LoadAsync(version))).Message.ShouldContain(
            "the model films 1: expected its files, found none");
        Directory.GetFiles(Path.Combine(Folder.Path, "cache"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task What_a_registration_left_goes_after_a_day_and_what_was_noted_stays()
    {
        foreach (string where in new[] { nameof(StoppingFiles.AddAsync), nameof(IPendingModel.KeepAsync) })
        {
            // It never goes on: as good as killed.
            StoppingFiles stopping = new(Files, where);
            _ = (await ModelRegistry.OpenAsync(Database, stopping, Time)).RegisterAsync(Registration(where.ToLowerInvariant(), 1));
            await stopping.Stopped.Soon();
        }

        await OpenAsync();
        Kept.Count(name => name.EndsWith("/model.json", StringComparison.Ordinal)).ShouldBe(2, "they may be under way");
        Time.Advance(BlobModelFiles.LongestUpload + TimeSpan.FromSeconds(1));
        await OpenAsync();

        ShouldBeTidy(1);
        await Registry.LoadAsync((await Registry.ListAsync()).ShouldHaveSingleItem());
    }

    private BlobModelFiles Node(string cache) => new(_store, Path.Combine(Folder.Path, cache), Time);
}

public sealed class SqliteBlobRegistryTests(SqliteFiles files) : BlobRegistryContract(files), IClassFixture<SqliteFiles>;

public sealed class PostgresBlobRegistryTests(PostgresServer server) : BlobRegistryContract(server), IClassFixture<PostgresServer>;
