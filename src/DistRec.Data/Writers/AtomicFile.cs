namespace DistRec.Data;

/// <summary>
/// Writes a file under a temporary name beside it and renames it when it is whole, so that nobody ever reads half of one. A link stays one, and what it leads to
/// is replaced; devices and pipes are written to, since nothing could take their place.
/// </summary>
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
        string full = TargetOf(Path.GetFullPath(path));
        if (SpecialFile.Is(full))
        {
            WriteThrough(path, full, write);
            return;
        }

        string temporary = full + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            DurableFolder.Flush(Path.GetDirectoryName(full)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw new InputException($"{path}: expected a file that can be written, found that it cannot ({error.Message.TrimEnd('.')}); choose another place", error);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    // Where links lead, whether anything is there or not.
    private static string TargetOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Nothing is there, or the links lead in a circle, which writing will tell.
            return path;
        }
    }

    private static void WriteThrough(string path, string target, Action<Stream> write)
    {
        try
        {
            using var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1 << 16);
            write(stream);
            stream.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: expected a device or pipe that can be written, found that it cannot ({error.Message.TrimEnd('.')}); choose another place", error);
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What made writing fail may make deleting fail; the first failure is the one to report.
        }
    }
}
