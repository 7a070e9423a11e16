using Microsoft.Extensions.Logging;

namespace DistRec.Contracts;

/// <summary>Keeps what is logged, with the scopes it was logged in.</summary>
public sealed class RecordingLogger : ILogger
{
    private readonly Lock _gate = new();
    private readonly AsyncLocal<string> _scope = new();
    private readonly List<LoggedLine> _lines = [];

    public IReadOnlyList<LoggedLine> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable BeginScope<TState>(TState state)
        where TState : notnull
    {
        _scope.Value = state.ToString()!;
        return new Scope(this);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add(new LoggedLine(
                logLevel, formatter(state, exception), _scope.Value ?? "",
                (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(property => property.Key, property => property.Value)));
        }
    }

    private sealed class Scope(RecordingLogger logger) : IDisposable
    {
        public void Dispose() => logger._scope.Value = "";
    }
}

/// <summary>A line of a log.</summary>
public sealed record LoggedLine(LogLevel Level, string Text, string Scope, IReadOnlyDictionary<string, object?> Properties);
