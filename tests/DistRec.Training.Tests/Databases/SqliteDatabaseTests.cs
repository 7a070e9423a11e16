using DistRec.Training.Databases;

namespace DistRec.Training.Tests.Databases;

public sealed class SqliteDatabaseTests : DatabaseContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override string Setting => Path.Combine(_folder.Path, "a", "things.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_commit_is_on_the_disk_when_it_returns()
    {
        foreach (DatabaseAccess access in Enum.GetValues<DatabaseAccess>())
        {
            (await Database.RunAsync(access, statements => statements.QueryAsync<string>("PRAGMA journal_mode"))).ShouldBe(["wal"]);
            (await Database.RunAsync(access, statements => statements.QueryAsync<long>("PRAGMA synchronous"))).ShouldBe([2], "FULL");
        }
    }

    [Fact]
    public async Task What_is_under_way_ends_before_the_database_closes()
    {
        TaskCompletionSource begun = new();
        TaskCompletionSource ends = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> writing = Database.RunAsync(DatabaseAccess.Write, async statements =>
        {
            begun.SetResult();
            await ends.Task;
            return await InsertAsync(statements, new Thing("a", 1, null));
        });
        await begun.Task;

        Task closing = Database.DisposeAsync().AsTask();
        closing.IsCompleted.ShouldBeFalse();
        ends.SetResult();

        (await writing).ShouldBe(1);
        await closing;
        await using IDatabase again = await OpenAsync(Things);
        (await ThingsAsync(again)).Count.ShouldBe(1);
    }

    [SkippableFact]
    public async Task A_full_disk_is_named_and_leaves_what_was_there()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(_folder.Path, "small-disk"), 512);
        await using IDatabase small = await DatabaseSetting.OpenFileAsync(Path.Combine(disk.Folder, "things.db"), Things);
        await small.RunAsync(DatabaseAccess.Write, statements => InsertAsync(statements, new Thing("kept", 1, null)));
        Thing[] many = [.. Enumerable.Range(0, 1000).Select(number => new Thing($"{number}-{new string('x', 1000)}", number, null))];

        DatabaseException full = await Should.ThrowAsync<DatabaseException>(
            () => small.RunAsync(DatabaseAccess.WriteOnce, statements => InsertAsync(statements, many)));

        full.Message.ShouldContain("expected space for the drawer of things, found the disk full; nothing was written: free some space");
        (await ThingsAsync(small)).Select(thing => thing.Name).ShouldBe(["kept"]);
        await small.RunAsync(DatabaseAccess.Write, statements => InsertAsync(statements, new Thing("small enough", 1, null)));
    }
}
