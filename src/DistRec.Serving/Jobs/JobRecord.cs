using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Serving.Api;

namespace DistRec.Serving.Jobs;

/// <summary>What the server keeps of a job that was submitted through it, in a folder of its own: enough to go on with it after a restart.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Model">Kind of model.</param>
/// <param name="Epochs">Most epochs it may take.</param>
/// <param name="Submitted">When it was asked for.</param>
public sealed record JobRecord(string Id, JobRequest Request, string Model, int Epochs, DateTimeOffset Submitted)
{
    private const string FileName = "job.json";
    private const string ModelName = "model";

    /// <summary>How it ended, a word of <see cref="JobStateNames"/>; null while it goes on.</summary>
    public string? End { get; init; }

    /// <summary>Why it ended.</summary>
    public string Reason { get; set; } = "";

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Where the model of a job goes.</summary>
    public static string ModelFolderOf(string folder) => Path.Combine(folder, ModelName);

    /// <summary>Keeps it in the job's folder, in the place of what was kept before.</summary>
    /// <exception cref="InputException">The folder cannot be written.</exception>
    public void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, this, ServingJson.Default.JobRecord));

    /// <summary>What is kept in a job's folder; null where nothing is.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static JobRecord? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), ServingJson.Default.JobRecord) : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                InputException.At(path, "what the server keeps of a job", exception.Message.TrimEnd('.'), "restore the file, or remove the job's folder").Message, exception);
        }
    }

    /// <summary>The job where the cluster does not know it.</summary>
    internal JobSummary Summarize(string state, string reason) =>
        new(Id, Request.Name ?? "", Model, state, reason, Submitted, null, Ended, Epochs, 0, null);
}
