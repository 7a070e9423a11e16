using System.Globalization;
using DistRec.Models.Persistence;
using DistRec.Numerics.Linear;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;
using Google.Protobuf;

namespace DistRec.Training.Jobs;

/// <summary>
/// Checkpoints of one job in a folder, a safetensors file each: the tables as tensors, the rest as metadata. Files are written
/// under a temporary name and renamed, so the newest file with the right name is complete.
/// </summary>
/// <param name="folder">The folder; made when the first checkpoint is saved.</param>
/// <param name="goesOn">Whether the job goes on from what is there; otherwise its first checkpoint takes the place of all before it.</param>
internal sealed class CheckpointFolder(string folder, bool goesOn)
{
    private const string Prefix = "epoch-";
    private const string Suffix = ".safetensors";
    private const string SpecKey = "jobSpec";
    private const string ResumeKey = "resume";
    private const string FingerprintKey = "dataFingerprint";
    private const int KeptFiles = 2;

    private readonly HashSet<string> _own = new(StringComparer.Ordinal);

    /// <summary>Path of the newest checkpoint, or null.</summary>
    public string? Newest => Files().LastOrDefault();

    /// <summary>Saves a checkpoint and removes all but the newest two.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="InputException">The file system refuses.</exception>
    public string Save(Checkpoint checkpoint)
    {
        SafeTensorsWriter writer = new();
        writer.Metadata[SpecKey] = JsonFormatter.Default.Format(checkpoint.Spec);
        writer.Metadata[ResumeKey] = JsonFormatter.Default.Format(checkpoint.Resume);
        writer.Metadata[FingerprintKey] = checkpoint.Fingerprint;
        Add(writer, "current", checkpoint.Current);
        Add(writer, "best", checkpoint.Best);
        string path = Path.Combine(folder, $"{Prefix}{NumberOf(checkpoint).ToString("D6", CultureInfo.InvariantCulture)}{Suffix}");
        AtomicFile.Write(path, writer.WriteTo);
        _own.Add(path);
        foreach (string old in Files().Where(file => goesOn || _own.Contains(file)).SkipLast(KeptFiles)
            .Concat(Files().Where(file => !goesOn && !_own.Contains(file))).ToArray())
        {
            File.Delete(old);
        }

        return path;
    }

    /// <summary>Loads the newest checkpoint.</summary>
    /// <exception cref="InputException">There is none, or it cannot be read.</exception>
    public Checkpoint LoadNewest()
    {
        string path = Newest ?? throw InputException.At(
            folder, "a checkpoint to resume from", "none", "leave out --resume to start from the beginning");
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        JobSpec spec = Parse(JobSpec.Parser, reader, path, SpecKey);
        ResumePoint resume = Parse(ResumePoint.Parser, reader, path, ResumeKey);
        if (!reader.Metadata.TryGetValue(FingerprintKey, out string? fingerprint))
        {
            throw NotACheckpoint(path, FingerprintKey);
        }

        return new Checkpoint(spec, fingerprint, resume, Read(reader, "current", spec), Read(reader, "best", spec));
    }

    /// <summary>Removes all checkpoints: the job is done.</summary>
    public void Clear()
    {
        foreach (string path in Files().ToArray())
        {
            File.Delete(path);
        }
    }

    // While all ratings are fitted, epochs are counted from 1 again.
    private static int NumberOf(Checkpoint checkpoint) =>
        checkpoint.Resume.Epoch + (checkpoint.Resume.Policy.RefitEpochs > 0 ? checkpoint.Spec.Epochs : 0);

    private IEnumerable<string> Files() =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}").Order(StringComparer.Ordinal) : [];

    private static void Add(SafeTensorsWriter writer, string prefix, TrainedTables tables)
    {
        AddSide("user", tables.Users);
        AddSide("item", tables.Items);

        void AddSide(string side, FactorBlock block)
        {
            writer.Add($"{prefix}.{side}Biases", block.Biases);
            if (block.Factors.Rank > 0)
            {
                writer.Add($"{prefix}.{side}Factors", block.Factors);
            }
        }
    }

    private static TrainedTables Read(SafeTensorsReader reader, string prefix, JobSpec spec)
    {
        return new TrainedTables(
            ReadSide("user", spec.UserStarts[^1], spec.Options.WidthOf(Side.User)), ReadSide("item", spec.ItemStarts[^1], spec.Options.WidthOf(Side.Item)));

        FactorBlock ReadSide(string side, int rows, int width) => new(
            width == 0 ? new FactorTable(rows, 0) : reader.ReadTable($"{prefix}.{side}Factors", rows, width),
            reader.ReadSingles($"{prefix}.{side}Biases", rows));
    }

    private static T Parse<T>(MessageParser<T> parser, SafeTensorsReader reader, string path, string key)
        where T : IMessage<T>
    {
        if (!reader.Metadata.TryGetValue(key, out string? json))
        {
            throw NotACheckpoint(path, key);
        }

        try
        {
            return parser.ParseJson(json);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InputException($"{path}: metadata {key}: {exception.Message}; the file is damaged or of another version", exception);
        }
    }

    private static InputException NotACheckpoint(string path, string key) =>
        InputException.At($"{path}: metadata", $"an entry \"{key}\"", "none", "the file is not a checkpoint");
}
