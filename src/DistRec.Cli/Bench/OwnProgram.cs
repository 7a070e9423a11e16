using System.Diagnostics;
using System.Text.Json;

namespace DistRec.Cli.Bench;

/// <summary>This program in a process of its own, for what has to be measured apart.</summary>
internal static class OwnProgram
{
    /// <summary>Runs a verb that prints one JSON object.</summary>
    /// <param name="arguments">The verb and its options, <c>--json</c> among them.</param>
    /// <param name="host">Whose end ends the process too.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public static async Task<JsonElement> JsonAsync(IReadOnlyList<string> arguments, CliHost host)
    {
        // Beside this program, whichever way that was started.
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "distrec"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await using CancellationTokenRegistration stop = host.Stop.Register(() => process.Kill());
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        host.Stop.ThrowIfCancellationRequested();
        return process.ExitCode == 0
            ? JsonDocument.Parse(output).RootElement.Clone()
            : throw new InvalidOperationException($"distrec {arguments[0]} failed in a process of its own: {(await error).Trim()}");
    }
}
