using DistRec.Serving.Registry;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Registry;

/// <summary>What the registry promises, in whatever database it is and wherever its models are.</summary>
public abstract class ModelRegistryContract(ITestDatabase databases) : ServingDatabaseTest(databases)
{
    private protected ModelRegistry Registry { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    /// <summary>Where the models are: the same place each time in a test.</summary>
    private protected abstract IModelFiles Files { get; }

    /// <summary>All files there.</summary>
    private protected abstract IEnumerable<string> Kept { get; }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Registry = await OpenAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Folder.Dispose();
    }

    [SkippableFact]
    public async Task A_model_is_found_as_it_was_registered()
    {
        string folder = Save("a");
        await File.WriteAllTextAsync(Path.Combine(folder, "report.html"), "<p>good</p>");
        ModelDescription about = ModelFolder.Load(folder).Description;

        ModelVersion version = await Registry.RegisterAsync(
            new ModelRegistration { Name = "films", Folder = folder, By = "anna", Job = "job-7", Notes = "with \"new\" data; DROP TABLE models" });

        ModelVersion found = (await Registry.FindAsync("films", 1)).ShouldNotBeNull();
        foreach (ModelVersion one in new[] { version, found })
        {
            (one.Name, one.Version, one.State, one.Kind, one.Sha256).ShouldBe(("films", 1, ModelState.Registered, about.Kind, about.ModelSha256!));
            (one.DataName, one.DataFingerprint, one.Job, one.Notes).ShouldBe(("made up", "abc123", "job-7", "with \"new\" data; DROP TABLE models"));
            (one.Trained, one.Created).ShouldBe((about.Created, Time.GetUtcNow()));
            (one.Users, one.Items, one.Ratings, one.Rank, one.Scale).ShouldBe(
                (SmallModels.Users, SmallModels.Items, about.RatingCount, about.Rank, new RatingScale(0.5f, 5)));
            one.Metrics.ShouldBe(about.Metrics);
            one.Options.ToDictionary(option => option.Key, option => option.Value.GetRawText())
                .ShouldBe(about.Options.ToDictionary(option => option.Key, option => option.Value.GetRawText()));
        }

        (await Registry.LoadAsync(found)).Description.ModelSha256.ShouldBe(about.ModelSha256);
        (await File.ReadAllTextAsync(Path.Combine(await Registry.FolderAsync(found), "report.html"))).ShouldBe("<p>good</p>");
        (await Registry.FindAsync("films", 2)).ShouldBeNull();
        (await Registry.FindAsync("other", 1)).ShouldBeNull();
        (await Registry.ActiveAsync()).ShouldBeEmpty("someone must say so");
    }

    [SkippableFact]
    public async Task The_same_model_again_is_the_version_that_is_there_and_another_one_the_next()
    {
        await RegisterAsync("films", 1);
        (await RegisterAsync("films", 2)).Version.ShouldBe(2);
        string[] kept = [.. Kept];

        (await RegisterAsync("films", 1)).Version.ShouldBe(1);
        Kept.ShouldBe(kept);
        (await RegisterAsync("books", 1)).Version.ShouldBe(1);
        (await RegisterAsync("films", 3)).Version.ShouldBe(3);

        (await Registry.ListAsync()).Select(version => version.ToString()).ShouldBe(["books 1", "films 1", "films 2", "films 3"]);
        (await Registry.ListAsync("films")).Select(version => version.Version).ShouldBe([1, 2, 3]);
        (await Registry.HistoryAsync("films")).Select(change => (change.Action, change.Version)).ShouldBe(
            [(ModelAction.Register, 3), (ModelAction.Register, 2), (ModelAction.Register, 1)]);
    }

