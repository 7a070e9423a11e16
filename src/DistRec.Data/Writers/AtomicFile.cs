namespace DistRec.Data;

/// <summary>Writes a file under a temporary name beside it and renames it when it is whole, so that nobody ever reads half of one.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
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

    public static void Discard(string temporary)
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
