using DistRec.Training.Databases;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Journal;

public sealed class JournalTroubleTests
{
    [Fact]
    public async Task A_journal_tells_what_keeps_it_from_being_written_until_it_is_written_again()
    {
        RefusingDatabase database = new();
        await using JobJournal journal = new(database, TimeProvider.System);
        journal.Trouble.ShouldBeNull();

        await Should.ThrowAsync<JobJournalException>(() => journal.RequestCancelAsync("job"));
        journal.Trouble.ShouldNotBeNull().Message.ShouldBe("here: found the disk full");
        await journal.EventsAsync("job");
        journal.Trouble.ShouldNotBeNull("what can be read may still not be written");

        database.Refuses = false;
        await journal.RequestCancelAsync("job");
        journal.Trouble.ShouldBeNull();
    }

    private sealed class RefusingDatabase : IDatabase
    {
        public bool Refuses { get; set; } = true;

        public string Place => "here";

        public Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken) =>
            Refuses && access == DatabaseAccess.Write
                ? Task.FromException<T>(new DatabaseException("here: found the disk full"))
                : Task.FromResult(typeof(T) == typeof(bool) ? default! : Activator.CreateInstance<T>());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
