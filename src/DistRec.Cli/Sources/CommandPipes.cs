namespace DistRec.Cli.Sources;

/// <summary>The pipes that the options of one command name, for whatever reads its options.</summary>
internal sealed class CommandPipes : IDisposable
{
    private static readonly AsyncLocal<CommandPipes?> Current = new();

    private readonly InputPipes _pipes = new();
    private readonly CancellationToken _stop;

    /// <summary>Begins a command.</summary>
    /// <param name="stop">Ends the wait for a pipe.</param>
    public CommandPipes(CancellationToken stop)
    {
        _stop = stop;
        Current.Value = this;
    }

    /// <summary>The path, or the file of what came through the pipe there.</summary>
    public static string FileOf(string path) => Current.Value is { } command ? command._pipes.FileOf(path, command._stop) : path;

    public void Dispose()
    {
        Current.Value = null;
        _pipes.Dispose();
    }
}
