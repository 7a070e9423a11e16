using System.Security.Cryptography;

namespace DistRec.Serving.Registry;

/// <summary>The files of a model's folder, one after the other, held to what its description said of them when they were begun.</summary>
internal sealed class ModelSource
{
    private const int BufferBytes = 1 << 17;

    private readonly string _folder;
    private readonly byte[] _json;
    private readonly Dictionary<string, ModelFile> _files;

    private ModelSource(string folder, byte[] json, ModelJson description)
    {
        _folder = folder;
        _json = json;
        _files = description.Files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        Description = description.Description;
        Scale = description.Scale;
        Files = [ModelFolder.DescriptionFile, .. _files.Keys, .. ModelFolderWriter.Companions.Where(file => File.Exists(Path.Combine(folder, file)))];
    }

    /// <summary>What the model is.</summary>
    public ModelDescription Description { get; }

    /// <summary>Least and greatest rating of its data.</summary>
    public RatingScale Scale { get; }

    /// <summary>All files, the description first and the report last.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Loads a model to see that it is sound, and begins to read its files.</summary>
    /// <exception cref="InputException">It is not sound.</exception>
    public static ModelSource Open(string folder)
    {
        SavedModel model = ModelFolder.Load(folder);
        folder = ModelFolderWriter.WhereModelStands(folder);
        string path = Path.Combine(folder, ModelFolder.DescriptionFile);
        byte[] json = FileErrors.Guard(path, "the description of a model", () => File.ReadAllBytes(path));
        ModelSource source = new(folder, json, ModelJson.Read(path, json));
        return source.Description.ModelSha256 == model.Description.ModelSha256 ? source : throw Changed(path);
    }

    /// <summary>Where a file is.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Copies a file.</summary>
    /// <exception cref="InputException">It is not what the description said.</exception>
    public async Task CopyAsync(string file, Stream target, CancellationToken cancellationToken)
    {
        if (file == ModelFolder.DescriptionFile)
        {
            await target.WriteAsync(_json, cancellationToken).ConfigureAwait(false);
            return;
        }

        string path = PathOf(file);
        using IncrementalHash sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        FileStream from = FileErrors.Guard(
            path, "a readable file", () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous));
        await using (from.ConfigureAwait(false))
        {
            byte[] buffer = new byte[BufferBytes];
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                sha256.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
        }

        if (_files.TryGetValue(file, out ModelFile expected) && Convert.ToHexStringLower(sha256.GetHashAndReset()) != expected.Sha256)
        {
            throw Changed(path);
        }
    }

    private static InputException Changed(string path) =>
        InputException.At(path, "the model that was checked", "another one, written meanwhile", "register it again when nobody writes it any more");
}
