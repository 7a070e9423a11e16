using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Trains on a cluster: a job that is submitted now.</summary>
/// <param name="client">Calls the cluster.</param>
/// <param name="options">The job's name, and how patient to be.</param>
/// <param name="given">The options of the job, to be kept beside the model's folder.</param>
/// <param name="host">The world around.</param>
internal sealed class ClusterTrainer(
    ClusterClient client, ClusterTrainingOptions options, IReadOnlyDictionary<string, string> given, CliHost host) : ITrainer
{
    private ClusterStatus? _status;

    /// <summary>The job's id.</summary>
    public string Job => options.Job;

    public async Task PrepareAsync(IStageView stages)
    {
        _status = await client.StatusAsync(host.Stop);
        if (ClusterPartitions.ThreadsOf(_status) == 0)
        {
            stages.Say("note: no worker has joined the cluster yet; the job waits until one does");
        }
    }

    public TrainJob Fit(TrainJob job, JobData data) => job with
    {
        Training = job.Training with
        {
            Partitions = job.HasPartitions ? job.Training.Partitions : ClusterPartitions.For(_status!, data.MaxPartitions),
            Threads = ThreadsShown,
        },
    };

    public async Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages)
    {
        JobSpec spec = await SubmitAsync(job, data, stages);
        return await TrainingOn(stages).FollowAsync(spec, data.Features, events, host.Stop);
    }

    /// <summary>Submits the job without waiting for its end.</summary>
    public Task<JobSpec> SubmitAsync(TrainJob job, TrainingData data, IStageView stages)
    {
        // Saved before the job exists: a submitter that dies right after can still fetch the model.
        Task SaveAsync(JobSpec spec)
        {
            new SubmittedJob(Job, data.Fingerprint, ThreadsShown, given, spec).Save(job.Out);
            return Task.CompletedTask;
        }

        return TrainingOn(stages, SaveAsync).SubmitAsync(data, job.Training, host.Stop);
    }

    public void OnSaved(TrainJob job) => SubmittedJob.Remove(job.Out);

    public string AfterStop(TrainingOutcome outcome) => $"job {Job} was cancelled: submit it again to train from the beginning";

    // The settings' limit is that of one process.
    private int ThreadsShown => Math.Clamp(ClusterPartitions.ThreadsOf(_status!), 1, 1024);

    private ClusterTraining TrainingOn(IStageView stages, Func<JobSpec, Task>? submitting = null) => new(client, options with
    {
        Submitting = submitting,
        Uploaded = new ImmediateProgress<double>(fraction => stages.Show("uploading", fraction, "")),
        StatusMessages = new ImmediateProgress<string>(words => stages.Say($"note: {words}")),
    });
}
