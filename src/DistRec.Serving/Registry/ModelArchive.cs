using System.Formats.Tar;

namespace DistRec.Serving.Registry;

/// <summary>The files of a model's folder as one stream: a tar archive (POSIX.1-2001) of plain files, without folders.</summary>
public static class ModelArchive
{
    /// <summary>What HTTP calls it.</summary>
    public const string MediaType = "application/x-tar";

    // A model has about ten.
    private const int MostFiles = 100;
    private const int MaxNameLength = 200;

    private const string Place = "the archive of the model";
    private const string Advice = "send it as distrec does, or as: tar --format=posix -C FOLDER -c .";

    /// <summary>Writes the files of a model's folder.</summary>
    /// <param name="folder">The folder that training saved to.</param>
    /// <param name="stream">Takes the archive; stays open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The folder holds no sound model, or is written meanwhile.</exception>
    public static async Task WriteAsync(string folder, Stream stream, CancellationToken cancellationToken)
    {
        ModelSource source = ModelSource.Open(folder);
        TarWriter writer = new(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            foreach (string file in source.Files)
            {
                FileStream content = new(source.PathOf(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
                await using (content.ConfigureAwait(false))
                {
                    await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, file) { DataStream = content }, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Reads files into a folder; whether they are a model is not looked at.</summary>
    /// <exception cref="InputException">It is no such archive.</exception>
    /// <exception cref="IOException">The file system refuses.</exception>
    internal static async Task ReadAsync(Stream stream, PendingFolder folder, CancellationToken cancellationToken)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        TarReader reader = new(stream, leaveOpen: true);
        await using (reader.ConfigureAwait(false))
        {
            // A file that is cut off is noticed with the entry after it.
            while (await NextAsync(reader, cancellationToken).ConfigureAwait(false) is { } entry)
            {
                if (entry.EntryType == TarEntryType.Directory)
                {
                    continue;
                }

                string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !IsPlain(name) || !names.Add(name) || names.Count > MostFiles)
                {
                    throw InputException.At(Place, $"at most {MostFiles} plain files without folders, each once", $"{entry.EntryType} \"{entry.Name}\"", Advice);
                }

                await folder.WriteAsync(name, (file, token) => entry.DataStream?.CopyToAsync(file, token) ?? Task.CompletedTask, cancellationToken).ConfigureAwait(false);
            }
        }

        if (names.Count == 0)
        {
            throw InputException.At(Place, "the files of a model", "none", Advice);
        }
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= MaxNameLength && name[0] != '.' && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    private static async Task<TarEntry?> NextAsync(TarReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InputException($"{Place}: expected a tar archive, found something else: {exception.Message.TrimEnd('.')}; {Advice}", exception);
        }
    }
}
