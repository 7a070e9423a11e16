using DistRec.Serving.Registry;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Registry;

public sealed class FolderRegistryTests(SqliteFiles files) : ModelRegistryContract(files), IClassFixture<SqliteFiles>
{
    private protected override IModelFiles Files => new FolderModelFiles(Root);

    private protected override IEnumerable<string> Kept =>
        Directory.Exists(Root) ? Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];

    private string Root => Path.Combine(Folder.Path, "models");

    [Fact]
    public async Task Models_stand_by_their_names_and_versions()
    {
        ModelVersion version = await RegisterAsync("films", 1);

        (await Registry.FolderAsync(version)).ShouldBe(Path.Combine(Root, "films", "1"));
        Kept.Select(Path.GetFileName).ShouldBe(Directory.GetFiles(Save("1")).Order(StringComparer.Ordinal).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_version_that_an_earlier_release_registered_is_found_without_what_was_not_noted_then()
    {
        string file = Path.Combine(Folder.Path, "old.db");
        SchemaSteps earlier = ServingSchema.Steps with { Steps = [ServingSchema.Steps.Steps[0]] };
        await using (IDatabase old = await DatabaseSetting.OpenFileAsync(file, earlier))
        {
            await old.RunAsync(DatabaseAccess.Write, statements => statements.ExecuteAsync(
                "INSERT INTO model_versions (name, version, state, kind, sha256, metrics, options, data_name, data_fingerprint, trained, created, notes, upload) "
                + "VALUES ('films', 1, 'Registered', 'als', 'a', '{}', '{}', 'd', 'f', 0, 0, '', 'u')"));
        }

        await using IDatabase database = await DatabaseSetting.OpenFileAsync(file, ServingSchema.Steps);
        ModelRegistry registry = await OpenAsync(database);
        ModelVersion version = (await registry.ListAsync()).Single();
        (version.Kind, version.Users, version.Items, version.Ratings, version.Rank, version.Scale).ShouldBe(("als", null, null, null, null, null));
        (await registry.RegisterAsync(Registration("films", 2))).Users.ShouldBe(SmallModels.Users);
    }

    [Fact]
    public async Task A_damaged_model_is_named_and_so_is_one_that_is_gone()
    {
        ModelVersion version = await RegisterAsync("films", 1);
        string file = Path.Combine(Root, "films", "1", "factors.safetensors");
        await File.AppendAllTextAsync(file, "x");
        (await Should.ThrowAsync<InputException>(() => Registry.LoadAsync(version))).Message.ShouldStartWith(file);

        ModelFolder.Save(Path.Combine(Root, "films", "1"), SmallModels.Saved(2));
        (await Should.ThrowAsync<InputException>(() => Registry.LoadAsync(version))).Message.ShouldContain(
            $"expected the model films 1 of SHA-256 {version.Sha256}, found one of");

        Directory.Delete(Path.Combine(Root, "films", "1"), recursive: true);
        (await Should.ThrowAsync<ModelRegistryException>(() => Registry.LoadAsync(version))).Message.ShouldBe(
            $"{Root}: the model films 1: expected its files, found none; restore them from a backup, or activate another version and retire this one");
    }

    [SkippableFact]
    public async Task A_full_disk_is_named_and_leaves_nothing()
    {
        using SmallDisk disk = SmallDisk.Mount(Root, 16);

        ModelRegistryException full = await Should.ThrowAsync<ModelRegistryException>(() => RegisterAsync("films", 1));

        full.Message.ShouldBe($"{Root}: expected space on the disk, found it full; nothing was registered: free some space");
        (await Registry.ListAsync()).ShouldBeEmpty();
        ShouldBeTidy(0);
    }

    [Theory]
    [InlineData(nameof(StoppingFiles.AddAsync), 0)]
    [InlineData(nameof(IPendingModel.PlaceAsync), 0)]
    [InlineData(nameof(IPendingModel.KeepAsync), 1)]
    public async Task A_registration_that_is_killed_leaves_nothing_or_a_whole_version(string where, int versions)
    {
        using ChildProcess child = ChildProcess.Start(
            typeof(KilledProgram), nameof(KilledProgram.RegisterAsync), Setting, Root, Save("1"), where);
        await child.KillAfterAsync(where).WaitAsync(Bound);
        Kept.ShouldNotBeEmpty("it was in the middle of it");

        ModelRegistry registry = await OpenAsync();

        ShouldBeTidy(versions);
        (await registry.ListAsync()).Count.ShouldBe(versions);
        ModelVersion version = await registry.RegisterAsync(Registration("films", 1));
        version.Version.ShouldBe(1);
        (await registry.LoadAsync(version)).Description.ModelSha256.ShouldBe(version.Sha256);
        (await registry.RegisterAsync(Registration("films", 2))).Version.ShouldBe(2);
        ShouldBeTidy(2);
    }

    /// <summary>Opening a registry removes what is left over, and must not remove what another process is about to register.</summary>
    [Theory]
    [InlineData(nameof(StoppingFiles.AddAsync))]
    [InlineData(nameof(IPendingModel.KeepAsync))]
    public async Task A_registration_that_is_under_way_is_left_alone(string where)
    {
        StoppingFiles stopping = new(Files, where);
        Task<ModelVersion> registering = Task.Run(async () => await (await ModelRegistry.OpenAsync(Database, stopping, Time)).RegisterAsync(Registration("films", 1)));
        await stopping.Stopped.Soon();

        await OpenAsync(await OpenDatabaseAsync());
        stopping.GoOn();

        ModelVersion version = await registering.Soon();
        (await Registry.LoadAsync(version)).Description.ModelSha256.ShouldBe(version.Sha256);
        ShouldBeTidy(1);
    }
}