    [SkippableFact]
    public async Task One_version_of_a_name_is_active_and_rolling_back_goes_through_those_before()
    {
        foreach (int seed in Enumerable.Range(1, 4))
        {
            await RegisterAsync("films", seed);
        }

        await RegisterAsync("books", 1);
        await Registry.ActivateAsync("books", 1, "bob", "");
        foreach (int version in new[] { 1, 3, 3, 2 })
        {
            (await Registry.ActivateAsync("films", version, "anna", $"try {version}")).State.ShouldBe(ModelState.Active);
            await ShouldBeActiveAsync(version);
        }

        await RollBackAsync(3);
        await RollBackAsync(1);
        await Registry.ActivateAsync("films", 4, "anna", "again");
        await RollBackAsync(1);
        ModelStateException refused = await Should.ThrowAsync<ModelStateException>(() => Registry.RollBackAsync("films", "anna", ""));

        refused.Message.ShouldBe(
            $"{Registry.Place}: the model films: expected a version that was active before the active one, found none; activate a version");
        await ShouldBeActiveAsync(1);
        (await Registry.HistoryAsync("films")).Where(change => change.Action != ModelAction.Register).Reverse()
            .Select(change => (change.Action, change.Version, change.By, change.Why)).ShouldBe(
            [
                (ModelAction.Activate, 1, "anna", "try 1"), (ModelAction.Activate, 3, "anna", "try 3"), (ModelAction.Activate, 2, "anna", "try 2"),
                (ModelAction.RollBack, 3, "watchdog", "worse"), (ModelAction.RollBack, 1, "watchdog", "worse"),
                (ModelAction.Activate, 4, "anna", "again"), (ModelAction.RollBack, 1, "watchdog", "worse"),
            ]);

        async Task RollBackAsync(int expected)
        {
            (await Registry.RollBackAsync("films", "watchdog", "worse")).Version.ShouldBe(expected);
            await ShouldBeActiveAsync(expected);
        }

        async Task ShouldBeActiveAsync(int version)
        {
            (await Registry.ListAsync("films")).Where(one => one.State == ModelState.Active).Select(one => one.Version).ShouldBe([version]);
            (await Registry.ActiveAsync()).Select(one => one.ToString()).ShouldBe([$"films {version}", "books 1"]);
        }
    }

    [SkippableFact]
    public async Task Whoever_asks_sees_by_a_number_that_something_was_changed()
    {
        (await Registry.LastChangeAsync()).ShouldBe(0);
        await RegisterAsync("films", 1);
        long before = await Registry.LastChangeAsync();

        Time.Advance(TimeSpan.FromHours(1));
        await (await OpenAsync()).ActivateAsync("films", 1, "anna", "");

        (await Registry.LastChangeAsync()).ShouldBeGreaterThan(before);
        ModelChange last = (await Registry.HistoryAsync())[0];
        (last.Sequence, last.At).ShouldBe((await Registry.LastChangeAsync(), Time.GetUtcNow()));
        await Registry.ActivateAsync("films", 1, "anna", "");
        (await Registry.LastChangeAsync()).ShouldBe(last.Sequence, "it is active");
    }

    [SkippableFact]
    public async Task Activations_at_the_same_time_come_one_after_the_other_and_the_database_allows_no_second_active_version()
    {
        const int Versions = 4;
        for (int seed = 1; seed <= Versions; seed++)
        {
            await RegisterAsync("films", seed);
        }

        ModelRegistry[] registries = await Task.WhenAll(Enumerable.Range(0, Versions).Select(async _ => await OpenAsync(await OpenDatabaseAsync())));
        await Task.WhenAll(registries.SelectMany((registry, index) => Enumerable.Range(0, 10).Select(
            time => Task.Run(() => registry.ActivateAsync("films", 1 + ((index + time) % Versions), $"{index}", ""))))).WaitAsync(Bound);

        int active = (await Registry.ListAsync()).Single(version => version.State == ModelState.Active).Version;
        ModelChange[] activations = [.. (await Registry.HistoryAsync()).Where(change => change.Action == ModelAction.Activate)];
        activations[0].Version.ShouldBe(active);
        activations.Zip(activations.Skip(1)).ShouldAllBe(pair => pair.First.Version != pair.Second.Version, "what is active is not activated");
        foreach (ModelChange before in activations.Skip(1))
        {
            (await Registry.RollBackAsync("films", "x", "")).Version.ShouldBe(before.Version, "each knows the one before it");
        }

        await Should.ThrowAsync<DatabaseException>(() => Database.RunAsync(
            DatabaseAccess.Write, statements => statements.ExecuteAsync("UPDATE model_versions SET state = 'Active' WHERE name = 'films'")));
    }

