using Akka.Actor;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Registry;
using DistRec.Serving.Stores;
using DistRec.Serving.Tests.Registry;
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
            nameof(RegisterAsync) => RegisterAsync(arguments[1], arguments[2], arguments[3], arguments[4]),
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

    /// <summary>Registers a model, and says where it stops in the middle of it.</summary>
    public static async Task RegisterAsync(string setting, string models, string folder, string where)
    {
        IDatabase database = await DatabaseSetting.OpenAsync("--database", setting, ServingSchema.Steps, TimeProvider.System);
        StoppingFiles files = new(new FolderModelFiles(models), where);
        ModelRegistry registry = await ModelRegistry.OpenAsync(database, files, TimeProvider.System);
        Task registering = registry.RegisterAsync(new ModelRegistration { Name = "films", Folder = folder, By = "anna" });
        await Task.WhenAny(files.Stopped, registering);
        Console.WriteLine(where);
        await Task.Delay(Timeout.Infinite);
    }
}
