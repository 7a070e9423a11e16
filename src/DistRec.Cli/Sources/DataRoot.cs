namespace DistRec.Cli.Sources;

/// <summary>The one folder that a job may read of, whoever asks for it: neither a path nor a link leads out of it.</summary>
internal sealed class DataRoot
{
    // More than any tree of files needs; a link that leads back to itself has no end.
    private const int MostLinks = 40;

    private readonly string _folder;
    private readonly string _real;

    /// <param name="folder">The folder.</param>
    public DataRoot(string folder)
    {
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _real = RealPathOf(_folder) ?? _folder;
    }

    /// <summary>The full path of what is named.</summary>
    public string PathOf(string text) => Path.GetFullPath(Path.Combine(_folder, text));

    /// <summary>Why a path must not be read, in words; null where it may, or nothing is there. Does not tell what is outside.</summary>
    public string? FindFault(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "which no path can be";
        }

        if (text.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Contains(".."))
        {
            return "which goes up";
        }

        string path = PathOf(text);
        return File.Exists(path) && !InputPipes.IsFile(path) ? "which is no file but a pipe or a device"
            : !IsIn(path, _folder) ? "which is outside of it"
            : FilesOf(path).Any(file => RealPathOf(file) is not { } real || !IsIn(real, _real)) ? "with which a file outside of it would be read"
            : null;
    }

    // A folder's files may be links, and reading a file reads what lies beside it.
    private static IEnumerable<string> FilesOf(string path)
    {
        try
        {
            return [path, .. RatingReader.FilesOf(path)];
        }
        catch (InputException)
        {
            return [path];
        }
    }

    private static bool IsIn(string path, string folder) =>
        path == folder || path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // As realpath(3), for what there is and what there is not.
    private static string? RealPathOf(string path)
    {
        string real = Path.GetPathRoot(path)!;
        Stack<string> parts = new(Parts(path[real.Length..]));
        int links = 0;
        while (parts.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
            }
            else if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = part == "." ? real : next;
            }
            else if (++links > MostLinks)
            {
                return null;
            }
            else
            {
                string root = Path.GetPathRoot(target)!;
                real = root.Length > 0 ? root : real;
                foreach (string step in Parts(target[root.Length..]))
                {
                    parts.Push(step);
                }
            }
        }

        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse();
}
