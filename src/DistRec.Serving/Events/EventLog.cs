using System.Runtime.CompilerServices;
using DistRec.Serving.Experiments;
using DistRec.Training.Databases;

namespace DistRec.Serving.Events;

/// <summary>The event log in a database.</summary>
internal sealed class EventLog : IEventLog
{
    private const string Columns =
        "sequence, event_id, kind, user_id, user_partition, item_id, value, answer, experiment, arm, propensity, position, time";

    private const string Parameters =
        "@Sequence, @EventId, @Kind, @User, @Partition, @Item, @Value, @Answer, @Experiment, @Arm, @Propensity, @Position, @Time";

    private const string Selected =
        "sequence, event_id, kind, user_id AS \"user\", item_id AS item, value, answer, experiment, arm, propensity, position, time";

    /// <summary>How many events are read at once.</summary>
    internal const int PageLength = 4096;

    private readonly IDatabase _database;
    private readonly TimeProvider _time;

    private EventLog(IDatabase database, int partitions, TimeProvider time)
    {
        _database = database;
        Partitions = partitions;
        _time = time;
    }

    public string Place => _database.Place;

    public int Partitions { get; }

    /// <summary>Opens the log of a database.</summary>
    /// <param name="database">With the tables of <see cref="Stores.ServingSchema"/>.</param>
    /// <param name="partitions">How many parts the users are cut into; null for as many as it was, or will be, begun with.</param>
    /// <param name="time">The clock that events are judged by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The log was begun with another number of parts.</exception>
    public static async Task<EventLog> OpenAsync(IDatabase database, int? partitions, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions ?? 1, 1);
        long begun = await database.RunAsync(
            partitions is null ? DatabaseAccess.Read : DatabaseAccess.Write,
            async statements =>
            {
                // Whoever only looks does not begin it.
                if (partitions is not null)
                {
                    await statements.ExecuteAsync("UPDATE serving SET user_partitions = @partitions WHERE user_partitions = 0", new { partitions }).ConfigureAwait(false);
                }

                return (await statements.QueryAsync<long>("SELECT user_partitions FROM serving").ConfigureAwait(false)).Single();
            },
            cancellationToken).ConfigureAwait(false);
        return begun == (partitions ?? begun)
            ? new EventLog(database, begun == 0 ? UserPartitions.DefaultCount : (int)begun, time)
            : throw InputException.At(
                database.Place, $"{partitions} partitions of users", $"events that are stored in {begun}", "give the number that the log was begun with");
    }

    public async Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(events);
        events = [.. events.Select(AnswerIds.Attribute)];
        DateTimeOffset now = _time.GetUtcNow();
        EventVerdict[] verdicts = [.. events.Select(@event => new EventVerdict(EventOutcome.Refused, 0, EventRules.WhyRefused(@event, now)))];
        int[] accepted = [.. Enumerable.Range(0, events.Count).Where(index => verdicts[index].Reason is null)];
        if (accepted.Length == 0)
        {
            return verdicts;
        }

        // Events that have ids may be stored twice: the second time they are there.
        DatabaseAccess access = accepted.All(index => events[index].EventId is not null) ? DatabaseAccess.Write : DatabaseAccess.WriteOnce;
        await _database.RunAsync(
            access,
            async statements =>
            {
                // Writers take turns, so numbers are given in the order of the commits: whoever has read one has read all below.
                long last = await LastAsync(statements).ConfigureAwait(false);
                Row[] rows = [.. accepted.Select((index, place) => new Row(events[index], last + 1 + place, Partitions))];
                HashSet<long> stored = [.. await InsertAsync(statements, rows, last).ConfigureAwait(false)];
                for (int place = 0; place < accepted.Length; place++)
                {
                    verdicts[accepted[place]] = stored.Contains(rows[place].Sequence)
                        ? new EventVerdict(EventOutcome.Stored, rows[place].Sequence)
                        : new EventVerdict(EventOutcome.Duplicate);
                }

                return stored.Count;
            },
            cancellationToken).ConfigureAwait(false);
        return verdicts;
    }

    public async IAsyncEnumerable<ServingEvent> ReadAsync(
        long after = 0,
        int? partition = null,
        EventKind? kind = null,
        string? experiment = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string text = $"SELECT {Selected} FROM serving_events WHERE sequence > @after{(partition is null ? "" : " AND user_partition = @partition")}" +
            $"{(kind is null ? "" : " AND kind = @kind")}{(experiment is null ? "" : " AND experiment = @experiment")} ORDER BY sequence LIMIT @limit";
        string? named = kind is { } one ? EventKinds.NameOf(one) : null;
        while (true)
        {
            // A page at a time: nobody holds a transaction open for as long as a model takes to train.
            long from = after;
            List<ServingEvent> page = await _database.RunAsync(
                DatabaseAccess.Read,
                statements => statements.QueryAsync<ServingEvent>(text, new { after = from, partition, kind = named, experiment, limit = PageLength }),
                cancellationToken).ConfigureAwait(false);
            foreach (ServingEvent @event in page)
            {
                yield return @event;
            }

            if (page.Count < PageLength)
            {
                yield break;
            }

            after = page[^1].Sequence;
        }
    }

    public Task<long> LastAsync(CancellationToken cancellationToken = default) => _database.RunAsync(DatabaseAccess.Read, LastAsync, cancellationToken);

    private static async Task<long> LastAsync(Statements statements) =>
        (await statements.QueryAsync<long>("SELECT COALESCE(MAX(sequence), 0) FROM serving_events").ConfigureAwait(false)).Single();

    // Returns the numbers of those that were not there before.
    private static async Task<List<long>> InsertAsync(Statements statements, Row[] rows, long last)
    {
        const string Into = $"INSERT INTO serving_events ({Columns})";
        const string Else = "ON CONFLICT DO NOTHING";
        if (!statements.TakesArrays)
        {
            await statements.ExecuteAsync($"{Into} VALUES ({Parameters}) {Else}", rows).ConfigureAwait(false);
            return await statements.QueryAsync<long>("SELECT sequence FROM serving_events WHERE sequence > @last", new { last }).ConfigureAwait(false);
        }

        // A column at a time, which is one trip to the server instead of one for each row.
        return await statements.QueryAsync<long>(
            $"{Into} SELECT * FROM unnest({Parameters}) {Else} RETURNING sequence",
            new
            {
                Sequence = Column(row => row.Sequence),
                EventId = Column(row => row.EventId),
                Kind = Column(row => row.Kind),
                User = Column(row => row.User),
                Partition = Column(row => row.Partition),
                Item = Column(row => row.Item),
                Value = Column(row => row.Value),
                Answer = Column(row => row.Answer),
                Experiment = Column(row => row.Experiment),
                Arm = Column(row => row.Arm),
                Propensity = Column(row => row.Propensity),
                Position = Column(row => row.Position),
                Time = Column(row => row.Time),
            }).ConfigureAwait(false);

        T[] Column<T>(Func<Row, T> value) => [.. rows.Select(value)];
    }

    /// <summary>An event as the database has it.</summary>
    private sealed class Row(ServingEvent @event, long sequence, int partitions)
    {
        public long Sequence { get; } = sequence;
        public string? EventId => @event.EventId;
        public string Kind => EventKinds.NameOf(@event.Kind);
        public string User => @event.User;
        public long Partition { get; } = UserPartitions.Of(@event.User, partitions);
        public string Item => @event.Item;
        public double? Value => @event.Value;
        public string? Answer => @event.Answer;
        public string? Experiment => @event.Experiment;
        public string? Arm => @event.Arm;
        public double? Propensity => @event.Propensity;
        public long? Position => @event.Position;
        public long Time { get; } = @event.Time.ToUnixTimeMilliseconds();
    }
}
