using System.Security.Cryptography;

namespace DistRec.Serving.Registry;

/// <summary>
/// A folder on its way to its place. Until then it has a name of its own in a folder of pending ones, and a file beside it is locked: what
/// nobody locks was left by a process that ended.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    private const string LockSuffix = ".lock";
    private const int Attempts = 1000;
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _held;
    private bool _stays;

    private PendingFolder(string path, FileStream held)
    {
        Path = path;
        _held = held;
    }

    /// <summary>Where it is now.</summary>
    public string Path { get; private set; }

    /// <summary>Begins a folder.</summary>
    /// <param name="root">The folder of pending ones; made where there is none.</param>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static PendingFolder Create(string root)
    {
        Directory.CreateDirectory(root);
        for (int attempt = 1; ; attempt++)
        {
            string path = System.IO.Path.Combine(root, RandomNumberGenerator.GetHexString(16, lowercase: true));
            try
            {
                FileStream held = new(path + LockSuffix, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                if (File.Exists(path + LockSuffix))
                {
                    Directory.CreateDirectory(path);
                    return new PendingFolder(path, held);
                }

                held.Dispose();
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path + LockSuffix))
            {
                // Taken for left over between its creation and its lock.
            }
        }
    }

    /// <summary>Removes what processes that ended have left.</summary>
    public static void RemoveLeftovers(string root)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (string held in Directory.EnumerateFiles(root, "*" + LockSuffix))
        {
            try
            {
                using FileStream unlocked = new(held, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                string path = held[..^LockSuffix.Length];
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody fills it, or has just placed or removed it.
            }
        }
    }

    /// <summary>Takes a folder out of its place, to be removed: one that is half removed is left over here.</summary>
    public static void Remove(string root, string path)
    {
        using PendingFolder pending = Create(root);
        Directory.Move(path, System.IO.Path.Combine(pending.Path, "removed"));
    }

    /// <summary>Writes a file and brings it to the disk.</summary>
    public async Task WriteAsync(string file, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        FileStream stream = new(
            System.IO.Path.Combine(Path, file), FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, FileOptions.Asynchronous);
        await using (stream.ConfigureAwait(false))
        {
            await write(stream, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>Gives the folder its place, or another one.</summary>
    /// <exception cref="IOException">The place is taken, or the file system refuses.</exception>
    public void Place(string target)
    {
        if (Path == target)
        {
            return;
        }

        string parent = System.IO.Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        DurableFolder.Flush(System.IO.Path.GetDirectoryName(parent)!);
        DurableFolder.Flush(Path);
        Directory.Move(Path, target);
        DurableFolder.Flush(parent);
        Path = target;
    }

    /// <summary>The folder stays where it is.</summary>
    public void Stay() => _stays = true;

    /// <summary>Removes the folder unless it stays.</summary>
    public void Dispose()
    {
        try
        {
            if (!_stays && Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays for now; the failure that brought us here is the one to report.
        }

        _held.Dispose();
    }
}
