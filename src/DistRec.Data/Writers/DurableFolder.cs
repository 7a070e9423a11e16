using System.Runtime.InteropServices;

namespace DistRec.Data;

/// <summary>Two things that the framework has no call for: bringing a folder's entries to the disk, and exchanging two folders in one step.</summary>
public static partial class DurableFolder
{
    private const int AtCurrentFolder = -100; // AT_FDCWD of Linux
    private const uint Exchange = 2; // RENAME_EXCHANGE of Linux

    /// <summary>Brings the entries of a folder to the disk, where the system offers it; elsewhere renames are durable by themselves or nothing can be done.</summary>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        int descriptor = NativeOpen(folder, 0);
        if (descriptor >= 0)
        {
            _ = NativeFsync(descriptor);
            _ = NativeClose(descriptor);
        }
    }

    /// <summary>Puts a complete new folder in the place of an old one and removes the old one.</summary>
    /// <param name="replacement">The new folder; gone afterwards.</param>
    /// <param name="target">Where it goes; a folder or nothing.</param>
    /// <param name="old">A free name beside the target, used where the system cannot exchange in one step.</param>
    public static void Replace(string replacement, string target, string old)
    {
        string parent = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(target))
        {
            Directory.Move(replacement, target);
        }
        else if (TryExchange(replacement, target))
        {
            // The old folder now bears the temporary name.
            Flush(parent);
            Directory.Delete(replacement, recursive: true);
        }
        else
        {
            Directory.Move(target, old);
            try
            {
                Directory.Move(replacement, target);
            }
            catch
            {
                Directory.Move(old, target);
                throw;
            }

            Flush(parent);
            Directory.Delete(old, recursive: true);
        }

        Flush(parent);
    }

    private static bool TryExchange(string first, string second)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return NativeRename(AtCurrentFolder, first, AtCurrentFolder, second, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int NativeFsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int NativeClose(int descriptor);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeRename(int firstFolder, string first, int secondFolder, string second, uint flags);
}
