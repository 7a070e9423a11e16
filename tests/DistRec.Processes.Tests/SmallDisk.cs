using System.Diagnostics;

namespace DistRec.Processes.Tests;

/// <summary>A disk of a few megabytes, in memory, that can be filled to the last page.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int PageBytes = 4096;

    private readonly Lock _gate = new();
    private readonly string _ballast;

    /// <exception cref="SkipException">This machine does not let us mount one.</exception>
    public SmallDisk(int megabytes)
    {
        Folder = Directory.CreateTempSubdirectory("distrec-disk-").FullName;
        _ballast = Path.Combine(Folder, "ballast");
        string refusal = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder);
        if (refusal.Length > 0)
        {
            Directory.Delete(Folder);
            Skip.If(true, $"a small disk can be mounted by root on Linux alone ({refusal})");
        }
    }

    public string Folder { get; }

    /// <summary>Takes all space but so much; a second time, what has become free since.</summary>
    public void Fill(long leaveBytes = 0)
    {
        lock (_gate)
        {
            using FileStream ballast = new(_ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] pages = new byte[64 * PageBytes];
            try
            {
                while (new DriveInfo(Folder).AvailableFreeSpace - leaveBytes is > 0 and long surplus)
                {
                    ballast.Write(pages, 0, surplus >= pages.Length ? pages.Length : PageBytes);
                }
            }
            catch (IOException)
            {
                // Somebody else took the last page.
            }
        }
    }

    /// <summary>Gives the space back.</summary>
    public void Free()
    {
        lock (_gate)
        {
            File.Delete(_ballast);
        }
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Folder).ShouldBeEmpty();
        Directory.Delete(Folder);
    }

    private static string Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            string errors = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? "" : errors;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
