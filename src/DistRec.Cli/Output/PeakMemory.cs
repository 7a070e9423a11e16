using System.Diagnostics;
using System.Globalization;

namespace DistRec.Cli.Output;

/// <summary>The most memory this process has had in use.</summary>
internal static class PeakMemory
{
    private const string LinuxStatus = "/proc/self/status";

    /// <summary>Peak resident memory in MiB.</summary>
    public static double MiB()
    {
        if (File.Exists(LinuxStatus) && File.ReadLines(LinuxStatus).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan("VmHWM:".Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes))
        {
            return Math.Round(kibibytes / 1024.0, 1);
        }

        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / (1024.0 * 1024.0), 1);
    }
}
