using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLogLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>Where what Akka.NET and the engine log goes.</summary>
internal sealed class LogForwarding(ILogger logger) : Setup
{
    /// <summary>Puts the forwarder in the place of Akka.NET's own loggers.</summary>
    public const string Configuration = """
        akka {
          loggers = ["DistRec.Actors.Akka.Hosting.LogForwarder, DistRec.Actors.Akka"]
          stdout-loglevel = OFF
        }
        """;

    public ILogger Logger => logger;
}

/// <summary>Akka.NET makes it by its name, for each system.</summary>
internal sealed class LogForwarder : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILogger _logger =
        Context.System.Settings.Setup.Get<LogForwarding>() is { HasValue: true } forwarding ? forwarding.Value.Logger : throw new InvalidOperationException("No logger was set up.");

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized(), Self);
                break;
            case LogEvent happening:
                _logger.Log(LevelOf(happening.LogLevel()), happening.Cause, "{Source}: {Message}", happening.LogSource, happening.Message);
                break;
        }
    }

    private static LogLevel LevelOf(AkkaLogLevel level) => level switch
    {
        AkkaLogLevel.DebugLevel => LogLevel.Debug,
        AkkaLogLevel.InfoLevel => LogLevel.Information,
        AkkaLogLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
