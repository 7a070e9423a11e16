using DistRec.Training.Journal;
using Microsoft.Data.Sqlite;

namespace DistRec.Training.Tests.Journal;

public sealed class SqliteJournalTests : JobJournalContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override string Setting => Path.Combine(_folder.Path, "a", "journal.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_of_before_versions_goes_on()
    {
        string path = Path.Combine(_folder.Path, "old.db");
        Run(path, """
            CREATE TABLE jobs (job TEXT PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, started TEXT NOT NULL, updated TEXT NOT NULL);
            CREATE TABLE events (job TEXT NOT NULL REFERENCES jobs(job), sequence INTEGER NOT NULL, time TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (job, sequence));
            INSERT INTO jobs VALUES ('old', '{ "job": "old" }', 'Completed', 'all epochs', '2024-01-02T03:04:05.0000000+00:00', '2024-01-03T03:04:05.0000000+00:00');
            INSERT INTO events VALUES ('old', 1, '', '{ "sequence": "1", "note": { "text": "hello" } }');
            """);

        using JobJournal journal = JobJournal.Open(path, TimeProvider.System);

        JobEntry old = (await journal.FindAsync("old"))!;
        (old.State, old.Reason, old.Name, old.LastSequence).ShouldBe((JobState.Completed, "all epochs", "", 1));
        old.Created.ShouldBe(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero));
        (await journal.EventsAsync("old")).ShouldHaveSingleItem().Note.Text.ShouldBe("hello");
        (await journal.EnqueueAsync(Spec("new"), "")).Order.ShouldBeGreaterThan(old.Order);
    }

    [Fact]
    public async Task A_journal_of_a_newer_version_is_refused_by_name()
    {
        await Journal.DisposeAsync();
        Run(Setting, "UPDATE journal SET version = 99");

        InputException refused = await Should.ThrowAsync<InputException>(() => JobJournal.OpenAsync(Setting, TimeProvider.System));

        refused.Message.ShouldStartWith($"--journal: {Setting}: expected a job journal of version");
        refused.Message.ShouldContain("found version 99");
    }

    [Fact]
    public void What_is_no_journal_is_refused_by_name()
    {
        string file = Path.Combine(_folder.Path, "text");
        File.WriteAllText(file, string.Concat(Enumerable.Repeat("this is no database ", 100)));

        Should.Throw<InputException>(() => JobJournal.Open(file, TimeProvider.System)).Message.ShouldContain($"{file}: expected a job journal");
        Should.Throw<InputException>(() => JobJournal.Open(Path.Combine(file, "below"), TimeProvider.System)).Message.ShouldContain("give another --out");
    }

    private static void Run(string path, string text)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
