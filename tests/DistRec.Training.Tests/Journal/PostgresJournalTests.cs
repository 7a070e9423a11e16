using DistRec.Training.Databases;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Journal;

public sealed class PostgresJournalTests(PostgresServer server) : JobJournalContract, IClassFixture<PostgresServer>
{
    private string _setting = "";

    protected override string Setting => _setting;

    public override async Task InitializeAsync()
    {
        Skip.If(server.Missing is not null, server.Missing);
        _setting = await server.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    [SkippableFact]
    public async Task A_server_that_was_restarted_is_reached_again()
    {
        await Journal.EnqueueAsync(Spec("a"), "");
        await server.StopAsync();
        await server.StartAsync();

        await Journal.AppendAsync("a", State(1, JobState.Loading));

        (await Journal.FindAsync("a"))!.State.ShouldBe(JobState.Loading);
    }

    [SkippableFact]
    public async Task A_server_that_is_gone_is_named()
    {
        await server.StopAsync();
        try
        {
            JobJournalException refused = await Should.ThrowAsync<JobJournalException>(() => Journal.PendingAsync());

            refused.Message.ShouldStartWith($"postgresql://{server.Folder}");
            refused.Message.ShouldContain("check the address");
        }
        finally
        {
            await server.StartAsync();
        }
    }

    [SkippableFact]
    public async Task A_database_that_is_not_there_is_refused_by_name()
    {
        InputException refused = await Should.ThrowAsync<InputException>(
            () => JobJournal.OpenAsync($"postgresql:///absent?host={server.Folder}&user=distrec", TimeProvider.System));

        refused.Message.ShouldStartWith("--journal: postgresql://");
        refused.Message.ShouldContain("\"absent\" does not exist");
    }

    [SkippableFact]
    public async Task The_tables_stand_in_a_schema_of_their_own()
    {
        (await Journal.Database.RunAsync(
            DatabaseAccess.Read,
            statements => statements.QueryAsync<string>(
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'distrec' ORDER BY 1"))).ShouldBe(["events", "jobs", "journal"]);
    }
}
