using Akka.Actor;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests;

/// <summary>What this assembly does when it is run as a program, until it is killed.</summary>
internal static class KilledProgram
{
    private const int Writers = 8;

    public static async Task<int> Main(string[] arguments)
    {
        await (arguments[0] switch
        {
            nameof(AppendAsync) => AppendAsync(arguments[1], arguments[2]),
            _ => throw new ArgumentException(arguments[0]),
        });
        return 0;
    }

    /// <summary>Several who append one event after the other by way of the actor, and say the id of each when it is acknowledged: NAME-WRITER-NUMBER.</summary>
    public static async Task AppendAsync(string setting, string name)
    {
        IDatabase database = await DatabaseSetting.OpenAsync("--database", setting, ServingSchema.Steps, TimeProvider.System);
        EventLog events = await EventLog.OpenAsync(database, UserPartitions.DefaultCount, TimeProvider.System);
        using ActorSystem system = ActorSystem.Create("killed", "akka.loglevel = OFF");
        EventAppender log = new(system.ActorOf(EventLogActor.Props(events)));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int number = 0; ; number++)
            {
                string id = $"{name}-{writer}-{number}";
                (await log.AppendAsync([new ServingEvent { EventId = id, Kind = EventKind.Click, User = "u", Item = "i", Time = DateTimeOffset.UnixEpoch }]))
                    .Single().Outcome.ShouldBe(EventOutcome.Stored);
                Console.WriteLine(id);
            }
        })));
    }
}
