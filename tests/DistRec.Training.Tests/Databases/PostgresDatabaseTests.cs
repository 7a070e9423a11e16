using DistRec.Training.Databases;

namespace DistRec.Training.Tests.Databases;

public sealed class PostgresDatabaseTests(PostgresServer server) : DatabaseContract, IClassFixture<PostgresServer>
{
    // The connection is lost in the middle of the commit, at the server's end.
    private static readonly string[] LosesCommits =
    [
        """
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_terminate_backend(pg_backend_pid());
            RETURN NEW;
        END $$
        """,
        "CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose()",
    ];

    private string _setting = "";

    protected override string Setting => _setting;

    public override async Task InitializeAsync()
    {
        Skip.If(server.Missing is not null, server.Missing);
        _setting = await server.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    [SkippableTheory]
    [InlineData(DatabaseAccess.Write, 5)]
    [InlineData(DatabaseAccess.WriteOnce, 1)]
    internal async Task Where_nobody_knows_whether_it_was_committed_only_what_may_be_run_again_is(DatabaseAccess access, int attempts)
    {
        await using IDatabase losing = await OpenAsync(Things with { Steps = [.. Things.Steps, LosesCommits] });
        int attempt = 0;

        DatabaseException lost = await Should.ThrowAsync<DatabaseException>(() => losing.RunAsync(access, statements =>
        {
            attempt++;
            return InsertAsync(statements, new Thing("a", 1, null));
        }));

        lost.Message.ShouldStartWith(losing.Place);
        attempt.ShouldBe(attempts);
    }

    [SkippableTheory]
    [InlineData(DatabaseAccess.Read)]
    [InlineData(DatabaseAccess.Write)]
    [InlineData(DatabaseAccess.WriteOnce)]
    internal async Task Where_the_connection_is_lost_before_the_commit_the_work_is_run_again(DatabaseAccess access)
    {
        int attempt = 0;

        (await Database.RunAsync(access, async statements =>
        {
            if (++attempt < 3)
            {
                await statements.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())");
            }

            return attempt;
        })).ShouldBe(3);
    }
}
