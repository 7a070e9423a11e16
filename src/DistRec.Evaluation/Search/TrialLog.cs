using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistRec.Data;
using DistRec.Evaluation.Protocols;

namespace DistRec.Evaluation.Search;

/// <summary>A finished trial, as a line of the log has it.</summary>
/// <param name="Key">Tells data, parts, settings and version of the trial: the same key has the same figures.</param>
/// <param name="Settings">What was tried, by name, as typed.</param>
/// <param name="Figures">Its figures by name; empty where it failed.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestEpoch">The epoch whose tables the model has.</param>
/// <param name="FitSeconds">What training took.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
public sealed record TrialRecord(
    string Key,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyDictionary<string, double?> Figures,
    int Epochs,
    int BestEpoch,
    double FitSeconds,
    string? Failure)
{
    /// <summary>The validation RMSE of each epoch from the first one on; null where it was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double?>? Curve { get; init; }

    /// <summary>Numbers that the model learned; null where it was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Parameters { get; init; }

    /// <summary>What it is compared with others by, of each test user; null where it is not compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserSums? Sums { get; init; }
}

/// <summary>
/// Finished trials in a file, an object of JSON a line. A trial that was added is on the disk; what a killed process left of a line is
/// removed when the file is opened again. One process writes at a time. All members are thread-safe.
/// </summary>
public sealed class TrialLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly Dictionary<string, TrialRecord> _trials = new(StringComparer.Ordinal);

    private TrialLog(FileStream file) => _file = file;

    /// <summary>Trials in the file.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _trials.Count;
            }
        }
    }

    /// <summary>Opens the log of a folder, which is made where it is missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">It cannot be written, another process writes to it, or a line is none of a trial.</exception>
    public static TrialLog Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            Directory.CreateDirectory(folder);
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            TrialLog log = new(file);
            try
            {
                log.ReadAll();
                DurableFolder.Flush(folder);
                return log;
            }
            catch
            {
                log.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            InputException told = InputException.At(
                path, "a file that this process alone may write", exception.Message.TrimEnd('.'),
                "give another folder, or wait for who writes to it");
            throw new InputException(told.Message, exception);
        }
    }

    /// <summary>The finished trial of a key; null where there is none yet.</summary>
    public TrialRecord? Find(string key)
    {
        lock (_gate)
        {
            return _trials.GetValueOrDefault(key);
        }
    }

    /// <summary>Adds a trial: when this returns it is on the disk.</summary>
    public void Add(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        lock (_gate)
        {
            _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(trial, Json) + "\n"));
            _file.Flush(flushToDisk: true);
            _trials[trial.Key] = trial;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadAll()
    {
        byte[] bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            TrialRecord trial = Read(line, ++number);
            _trials[trial.Key] = trial;
        }

        _file.SetLength(end);
        _file.Position = end;
    }

    private TrialRecord Read(string line, int number)
    {
        try
        {
            if (JsonSerializer.Deserialize<TrialRecord>(line, Json) is { Key: not null, Settings: not null, Figures: not null } trial)
            {
                return trial;
            }
        }
        catch (JsonException)
        {
            // Told below, as what is no trial.
        }

        string found = line.Length > 60 ? line[..60] + "…" : line;
        throw InputException.At($"{_file.Name}:{number}", "a finished trial as JSON", found, "remove the line, or give another folder");
    }
}
