namespace DistRec.Cli.Jobs;

/// <summary>Where a model goes. Checked before training: nobody trains for an hour to learn that the folder is not writable.</summary>
internal static class OutFolder
{
    /// <summary>The folder of models that nobody said a folder for.</summary>
    public const string Root = "runs";

    /// <summary>The folder of a job: the one given, or one named after model and data.</summary>
    public static string PathOf(GivenOptions given, string model, DataChoice data) =>
        given.Text("out") ?? Path.Combine(Root, $"{model}-{NameOf(data)}");

    /// <summary>The folder of journal and checkpoints beside it.</summary>
    public static string WorkFolderOf(string path) => Path.TrimEndingDirectorySeparator(path) + ".work";

    /// <summary>Adds what keeps a model from being saved there.</summary>
    public static void Check(string path, string place, Mistakes mistakes)
    {
        if (File.Exists(path))
        {
            mistakes.Add(place, "a folder, or a path where nothing is", $"a file at {GivenOptions.Quote(path)}", "give another path");
            return;
        }

        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).FirstOrDefault() is { } entry && !ModelFolder.IsModel(path))
            {
                mistakes.Add(
                    place,
                    "the folder of a model, an empty one, or a path where nothing is",
                    $"{GivenOptions.Quote(path)} with {Path.GetFileName(entry)}",
                    "give another path: a folder that is not a model is never replaced");
                return;
            }

            if (Directory.Exists(path) && ModelFolder.IsModel(path) && ModelFolder.ForeignEntryOf(path) is { } foreign)
            {
                mistakes.Add(
                    place, "a folder with the files of a model alone", $"{GivenOptions.Quote(path)} with {foreign}",
                    "move it away or give another path: replacing the model would delete it");
                return;
            }

            // Only trying tells whether a folder can be written: permissions, mounts and quotas all have a say.
            string work = Path.GetFullPath(WorkFolderOf(path));
            bool isNew = !Directory.Exists(work);
            Directory.CreateDirectory(work);
            string probe = Path.Combine(work, $".probe-{Environment.ProcessId}");
            using (new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }

            if (isNew)
            {
                Directory.Delete(work);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add(place, "a folder that can be written", $"{GivenOptions.Quote(path)}, which cannot ({exception.Message.TrimEnd('.')})", "give another path");
        }
    }

    private static string NameOf(DataChoice data)
    {
        string name = data switch
        {
            DataChoice.AtPath at => FileNameOf(at.Path),
            DataChoice.Pair pair => FileNameOf(pair.Train),
            DataChoice.Published published => published.Name,
            _ => "generated",
        };
        string safe = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).Trim('.');
        return safe.Length == 0 ? "data" : safe;
    }

    private static string FileNameOf(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Directory.Exists(full) ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full);
    }
}
