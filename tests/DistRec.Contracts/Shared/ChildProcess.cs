using System.Diagnostics;

namespace DistRec.Contracts;

/// <summary>A process of its own that a test kills: a test assembly, run as a program.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts the assembly of a type.</summary>
    public static ChildProcess Start(Type program, params string[] arguments) => new(Process.Start(
        new ProcessStartInfo("dotnet", [program.Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!);

    /// <summary>Reads what the process says until it has said a line, kills it, and reads the rest.</summary>
    /// <returns>All its whole lines.</returns>
    public async Task<IReadOnlyList<string>> KillAfterAsync(string awaited)
    {
        List<string> lines = [];
        bool killed = false;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (!killed && line == awaited)
            {
                // SIGKILL: nothing of it runs any more.
                _process.Kill();
                killed = true;
            }
        }

        await _process.WaitForExitAsync();
        killed.ShouldBeTrue($"the process ended by itself after \"{lines.LastOrDefault()}\"");
        return lines;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
