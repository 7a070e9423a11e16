using System.Diagnostics;

namespace DistRec.Contracts;

/// <summary>A disk that is soon full, where the test may mount one: as root on Linux.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Mounts one; skips the test where that cannot be done.</summary>
    /// <param name="folder">Where; made where there is none.</param>
    /// <param name="kibibytes">Its size.</param>
    public static SmallDisk Mount(string folder, int kibibytes)
    {
        Directory.CreateDirectory(folder);
        Skip.IfNot(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", folder), "a small disk can be mounted by root on Linux alone");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("umount", Folder).ShouldBeTrue();

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
