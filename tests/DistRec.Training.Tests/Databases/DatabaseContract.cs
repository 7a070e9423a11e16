using DistRec.Training.Databases;

namespace DistRec.Training.Tests.Databases;

/// <summary>What whoever keeps something may rely on, whatever the database.</summary>
public abstract class DatabaseContract : IAsyncLifetime
{
    private protected static readonly SchemaSteps Things = new("drawer of things", "drawer", [["CREATE TABLE things (name TEXT PRIMARY KEY, number BIGINT, at BIGINT)"]]);

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private protected IDatabase Database { get; private set; } = null!;

    /// <summary>Names a database that is empty at first, and the same one throughout a test.</summary>
    protected abstract string Setting { get; }

    public virtual async Task InitializeAsync() => Database = await OpenAsync(Things);

    public virtual async Task DisposeAsync()
    {
        if (Database is not null)
        {
            await Database.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Rows_come_back_as_they_went_in()
    {
        Thing[] things = [new("a", long.MinValue, DateTimeOffset.UnixEpoch), new("b — \"';ü", null, new(2024, 2, 29, 23, 59, 59, 999, TimeSpan.Zero)), new("c", 0, null)];

        (await WriteAsync(things)).ShouldBe(3);

        (await ThingsAsync(Database)).ShouldBe(things);
    }

    [SkippableFact]
    public async Task Work_that_fails_leaves_nothing_and_its_exception_is_its_own()
    {
        await Should.ThrowAsync<InvalidDataException>(() => Database.RunAsync<int>(DatabaseAccess.Write, async statements =>
        {
            await InsertAsync(statements, new Thing("a", 1, null));
            throw new InvalidDataException();
        }));

        (await ThingsAsync(Database)).ShouldBeEmpty();
        await WriteAsync(new Thing("a", 2, null));
    }

    [SkippableFact]
    public async Task What_a_statement_does_wrong_is_told_by_the_place()
    {
        await WriteAsync(new Thing("a", 1, null));

        DatabaseException refused = await Should.ThrowAsync<DatabaseException>(() => WriteAsync(new Thing("b", 2, null), new Thing("a", 3, null)));

        refused.Message.ShouldStartWith(Database.Place);
        (await ThingsAsync(Database)).Select(thing => thing.Name).ShouldBe(["a"]);
    }

    [SkippableFact]
    public async Task Those_who_write_come_one_after_the_other_whoever_they_are()
    {
        const int Openers = 4;
        const int Times = 25;
        await WriteAsync(new Thing("count", 0, null));
        IDatabase[] databases = await Task.WhenAll(Enumerable.Range(0, Openers).Select(_ => OpenAsync(Things))).WaitAsync(Bound);

        await Task.WhenAll(databases.SelectMany(database => Enumerable.Range(0, Times).Select(_ => Task.Run(() => database.RunAsync(
            DatabaseAccess.WriteOnce,
            async statements =>
            {
                long number = (await statements.QueryAsync<long>("SELECT number FROM things")).Single();
                return await statements.ExecuteAsync("UPDATE things SET number = @Next", new { Next = number + 1 });
            }))))).WaitAsync(Bound);

        (await ThingsAsync(Database)).ShouldBe([new Thing("count", Openers * Times, null)]);
        foreach (IDatabase database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Those_who_look_wait_for_nobody_who_writes()
    {
        await WriteAsync(new Thing("a", 1, null));
        TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> writing = Task.Run(() => Database.RunAsync(DatabaseAccess.Write, async statements =>
        {
            int changed = await statements.ExecuteAsync("UPDATE things SET number = 2");
            written.SetResult();
            await looked.Task;
            return changed;
        }));
        await written.Task.WaitAsync(Bound);

        (await ThingsAsync(Database).WaitAsync(Bound)).Single().Number.ShouldBe(1, "it is not committed");

        looked.SetResult();
        await writing.WaitAsync(Bound);
        (await ThingsAsync(Database)).Single().Number.ShouldBe(2);
    }

    [SkippableFact]
    public async Task Tables_grow_by_steps_and_those_of_a_newer_program_are_refused_by_name()
    {
        SchemaSteps newer = Things with
        {
            Steps = [.. Things.Steps, ["ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'", "UPDATE things SET number = 7"]],
        };
        await WriteAsync(new Thing("a", 1, null));

        await using (IDatabase grown = await OpenAsync(newer))
        {
            (await grown.RunAsync(DatabaseAccess.Read, statements => statements.QueryAsync<string>("SELECT colour FROM things"))).ShouldBe(["red"]);
        }

        await using (await OpenAsync(newer))
        {
            (await ThingsAsync(Database)).Single().Number.ShouldBe(7, "a step is taken once");
        }

        InputException refused = await Should.ThrowAsync<InputException>(() => OpenAsync(Things));
        refused.Message.ShouldBe(
            $"--things: {Database.Place}: expected a drawer of things of version 1 or older, found version 2; use the newer program that wrote it, or another things");
    }

    private protected Task<IDatabase> OpenAsync(SchemaSteps schema) => DatabaseSetting.OpenAsync("--things", Setting, schema, TimeProvider.System);

    private protected Task<int> WriteAsync(params Thing[] things) => Database.RunAsync(DatabaseAccess.Write, statements => InsertAsync(statements, things));

    private protected static Task<int> InsertAsync(Statements statements, params Thing[] things) =>
        statements.ExecuteAsync("INSERT INTO things (name, number, at) VALUES (@Name, @Number, @At)", things);

    private protected static Task<List<Thing>> ThingsAsync(IDatabase database) =>
        database.RunAsync(DatabaseAccess.Read, statements => statements.QueryAsync<Thing>("SELECT name, number, at FROM things ORDER BY name"));

    private protected sealed record Thing(string Name, long? Number, DateTimeOffset? At);
}
