using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Events;

/// <summary>What the event log promises, in whatever database it is.</summary>
public abstract class EventLogContract(ITestDatabase databases) : ServingDatabaseTest(databases)
{
    private EventLog _log = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _log = await OpenAsync();
    }

    [SkippableFact]
    public async Task Events_come_back_as_they_were_given_in_their_order_with_their_numbers()
    {
        ServingEvent[] events =
        [
            SomeEvents.Full,
            SomeEvents.View("u"),
            .. Enum.GetValues<EventKind>().Select(kind => SomeEvents.Full with { EventId = null, Kind = kind, Value = 1.0 / 3 }),
        ];

        (await _log.AppendAsync(events)).ShouldBe(Enumerable.Range(1, events.Length).Select(number => new EventVerdict(EventOutcome.Stored, number)));

        (await ReadAsync()).ShouldBe(events.Select((@event, index) => @event with { Sequence = index + 1 }));
        (await ReadAsync(after: 2)).Select(@event => @event.Sequence).ShouldBe(Enumerable.Range(3, events.Length - 2).Select(number => (long)number));
        (await ReadAsync(after: events.Length)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task What_cannot_be_stored_is_refused_by_its_reason_and_the_rest_goes_in()
    {
        IReadOnlyList<EventVerdict> verdicts = await _log.AppendAsync([SomeEvents.View("a"), SomeEvents.View(""), SomeEvents.View("b")]);

        verdicts.ShouldBe(
            [new(EventOutcome.Stored, 1), new(EventOutcome.Refused, 0, "user: expected an id, found nothing"), new(EventOutcome.Stored, 2)]);
        (await _log.AppendAsync([])).ShouldBeEmpty();
        (await _log.AppendAsync([SomeEvents.View("")])).Single().Outcome.ShouldBe(EventOutcome.Refused);
        (await ReadAsync()).Select(@event => @event.User).ShouldBe(["a", "b"]);
    }

    [SkippableFact]
    public async Task An_event_of_an_id_that_is_there_is_acknowledged_and_not_stored_again()
    {
        await _log.AppendAsync([SomeEvents.View("a", id: "1"), SomeEvents.View("a", id: "2")]);

        IReadOnlyList<EventVerdict> verdicts = await _log.AppendAsync(
            [SomeEvents.View("b", id: "2"), SomeEvents.View("b", id: "3"), SomeEvents.View("c", id: "3"), SomeEvents.View("a"), SomeEvents.View("a")]);

        verdicts.Select(verdict => verdict.Outcome).ShouldBe(
            [EventOutcome.Duplicate, EventOutcome.Stored, EventOutcome.Duplicate, EventOutcome.Stored, EventOutcome.Stored]);
        List<ServingEvent> stored = await ReadAsync();
        stored.Select(@event => (@event.User, @event.EventId)).ShouldBe([("a", "1"), ("a", "2"), ("b", "3"), ("a", null), ("a", null)]);
        stored.Select(@event => @event.Sequence).ShouldBeInOrder(Shouldly.SortDirection.Ascending);
        stored.Select(@event => @event.Sequence).Skip(2).ShouldBe(verdicts.Where(verdict => verdict.Outcome == EventOutcome.Stored).Select(verdict => verdict.Sequence));
    }

    [SkippableFact]
    public async Task A_partition_reads_its_own_users_alone_from_where_it_was_and_each_event_is_in_one()
    {
        const int Count = 3 * EventLog.PageLength / 2;
        await _log.AppendAsync(SomeEvents.Views(Count));
        await _log.AppendAsync(SomeEvents.Views(10));

        List<ServingEvent> all = await ReadAsync();
        all.Select(@event => @event.Sequence).ShouldBe(Enumerable.Range(1, Count + 10).Select(number => (long)number), "over the ends of pages");
        List<ServingEvent> parted = [];
        for (int partition = 0; partition < _log.Partitions; partition++)
        {
            List<ServingEvent> own = await ReadAsync(0, partition);
            own.ShouldAllBe(@event => UserPartitions.Of(@event.User, _log.Partitions) == partition);
            own.Select(@event => @event.Sequence).ShouldBeInOrder();
            (await ReadAsync(own[^2].Sequence, partition)).ShouldBe([own[^1]]);
            parted.AddRange(own);
        }

        parted.OrderBy(@event => @event.Sequence).ShouldBe(all);
    }

    [SkippableFact]
    public async Task An_experiments_events_are_read_alone_and_an_answers_id_says_which_they_are()
    {
        string answer = AnswerIds.Of(Guid.CreateVersion7(SomeEvents.Now), "front", "b", 0.25);
        await _log.AppendAsync([SomeEvents.View("u"), SomeEvents.Full with { Experiment = "mail" }, SomeEvents.View("v") with { Answer = answer, Experiment = "mail", Arm = "a" }]);

        List<ServingEvent> read = [];
        await foreach (ServingEvent one in _log.ReadAsync(experiment: "front"))
        {
            read.Add(one);
        }

        ServingEvent found = read.ShouldHaveSingleItem();
        (found.User, found.Experiment, found.Arm, found.Propensity, found.Answer).ShouldBe(("v", "front", "b", 0.25, answer));
    }

    [SkippableFact]
    public async Task Several_who_append_share_a_log_and_whoever_has_read_an_event_has_read_all_before_it()
    {
        const int Writers = 4;
        const int Times = 25;
        EventLog[] logs = [.. await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ => await OpenAsync(await OpenDatabaseAsync())))];
        Task writing = Task.WhenAll(logs.Select((log, writer) => Task.Run(async () =>
        {
            for (int number = 0; number < Times; number++)
            {
                await log.AppendAsync([SomeEvents.View($"{writer}", $"{number}"), SomeEvents.View($"{writer}", $"{number} too")]);
            }
        })));

        List<ServingEvent> followed = [];
        bool isLast;
        do
        {
            isLast = writing.IsCompleted;
            followed.AddRange(await ReadAsync(followed.Count == 0 ? 0 : followed[^1].Sequence));
        }
        while (!isLast);

        await writing.WaitAsync(Bound);
        followed.Count.ShouldBe(Writers * Times * 2);
        followed.ShouldBe(await ReadAsync());
    }

    [SkippableFact]
    public async Task The_number_of_partitions_is_fixed_when_the_log_is_begun()
    {
        _log.Partitions.ShouldBe(UserPartitions.DefaultCount);
        (await OpenAsync()).Partitions.ShouldBe(UserPartitions.DefaultCount);

        InputException refused = await Should.ThrowAsync<InputException>(() => EventLog.OpenAsync(Database, 7, Time));

        refused.Message.ShouldBe(
            $"{Database.Place}: expected 7 partitions of users, found events that are stored in 64; give the number that the log was begun with");
    }

    /// <summary>A key that was made before the server was first started fixed the number once, and the server was refused.</summary>
    [SkippableFact]
    public async Task Who_only_looks_at_a_log_does_not_begin_it()
    {
        await Database.RunAsync(Training.Databases.DatabaseAccess.Write, statements => statements.ExecuteAsync("UPDATE serving SET user_partitions = 0"));

        (await EventLog.OpenAsync(Database, null, Time)).Partitions.ShouldBe(UserPartitions.DefaultCount);

        (await EventLog.OpenAsync(Database, 7, Time)).Partitions.ShouldBe(7);
        (await EventLog.OpenAsync(Database, null, Time)).Partitions.ShouldBe(7);
    }

    [SkippableFact]
    public async Task Every_event_that_killed_writers_of_two_processes_had_acknowledged_is_there_once()
    {
        using ChildProcess first = Write("a");
        using ChildProcess second = Write("b");

        IReadOnlyList<string>[] both = await Task.WhenAll(first.KillAfterAsync("a-5-40"), second.KillAfterAsync("b-5-40")).WaitAsync(Bound);

        string[] acknowledged = [.. both.SelectMany(ids => ids)];
        List<string> stored = (await ReadAsync()).ConvertAll(@event => @event.EventId!);
        acknowledged.Length.ShouldBeGreaterThan(80);
        acknowledged.Except(stored).ShouldBeEmpty("it was acknowledged");
        stored.Distinct().Count().ShouldBe(stored.Count);
        foreach (IGrouping<string, string> writer in stored.GroupBy(id => id[..id.LastIndexOf('-')]))
        {
            writer.Select(id => int.Parse(id.Split('-')[^1])).ShouldBe(Enumerable.Range(0, writer.Count()), "each in the order in which it was sent");
        }

        (await _log.AppendAsync([SomeEvents.View("u", id: acknowledged[^1]), SomeEvents.View("u", id: "after")])).Select(verdict => verdict.Outcome)
            .ShouldBe([EventOutcome.Duplicate, EventOutcome.Stored]);

        ChildProcess Write(string name) => ChildProcess.Start(typeof(KilledProgram), nameof(KilledProgram.AppendAsync), Setting, name);
    }

    private Task<EventLog> OpenAsync(IDatabase? database = null) => EventLog.OpenAsync(database ?? Database, UserPartitions.DefaultCount, Time);

    private async Task<List<ServingEvent>> ReadAsync(long after = 0, int? partition = null)
    {
        List<ServingEvent> events = [];
        await foreach (ServingEvent @event in _log.ReadAsync(after, partition))
        {
            events.Add(@event);
        }

        return events;
    }
}

