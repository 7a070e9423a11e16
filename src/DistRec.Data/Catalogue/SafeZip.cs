using System.IO.Compression;

namespace DistRec.Data;

/// <summary>Unpacks zip files that others made: nothing is written outside the folder, and not without end.</summary>
internal static class SafeZip
{
    /// <summary>Most bytes that an archive may unpack to; the largest data set takes about one gigabyte.</summary>
    internal const long MaxBytes = 16L << 30;

    /// <summary>Unpacks an archive; where all its files are in one folder, without this folder.</summary>
    /// <exception cref="InputException">The archive is damaged, or an entry would be written elsewhere.</exception>
    public static void Unpack(string archive, string folder, CancellationToken cancellation, long mostBytes = MaxBytes)
    {
        string name = Path.GetFileName(archive);
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(archive);
            string common = CommonFolder(zip);
            long left = mostBytes;
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                cancellation.ThrowIfCancellationRequested();
                string path = Path.GetFullPath(Path.Combine(root, entry.FullName[common.Length..].Replace('\\', '/')));
                if (entry.FullName.EndsWith('/') && (path + Path.DirectorySeparatorChar).StartsWith(root, StringComparison.Ordinal))
                {
                    continue;
                }

                if (!path.StartsWith(root, StringComparison.Ordinal) || path.Length == root.Length)
                {
                    throw InputException.At(name, "entries inside the data set's folder", $"\"{entry.FullName}\"", "do not use this archive");
                }

                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                left = Copy(entry, path, left);
                if (left < 0)
                {
                    throw InputException.At(name, $"an archive of at most {mostBytes:N0} bytes unpacked", "a larger one", "do not use this archive");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new InputException($"{name}: expected a whole zip file, found a damaged one ({error.Message.TrimEnd('.')}); try again", error);
        }
    }

    private static long Copy(ZipArchiveEntry entry, string path, long left)
    {
        using Stream from = entry.Open();
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = from.Read(buffer)) > 0;)
        {
            left -= read;
            if (left < 0)
            {
                break;
            }

            to.Write(buffer, 0, read);
        }

        return left;
    }

    private static string CommonFolder(ZipArchive zip)
    {
        string first = zip.Entries.Count > 0 ? zip.Entries[0].FullName : "";
        int slash = first.IndexOf('/');
        string folder = first[..(slash + 1)];
        bool isHarmless = folder is not ("../" or "./" or "/" or "");
        return isHarmless && zip.Entries.All(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal)) ? folder : "";
    }
}
