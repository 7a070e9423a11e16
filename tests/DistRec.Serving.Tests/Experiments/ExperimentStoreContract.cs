using DistRec.Evaluation.Bandits;
using DistRec.Serving.Experiments;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Experiments;

/// <summary>What is promised of experiments, in whatever database they are.</summary>
public abstract class ExperimentStoreContract(ITestDatabase databases) : ServingDatabaseTest(databases)
{
    private const int Partitions = 4;

    private ModelRegistry _registry = null!;
    private ExperimentStore _store = null!;

    private protected TemporaryFolder Folder { get; } = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (_registry, _store) = await OpenAsync();
        foreach (ulong seed in new ulong[] { 1, 2 })
        {
            string folder = Path.Combine(Folder.Path, $"{seed}");
            ModelFolder.Save(folder, SmallModels.Saved(seed));
            await _registry.RegisterAsync(new ModelRegistration { Name = "films", Folder = folder, By = "anna" });
        }

        await _registry.ActivateAsync("films", 1, "anna", "");
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Folder.Dispose();
    }

    [SkippableFact]
    public async Task An_experiment_is_found_as_it_was_begun_and_the_same_one_again_is_the_one_that_is_there()
    {
        ExperimentDefinition definition = Definition() with { Policy = ExperimentPolicy.EpsilonGreedy, Epsilon = 0.25, Seed = ulong.MaxValue, Goal = ExperimentGoal.View };
        await _store.CreateAsync(definition, "anna");
        Time.Advance(TimeSpan.FromHours(1));
        await _store.CreateAsync(definition, "anna");

        Experiment found = (await _store.ListAsync()).ShouldHaveSingleItem();
        ExperimentTables.Write(found.Definition).ShouldBe(ExperimentTables.Write(definition));
        (found.State, found.Created, found.Ended, found.Why).ShouldBe((ExperimentState.Running, Time.GetUtcNow().AddHours(-1), null, ""));
        (await _store.ChangesAsync()).ShouldHaveSingleItem().By.ShouldBe("anna");
        (await Should.ThrowAsync<ExperimentStateException>(() => _store.CreateAsync(definition with { Seed = 1 }, "anna"))).Message.ShouldBe(
            "the experiment e: expected a name that is free, found another experiment of it; give the new one another name");
        await Should.ThrowAsync<UnknownExperimentException>(() => _store.FindAsync("other"));
    }

    [SkippableFact]
    public async Task While_an_experiment_goes_on_its_versions_stay_as_they_are_and_afterwards_they_are_free()
    {
        await _store.CreateAsync(Definition(), "anna");

        await Should.ThrowAsync<ModelStateException>(() => _registry.ActivateAsync("films", 2, "bert", ""));
        await Should.ThrowAsync<ModelStateException>(() => _registry.RetireAsync("films", 2, "bert", ""));
        (await _registry.ActivateAsync("films", 1, "bert", "")).State.ShouldBe(ModelState.Active, "it was");
        await _store.ChangeAsync("e", ExperimentAction.Pause, "bert", "");
        (await Should.ThrowAsync<ModelStateException>(() => _registry.RetireAsync("films", 2, "bert", ""))).Message.ShouldContain("the experiment \"e\"");

        await _store.ChangeAsync("e", ExperimentAction.Stop, "bert", "");
        await _registry.ActivateAsync("films", 2, "bert", "");
        await _registry.RetireAsync("films", 1, "bert", "");
        (await Should.ThrowAsync<ModelStateException>(() => _store.CreateAsync(Definition("f"), "anna"))).Message.ShouldContain("retired");
    }

    [SkippableFact]
    public async Task What_has_ended_is_over_for_ever_and_a_promotion_activates_in_the_same_moment()
    {
        await _store.CreateAsync(Definition(), "anna");
        long before = await _store.RevisionAsync();
        Experiment ended = await _store.ChangeAsync("e", ExperimentAction.Promote, "bert", "better");

        (ended.State, ended.Ended, ended.Why).ShouldBe((ExperimentState.Promoted, Time.GetUtcNow(), "better"));
        (await _registry.ActiveAsync()).ShouldHaveSingleItem().Version.ShouldBe(2);
        (await _store.RevisionAsync()).ShouldBeGreaterThan(before);
        (await _store.ChangeAsync("e", ExperimentAction.Promote, "bert", "again")).Why.ShouldBe("better", "it was done");
        (await Should.ThrowAsync<ExperimentStateException>(() => _store.ChangeAsync("e", ExperimentAction.Resume, "bert", ""))).Message.ShouldContain("found one that has ended");
        (await _store.OpenAsync()).Experiments.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Of_two_that_begin_on_one_model_at_once_one_is_refused()
    {
        (_, ExperimentStore other) = await OpenAsync();
        Task<Experiment>[] begun = [.. new[] { (_store, "e"), (other, "f") }.Select(one => Task.Run(() => one.Item1.CreateAsync(Definition(one.Item2), "anna")))];
        await Should.ThrowAsync<ExperimentStateException>(Task.WhenAll(begun).WaitAsync(Bound));
        (await _store.ListAsync()).ShouldHaveSingleItem();
    }

    [SkippableFact]
    public async Task Figures_of_later_events_are_not_written_over_by_those_of_earlier_ones_and_final_ones_by_none()
    {
        await _store.CreateAsync(Definition(), "anna");
        ExperimentFigures later = new() { Arms = [new ArmFigures(9, 3, 2, 1, 4), new ArmFigures(1, 0, 0, 0, 1)], Position = 20 };
        long before = await _store.RevisionAsync();
        await _store.KeepFiguresAsync("e", later);
        (await _store.RevisionAsync()).ShouldBeGreaterThan(before);
        await _store.KeepFiguresAsync("e", later with { Position = 19, Arms = [.. later.Arms.Reverse()] });
        (await _store.FindAsync("e")).Figures.Arms.ShouldBe(later.Arms);
        await _store.ChangeAsync("e", ExperimentAction.Stop, "bert", "");
        await _store.KeepFiguresAsync("e", later with { Position = 21, Arms = [.. later.Arms.Reverse()] });
        (await _store.FindAsync("e")).Figures.Arms.ShouldBe(later.Arms);
    }

    [SkippableFact]
    public async Task Of_many_who_give_a_user_an_arm_at_once_all_hear_the_same_and_it_is_read_with_the_users_partition()
    {
        await _store.CreateAsync(Definition(), "anna");
        ExperimentStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await OpenAsync()).Store));

        KeptArm[][] kept = await Task.WhenAll(stores.SelectMany((store, index) => Enumerable.Range(0, 5).Select(
            time => Task.Run(() => store.KeepArmsAsync([new KeptArm("e", "u", new ArmChoice(index % 2, 1.0 / (index + time + 1)))]))))).WaitAsync(Bound);

        KeptArm first = kept.Select(one => one.Single()).Distinct().ShouldHaveSingleItem();
        List<KeptArm> read = [];
        for (int partition = 0; partition < Partitions; partition++)
        {
            read.AddRange(await _store.ArmsAsync(partition));
        }

        read.ShouldBe([first]);
        await _store.ChangeAsync("e", ExperimentAction.Stop, "bert", "");
        (await _store.ArmsAsync(DistRec.Serving.Events.UserPartitions.Of("u", Partitions))).ShouldBeEmpty("it is over");
    }

    private async Task<(ModelRegistry Registry, ExperimentStore Store)> OpenAsync()
    {
        IDatabase database = await OpenDatabaseAsync();
        ModelRegistry registry = await ModelRegistry.OpenAsync(database, new FolderModelFiles(Path.Combine(Folder.Path, "models")), Time);
        return (registry, new ExperimentStore(database, registry, Partitions, Time));
    }

    private static ExperimentDefinition Definition(string name = "e") => new()
    {
        Name = name,
        Model = "films",
        Arms = [new ExperimentArm("old", "films", 1, 1), new ExperimentArm("new", "films", 2, 1)],
        Control = "old",
        Policy = ExperimentPolicy.Split,
    };
}

public sealed class SqliteExperimentStoreTests(SqliteFiles files) : ExperimentStoreContract(files), IClassFixture<SqliteFiles>;

public sealed class PostgresExperimentStoreTests(PostgresServer server) : ExperimentStoreContract(server), IClassFixture<PostgresServer>;