    [SkippableFact]
    public async Task Registrations_at_the_same_time_have_a_version_each_without_a_gap_and_the_same_model_has_one()
    {
        const int Models = 5;
        ModelRegistry[] registries = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => await OpenAsync(await OpenDatabaseAsync())));

        ModelVersion[] versions = await Task.WhenAll(registries.SelectMany(registry => Enumerable.Range(1, Models).Select(
            seed => Task.Run(() => registry.RegisterAsync(Registration("films", seed)))))).WaitAsync(Bound);

        versions.GroupBy(version => version.Sha256).ShouldAllBe(same => same.Select(version => version.Version).Distinct().Count() == 1);
        IReadOnlyList<ModelVersion> listed = await Registry.ListAsync();
        listed.Select(version => version.Version).ShouldBe(Enumerable.Range(1, Models));
        foreach (ModelVersion version in listed)
        {
            (await Registry.LoadAsync(version)).Description.ModelSha256.ShouldBe(version.Sha256);
        }

        ShouldBeTidy(Models);
    }

    [SkippableFact]
    public async Task A_retired_version_is_out_of_use_for_ever_and_the_active_one_is_not_retired()
    {
        ModelVersion first = await RegisterAsync("films", 1);
        await RegisterAsync("films", 2);
        await Registry.ActivateAsync("films", 1, "anna", "");
        (await Should.ThrowAsync<ModelStateException>(() => Registry.RetireAsync("films", 1, "anna", ""))).Message.ShouldBe(
            $"{Registry.Place}: the model films 1: expected one that is not active, found the active one; activate another version first");
        await Registry.ActivateAsync("films", 2, "anna", "");
        await Registry.LoadAsync(first);

        (await Registry.RetireAsync("films", 1, "anna", "old")).State.ShouldBe(ModelState.Retired);
        await Registry.RetireAsync("films", 1, "anna", "very old");

        ShouldBeTidy(1);
        await Should.ThrowAsync<ModelRegistryException>(() => Registry.LoadAsync(first));
        await Should.ThrowAsync<ModelStateException>(() => Registry.ActivateAsync("films", 1, "anna", ""));
        await Should.ThrowAsync<ModelStateException>(() => Registry.RollBackAsync("films", "anna", ""));
        (await Registry.HistoryAsync())[0].ShouldBe(new ModelChange
        {
            Sequence = 5, Action = ModelAction.Retire, Name = "films", Version = 1, By = "anna", Why = "old", At = Time.GetUtcNow(),
        });
        ModelVersion again = await RegisterAsync("films", 1);
        (again.Version, again.Sha256).ShouldBe((3, first.Sha256), "its number is never given again");
    }

    [SkippableFact]
    public async Task What_is_not_there_is_refused_by_name()
    {
        await RegisterAsync("films", 1);
        string place = Registry.Place;
        string Unknown(string model) => $"{place}: the model {model}: expected one that is registered, found none; check the name and the version";

        (await Should.ThrowAsync<UnknownModelException>(() => Registry.ActivateAsync("films", 2, "a", ""))).Message.ShouldBe(Unknown("films 2"));
        (await Should.ThrowAsync<UnknownModelException>(() => Registry.RetireAsync("books", 1, "a", ""))).Message.ShouldBe(Unknown("books 1"));
        (await Should.ThrowAsync<UnknownModelException>(() => Registry.RollBackAsync("books", "a", ""))).Message.ShouldBe(Unknown("books"));
        await Should.ThrowAsync<ModelStateException>(() => Registry.RollBackAsync("films", "a", ""));
    }

    [SkippableFact]
    public async Task What_is_no_sound_model_is_refused_and_leaves_nothing()
    {
        string damaged = Save("damaged", seed: 9);
        await File.AppendAllTextAsync(Path.Combine(damaged, "factors.safetensors"), "x");

        foreach (string folder in new[] { damaged, Path.Combine(Folder.Path, "absent"), Folder.Path })
        {
            (await Should.ThrowAsync<InputException>(() => Registry.RegisterAsync(new ModelRegistration { Name = "films", Folder = folder, By = "anna" })))
                .Message.ShouldStartWith(folder);
        }

        (await Registry.ListAsync()).ShouldBeEmpty();
        ShouldBeTidy(0);
    }

    [SkippableFact]
    public async Task A_registration_that_cannot_be_noted_leaves_nothing()
    {
        FaultyDatabase faulty = new(Database);
        ModelRegistry registry = await OpenAsync(faulty);
        faulty.Next(Fault.BeforeCommit);

        (await Should.ThrowAsync<DatabaseException>(() => registry.RegisterAsync(Registration("films", 1)))).Message.ShouldBe("here: found the disk full");

        ShouldBeTidy(0);
        (await registry.RegisterAsync(Registration("films", 1))).Version.ShouldBe(1);
        ShouldBeTidy(1);
    }

    [SkippableFact]
    public async Task A_registration_whose_answer_was_lost_is_whole_whether_that_can_be_seen_at_once_or_later()
    {
        FaultyDatabase faulty = new(Database);
        ModelRegistry registry = await OpenAsync(faulty);
        faulty.Next(Fault.AfterCommit);
        (await registry.RegisterAsync(Registration("films", 1))).Version.ShouldBe(1);
        ShouldBeTidy(1);

        faulty.Next(Fault.AfterCommit, Fault.BeforeCommit);
        await Should.ThrowAsync<DatabaseException>(() => registry.RegisterAsync(Registration("films", 2)));

        await OpenAsync();
        ShouldBeTidy(2);
        foreach (ModelVersion version in await Registry.ListAsync())
        {
            (await Registry.LoadAsync(version)).Description.ModelSha256.ShouldBe(version.Sha256);
        }
    }

    [SkippableFact]
    public async Task Another_database_does_not_take_the_models_away_from_the_one_that_they_are_of()
    {
        ModelVersion version = await RegisterAsync("films", 1);

        await using (IDatabase other = await DatabaseSetting.OpenFileAsync(Path.Combine(Folder.Path, "other.db"), ServingSchema.Steps))
        {
            (await (await OpenAsync(other)).ListAsync()).ShouldBeEmpty();
        }

        await Registry.LoadAsync(version);
    }

    private protected Task<ModelRegistry> OpenAsync(IDatabase? database = null) => ModelRegistry.OpenAsync(database ?? Database, Files, Time);

    private protected Task<ModelVersion> RegisterAsync(string name, int seed) => Registry.RegisterAsync(Registration(name, seed));

    private protected ModelRegistration Registration(string name, int seed) => new() { Name = name, Folder = Save($"{seed}", seed), By = "anna" };

    /// <summary>Saves a model of a seed to a folder of its own.</summary>
    private protected string Save(string name, int seed = 1)
    {
        string folder = Path.Combine(Folder.Path, "trained", name);
        lock (Folder)
        {
            if (!Directory.Exists(folder))
            {
                ModelFolder.Save(folder, SmallModels.Saved((ulong)seed));
            }
        }

        return folder;
    }

    /// <summary>Nothing is there but the files of so many versions.</summary>
    private protected void ShouldBeTidy(int versions)
    {
        string[] kept = [.. Kept];
        kept.Count(file => Path.GetFileName(file).StartsWith("model.json", StringComparison.Ordinal)).ShouldBe(versions);
        kept.Where(file => file.Contains("registering", StringComparison.Ordinal) || file.Contains(".pending", StringComparison.Ordinal)).ShouldBeEmpty();
        kept.Select(Path.GetDirectoryName).Distinct().Count().ShouldBe(versions);
    }

    /// <summary>A database some of whose commits fail, or whose answers are lost.</summary>
    private sealed class FaultyDatabase(IDatabase database) : IDatabase
    {
        private readonly Queue<Fault> _next = new();

        public string Place => database.Place;

        /// <summary>What happens to the next transactions that write.</summary>
        public void Next(params Fault[] faults) => Array.ForEach(faults, _next.Enqueue);

        public async Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken = default)
        {
            Fault fault = access != DatabaseAccess.Read && _next.TryDequeue(out Fault next) ? next : Fault.None;
            T result = await database.RunAsync(
                access,
                async statements =>
                {
                    T done = await work(statements);
                    return fault == Fault.BeforeCommit ? throw new DatabaseException("here: found the disk full") : done;
                },
                cancellationToken);
            return fault == Fault.AfterCommit ? throw new DatabaseException("here: found the connection lost") : result;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private enum Fault
    {
        None,
        BeforeCommit,
        AfterCommit,
    }
}