public sealed class SqliteEventLogTests(SqliteFiles files) : EventLogContract(files), IClassFixture<SqliteFiles>
{
    [SkippableFact]
    public async Task A_full_disk_fails_the_batch_by_name_and_the_log_goes_on_when_there_is_space_again()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(files.Folder, "small-disk"), 1024);
        await using IDatabase database = await DatabaseSetting.OpenFileAsync(Path.Combine(disk.Folder, "serving.db"), ServingSchema.Steps);
        EventLog log = await EventLog.OpenAsync(database, UserPartitions.DefaultCount, TimeProvider.System);
        string ballast = Path.Combine(disk.Folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[512 << 10]);
        long stored = 0;

        DatabaseException full = await Should.ThrowAsync<DatabaseException>(async () =>
        {
            while (true)
            {
                stored = (await log.AppendAsync(SomeEvents.Views(100)))[^1].Sequence;
            }
        });

        full.Message.ShouldBe($"{database.Place}: expected space for the serving database, found the disk full; nothing was written: free some space");
        File.Delete(ballast);
        (await log.AppendAsync(SomeEvents.Views(1))).ShouldBe([new EventVerdict(EventOutcome.Stored, stored + 1)], "what failed left nothing");
    }
}

public sealed class PostgresEventLogTests(PostgresServer server) : EventLogContract(server), IClassFixture<PostgresServer>;
