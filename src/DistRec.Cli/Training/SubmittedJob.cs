using System.Text.Json;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Cli.Training;

/// <summary>
/// What a submitter keeps of a job beside the model's folder, so that the model can be fetched later: the cluster knows rows by
/// number alone, ids and test ratings are in the submitter's data.
/// </summary>
/// <param name="Job">The job's id.</param>
/// <param name="Fingerprint">Of data and parts.</param>
/// <param name="Threads">Threads that the cluster had.</param>
/// <param name="Options">The options of the job, by name.</param>
/// <param name="Spec">What was submitted.</param>
internal sealed record SubmittedJob(string Job, string Fingerprint, int Threads, IReadOnlyDictionary<string, string> Options, JobSpec Spec)
{
    private const string Name = "submitted.json";

    /// <summary>Keeps it beside a model's folder, in the place of an earlier one.</summary>
    public void Save(string modelFolder)
    {
        string path = PathOf(modelFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(new Form(Job, Fingerprint, Threads, Options, JsonElement.Parse(JsonFormatter.Default.Format(Spec)))));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Whether something is kept beside a model's folder.</summary>
    public static bool IsKept(string modelFolder) => File.Exists(PathOf(modelFolder));

    /// <summary>What is kept of a job beside a model's folder.</summary>
    /// <exception cref="InputException">Nothing, or something of another job.</exception>
    public static SubmittedJob Load(string modelFolder, string job)
    {
        const string Advice = "give the --out that the job was submitted with, on the machine that submitted it";
        string path = PathOf(modelFolder);
        if (!File.Exists(path))
        {
            throw InputException.At("--out", $"what submit keeps of job {job} in {path}", "nothing", Advice);
        }

        try
        {
            Form form = JsonSerializer.Deserialize<Form>(File.ReadAllBytes(path)) ?? throw new JsonException("null");
            return form.Job == job
                ? new SubmittedJob(form.Job, form.Fingerprint, form.Threads, form.Options, JobSpec.Parser.ParseJson(form.Spec.GetRawText()))
                : throw InputException.At("--out", $"what submit keeps of job {job} in {path}", $"job {form.Job}, which was submitted later", Advice);
        }
        catch (Exception exception) when (exception is JsonException or InvalidProtocolBufferException or InvalidJsonException or IOException or UnauthorizedAccessException)
        {
            throw new InputException(InputException.At(path, $"what submit keeps of job {job}", exception.Message, "submit the job again").Message, exception);
        }
    }

    /// <summary>Forgets it.</summary>
    public static void Remove(string modelFolder)
    {
        string path = PathOf(modelFolder);
        File.Delete(path);
        string folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>The job as it was read when it was submitted.</summary>
    /// <exception cref="InputException">Its data is not there any more.</exception>
    public TrainJob Read(string modelFolder, bool isJson, bool isQuiet, CliHost host)
    {
        Dictionary<string, GivenValue> values = Options.ToDictionary(
            option => option.Key, option => new GivenValue(option.Value, $"{PathOf(modelFolder)}: {option.Key}"), StringComparer.Ordinal);
        values["out"] = new GivenValue(modelFolder, "--out");
        return TrainJobReader.ReadForCluster(new GivenOptions(values, new Mistakes()), host) with { Json = isJson, Quiet = isQuiet };
    }

    private static string PathOf(string modelFolder) => Path.Combine(OutFolder.WorkFolderOf(modelFolder), Name);

    private sealed record Form(string Job, string Fingerprint, int Threads, IReadOnlyDictionary<string, string> Options, JsonElement Spec);
}
