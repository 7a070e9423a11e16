using Akka.Actor;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Tests.Events;
using Xunit.Abstractions;

namespace DistRec.Serving.Tests.Actors;

/// <summary>What group commit is for: many who write at once share the cost of bringing events to the disk.</summary>
public abstract class GroupCommitContract(ITestDatabase databases, ITestOutputHelper output) : ServingDatabaseTest(databases)
{
    private const int Many = 64;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(2);

    [SkippableFact]
    public async Task Many_who_write_at_once_store_several_times_as_many_events_as_one_does()
    {
        EventLog log = await EventLog.OpenAsync(Database, UserPartitions.DefaultCount, Time);
        using ActorSystem system = ActorSystem.Create("throughput", "akka.loglevel = OFF");
        EventAppender appender = new(system.ActorOf(EventLogActor.Props(log)));
        await MeasureAsync(appender, Many, 1);

        // Both are slowed by whatever else the machine does, so their ratio is judged.
        double one = await MeasureAsync(appender, 1, 1);
        double many = await MeasureAsync(appender, Many, 1);
        double bulk = await MeasureAsync(appender, 1, 1000);

        output.WriteLine($"{GetType().Name}: 1 writer {one:N0} events/s, {Many} writers {many:N0} events/s ({many / one:F1} times); requests of 1,000 events: {bulk:N0} events/s");
        many.ShouldBeGreaterThan(1.5 * one);
    }

    /// <summary>Events a second that are acknowledged.</summary>
    private static async Task<double> MeasureAsync(EventAppender appender, int writers, int eventsEach)
    {
        ServingEvent[] events = SomeEvents.Views(eventsEach);
        System.Diagnostics.Stopwatch watch = System.Diagnostics.Stopwatch.StartNew();
        int[] requests = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            int done = 0;
            for (; watch.Elapsed < Lasts; done++)
            {
                // As the API does it: each with an id of its client.
                string id = $"{watch.GetHashCode()}-{writer}-{done}-";
                (await appender.AppendAsync([.. events.Select((@event, index) => @event with { EventId = id + index })]))
                    .ShouldAllBe(verdict => verdict.Outcome == EventOutcome.Stored);
            }

            return done;
        })));
        return requests.Sum() * (double)eventsEach / watch.Elapsed.TotalSeconds;
    }
}

public sealed class SqliteGroupCommitTests(SqliteFiles files, ITestOutputHelper output) : GroupCommitContract(files, output), IClassFixture<SqliteFiles>;

public sealed class PostgresGroupCommitTests(PostgresServer server, ITestOutputHelper output)
    : GroupCommitContract(server, output), IClassFixture<PostgresServer>;
