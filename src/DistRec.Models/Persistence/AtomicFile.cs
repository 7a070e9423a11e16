using DistRec.Data;

namespace DistRec.Models.Persistence;

/// <summary>Writes a file as a whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary neighbour, brings it to the disk, and renames it onto the path.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="write">Writes the contents.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.writing");
        FileErrors.Guard(full, "a writable place", () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            try
            {
                using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, full, overwrite: true);
                DurableFolder.Flush(Path.GetDirectoryName(full)!);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        });
    }
}
