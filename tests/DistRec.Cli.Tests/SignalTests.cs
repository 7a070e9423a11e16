using System.Diagnostics;
using System.Globalization;

namespace DistRec.Cli.Tests;

/// <summary>A process that trains is stopped from outside, and nothing is lost.</summary>
public sealed class SignalTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("HUP", 1)]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public async Task A_signal_leaves_a_checkpoint_also_where_a_terminal_is_closed(string signal, int number)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "signals are sent by kill");
        Skip.If(IsIgnored(number), "what runs these tests has them ignore the signal, as nohup does, and a command then ignores it, too");
        using Process process = Start($"exec \"$0\" train --ratings 4000 --users 120 --items 60 --model mf --epochs 1000000 --patience 0 --out '{_folder["model"]}'");
        using CancellationTokenSource patience = new(Patience);
        try
        {
            while (await process.StandardError.ReadLineAsync(patience.Token) is { } line && !line.Contains("epoch 3/", StringComparison.Ordinal))
            {
                // Reads until there is something to lose.
            }

            using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            {
                await kill.WaitForExitAsync(patience.Token);
            }

            string rest = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);

            process.ExitCode.ShouldBe(130, rest);
            rest.ShouldContain("go on with: distrec train");
            Directory.GetFiles(_folder["model.work/checkpoints"], "*.safetensors").ShouldNotBeEmpty();
        }
        finally
        {
            process.Kill();
        }
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

    private static bool IsIgnored(int signal)
    {
        string mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        return (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }

    private static Process Start(string line) => Process.Start(new ProcessStartInfo("sh", ["-c", line, Path.Combine(AppContext.BaseDirectory, "distrec")])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;
}
