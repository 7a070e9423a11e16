using DistRec.Cluster.Client;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Trains on a cluster: a job that was submitted before. Whoever stops watching leaves it as it is.</summary>
internal sealed class SubmittedTrainer(ClusterClient client, ClusterTrainingOptions options, SubmittedJob submitted, CliHost host) : ITrainer
{
    public Task PrepareAsync(IStageView stages) => client.JobAsync(options.Job, host.Stop);

    public TrainJob Fit(TrainJob job, JobData data) => job with
    {
        Training = job.Training with { Partitions = submitted.Spec.UserStarts.Count - 1, Threads = submitted.Threads },
    };

    public Task<TrainingOutcome> TrainAsync(TrainJob job, TrainingData data, IProgress<JobEvent> events, IStageView stages)
    {
        if (data.Fingerprint != submitted.Fingerprint)
        {
            throw InputException.At(
                data.Name, $"the data that job {options.Job} was submitted with ({submitted.Fingerprint[..12]}…)", $"other data ({data.Fingerprint[..12]}…)",
                "bring that data back, or submit the job again");
        }

        ClusterTraining training = new(client, options with { StatusMessages = new ImmediateProgress<string>(words => stages.Say($"note: {words}")) });
        return training.FollowAsync(submitted.Spec, data.Features, events, host.Stop);
    }

    public void OnSaved(TrainJob job) => SubmittedJob.Remove(job.Out);

    public string AfterStop(TrainingOutcome outcome) => $"job {options.Job} was cancelled: submit it again to train from the beginning";
}
