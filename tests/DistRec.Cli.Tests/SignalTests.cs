using System.Diagnostics;

namespace DistRec.Cli.Tests;

/// <summary>A process that trains is stopped from outside, and nothing is lost.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_leaves_a_checkpoint_also_where_a_terminal_is_closed(string signal)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "signals are sent by kill");
        using Process process = Start($"exec \"$0\" train --ratings 4000 --users 120 --items 60 --model mf --epochs 1000000 --patience 0 --out '{_folder["model"]}'");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("epoch 3/", StringComparison.Ordinal))
        {
            // Reads until there is something to lose.
        }

        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.ShouldBe(130, rest);
        rest.ShouldContain("go on with: distrec train");
        Directory.GetFiles(_folder["model.work/checkpoints"], "*.safetensors").ShouldNotBeEmpty();
    }

    [SkippableFact]
    public async Task Progress_that_nobody_can_read_is_no_reason_to_lose_a_job()
    {
        Skip.IfNot(File.Exists("/dev/full"), "a device that takes nothing");
        using Process process = Start($"exec \"$0\" train --ratings 4000 --users 120 --items 60 --model als --epochs 3 --out '{_folder["model"]}' 2>/dev/full >/dev/null");
        await process.WaitForExitAsync().WaitAsync(Patience);

        process.ExitCode.ShouldBe(0);
        File.Exists(_folder["model/model.json"]).ShouldBeTrue();
    }

    private static Process Start(string line) => Process.Start(new ProcessStartInfo("sh", ["-c", line, Path.Combine(AppContext.BaseDirectory, "distrec")])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;
}
