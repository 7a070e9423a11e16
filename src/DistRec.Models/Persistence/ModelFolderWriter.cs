using System.Security.Cryptography;
using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>
/// Saves to one folder. Beside <c>name</c> it uses <c>.name.saving</c> (the new folder until it is complete),
/// <c>.name.replaced</c> (the old one while it is moved away) and <c>.name.lock</c> (held while saving, so that two savers
/// never share the temporary folder). What a crash leaves of them is cleaned by the next save.
/// </summary>
internal sealed class ModelFolderWriter
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Files that people and commands put beside a model's own; they go when the model is replaced.</summary>
    internal static readonly string[] Companions = ["report.html", "report.json"];

    private readonly string _target;
    private readonly Func<string, Stream> _create;

    /// <param name="path">The folder.</param>
    /// <param name="create">Opens a new file for writing; tests give one that fails.</param>
    public ModelFolderWriter(string path, Func<string, Stream>? create = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

        // A link to a model stays a link; the folder it points to is replaced.
        _target = FileErrors.Guard(full, "a path", () => Directory.Exists(full) ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName : null) ?? full;
        _create = create ?? (file => new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes));
    }

    private string Parent => Path.GetDirectoryName(_target) ?? throw InputException.At(_target, "the folder of a model", "the root of the file system", "give a folder inside it");

    private string Temporary => Beside("saving");

    private string Replaced => Beside("replaced");

    /// <summary>Writes all files and swaps them in.</summary>
    public void Save(SavedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        FileErrors.Guard(_target, "a folder that can be written", () =>
        {
            Directory.CreateDirectory(Parent);
            using FileStream held = Lock();
            CleanUp();
            RequireReplaceable();
            try
            {
                WriteFiles(model);
                DurableFolder.Replace(Temporary, _target, Replaced);
            }
            catch
            {
                DeleteFolder(Temporary);
                throw;
            }
        });
    }

    /// <summary>
    /// The path itself, or, where a crash came between moving the old model away and moving the new one in, the old model.
    /// </summary>
    public static string WhereModelStands(string path)
    {
        string replaced = new ModelFolderWriter(path).Replaced;
        return !Path.Exists(path) && Directory.Exists(replaced) ? replaced : path;
    }

    /// <summary>Whether a file says that it describes a model.</summary>
    public static bool IsDescription(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("format", out JsonElement format)
                && format.ValueKind == JsonValueKind.String
                && format.GetString() == ModelJson.FormatName;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string Beside(string what) => Path.Combine(Parent, $".{Path.GetFileName(_target)}.{what}");

    private FileStream Lock()
    {
        string file = Beside("lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            throw new InputException(InputException.At(_target, "to be the only one who saves here", "another save in progress", "wait for it or save to another folder").Message, exception);
        }
    }

    private void CleanUp()
    {
        DeleteFolder(Temporary);
        if (!Directory.Exists(Replaced))
        {
            return;
        }

        if (Directory.Exists(_target))
        {
            Directory.Delete(Replaced, recursive: true);
        }
        else
        {
            // The crash came between moving the old model away and moving the new one in.
            Directory.Move(Replaced, _target);
        }
    }

    private void RequireReplaceable()
    {
        if (File.Exists(_target))
        {
            throw InputException.At(_target, "a folder or nothing", "a file", "save to another path");
        }

        if (!Directory.Exists(_target))
        {
            return;
        }

        string[] names = [.. Directory.EnumerateFileSystemEntries(_target).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];
        string description = Path.Combine(_target, ModelFolder.DescriptionFile);
        if (names.Length > 0 && !IsDescription(description))
        {
            throw InputException.At(_target, "a model, an empty folder or nothing", $"a folder with {names[0]}", "save to another path: a folder that is not a model is never replaced");
        }

        if (ForeignEntryOf(_target) is { } foreign)
        {
            throw InputException.At(_target, "only the files of a model", foreign, "move it away or save to another path: replacing the model would delete it");
        }
    }

    /// <summary>The first entry of a model's folder that is not the model's; null where there is none.</summary>
    internal static string? ForeignEntryOf(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)
        .Except(
        [
            ModelFolder.DescriptionFile, ModelFolder.FactorsFile, ModelFolder.RatingsFile, ModelFolder.UsersFile,
            ModelFolder.ItemsFile, ModelFolder.TitlesFile, ModelFolder.AttributesFile, ModelFolder.FeaturesFile, .. Companions,
        ]).FirstOrDefault();

    private void WriteFiles(SavedModel model)
    {
        Directory.CreateDirectory(Temporary);
        List<ModelFile> files =
        [
            WriteFile(ModelFolder.FactorsFile, stream => WriteFactors(stream, model)),
            WriteFile(ModelFolder.UsersFile, model.Users.Save),
            WriteFile(ModelFolder.ItemsFile, model.Items.Save),
        ];
        if (model.Titles.Count > 0)
        {
            files.Add(WriteFile(ModelFolder.TitlesFile, stream => EscapedLines.Write(stream, ModelFolder.TitlesFile, model.Titles)));
        }

        if (model.Attributes.All.Count > 0)
        {
            files.Add(WriteFile(ModelFolder.AttributesFile, stream => AttributesFile.Write(stream, model.Attributes)));
        }

        if (model.Model.Machine is { } machine)
        {
            files.Add(WriteFile(ModelFolder.FeaturesFile, stream => EscapedLines.Write(stream, ModelFolder.FeaturesFile, MachineFile.Lines(machine.Space))));
        }

        if (model.Ratings is { } ratings)
        {
            files.Add(WriteFile(ModelFolder.RatingsFile, stream => RatingFile.Write(stream, ratings)));
        }

        var json = new ModelJson(model.Description, model.Model.Scale, model.Titles.Count > 0, files);
        WriteFile(ModelFolder.DescriptionFile, json.WriteTo);
        DurableFolder.Flush(Temporary);
    }

    private static void WriteFactors(Stream stream, SavedModel saved)
    {
        FactorModel model = saved.Model;
        var writer = new SafeTensorsWriter();
        writer.Metadata["format"] = ModelJson.FormatName;
        writer.Metadata["kind"] = model.Kind;
        writer.Metadata["modelSha256"] = saved.Description.ModelSha256!;
        writer.Add(TableNames.GlobalMean, new[] { model.GlobalMean }.AsMemory());
        writer.Add(TableNames.RatingUnit, new[] { model.Unit }.AsMemory());
        writer.Add(TableNames.UserBiases, model.UserBiases.AsMemory());
        writer.Add(TableNames.ItemBiases, model.ItemBiases.AsMemory());
        if (model.UserFactors is not null)
        {
            writer.Add(TableNames.UserFactors, model.UserFactors).Add(TableNames.ItemFactors, model.ItemFactors!);
        }

        if (model.Feedback?.Explicit is { } ofRated)
        {
            writer.Add(TableNames.ExplicitItemFactors, ofRated);
        }

        if (model.Feedback?.Implicit is { } ofAny)
        {
            writer.Add(TableNames.ImplicitItemFactors, ofAny);
        }

        if (model.Neighbors is { } neighbors)
        {
            NeighborFile.Write(writer, neighbors);
        }

        for (int layer = 0; layer < (model.Layers?.Weights.Length ?? 0); layer++)
        {
            writer.Add(TableNames.LayerWeights(layer), model.Layers!.Weights[layer]).Add(TableNames.LayerBiases(layer), model.Layers.Biases[layer]);
        }

        if (model.Machine is { } machine)
        {
            MachineFile.Write(writer, machine);
        }

        if (model.Spread is { } spread)
        {
            writer.Add(TableNames.UserVariances, spread.UserVariances).Add(TableNames.ItemVariances, spread.ItemVariances);
            writer.Add(TableNames.NoiseVariance, new[] { spread.NoiseVariance }.AsMemory());
        }

        writer.WriteTo(stream);
    }

    private ModelFile WriteFile(string name, Action<Stream> write)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using Stream file = _create(Path.Combine(Temporary, name));
        using var hashing = new HashingStream(file, sha256);
        write(hashing);
        file.Flush();
        (file as FileStream)?.Flush(flushToDisk: true);
        return new ModelFile(name, hashing.Written, Convert.ToHexStringLower(sha256.GetHashAndReset()));
    }

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
