namespace DistRec.Training.Storage;

/// <summary>
/// A file on its way into a folder store. It has a name of its own in the folder of pending files and is open, which locks it,
/// until it has its final name; a pending file that nobody locks was left by a process that ended.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private const int Attempts = 1000;
    private const int BufferBytes = 1 << 16;

    private static int _numbers;

    private readonly FileStream _stream;
    private bool _placed;

    private PendingFile(FileStream stream) => _stream = stream;

    /// <summary>Where its contents go.</summary>
    public Stream Contents => _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The folder of pending files; made where there is none.</param>
    /// <exception cref="IOException">The file system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The file system refuses.</exception>
    public static PendingFile Create(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int attempt = 1; ; attempt++)
        {
            string path = Path.Combine(folder, $"{Environment.ProcessId}-{Interlocked.Increment(ref _numbers)}");
            try
            {
                // A lock under which the file can still be renamed; network disks want it to be readable for that.
                FileStream stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferBytes, FileOptions.Asynchronous);
                if (File.Exists(path))
                {
                    return new PendingFile(stream);
                }

                // Taken for left over between its creation and its lock.
                stream.Dispose();
            }
            catch (IOException exception) when (attempt < Attempts && Directory.Exists(folder) && !DiskFull.Is(exception))
            {
                // A process of the same number, on another machine or before this one, has the name.
            }
        }
    }

    /// <summary>Removes what processes that ended have left.</summary>
    /// <returns>How many files.</returns>
    public static int RemoveLeftovers(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return 0;
        }

        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(folder))
        {
            try
            {
                using FileStream unlocked = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(path);
                removed++;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody writes it, or has just placed or removed it.
            }
        }

        return removed;
    }

    /// <summary>Brings the contents to the disk and gives the file its final name, in the place of one that bears it.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The file system refuses.</exception>
    public void Place(string root, string path)
    {
        _stream.Flush(flushToDisk: true);
        string folder = Path.GetDirectoryName(path)!;
        for (int attempt = 1; ; attempt++)
        {
            CreateDurably(root, folder);
            try
            {
                File.Move(_stream.Name, path, overwrite: true);
                break;
            }
            catch (DirectoryNotFoundException) when (attempt < Attempts)
            {
                // The folder was empty, and was tidied away in between.
            }
        }

        _placed = true;
        DurableFolder.Flush(folder);
    }

    /// <summary>Closes the file, and removes it where it was not placed.</summary>
    public void Dispose()
    {
        if (!_placed)
        {
            try
            {
                File.Delete(_stream.Name);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It is left over then; the failure that brought us here is the one to report.
            }
        }

        try
        {
            _stream.Dispose();
        }
        catch (IOException) when (!_placed)
        {
            // What a full disk did not take is of no use any more.
        }
    }

    private static void CreateDurably(string root, string folder)
    {
        if (folder.Length > root.Length && !Directory.Exists(folder))
        {
            string parent = Path.GetDirectoryName(folder)!;
            CreateDurably(root, parent);
            Directory.CreateDirectory(folder);
            DurableFolder.Flush(parent);
        }
    }
}
